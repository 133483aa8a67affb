"""Signs of life, read by the watchdog, the health check and the administrator's home page."""

from django.db import models


class Heartbeat(models.Model):
    """The newest sign of life of one part: `worker` (a canary task ran), `sweeper`, `supervisor`."""

    name = models.CharField(max_length=50, unique=True)
    beat_at = models.DateTimeField()
    detail = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.name} {self.beat_at:%Y-%m-%d %H:%M:%S}"
