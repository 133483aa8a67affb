"""Who is not let in without a look."""

from django.db import models

from leadrouter.common.models import Timestamped


class BlockedSender(Timestamped):
    """An address, domain, network or phone prefix whose deliveries are quarantined."""

    class Kind(models.TextChoices):
        EMAIL = "EMAIL", "E-mail address"
        DOMAIN = "DOMAIN", "E-mail domain"
        NETWORK = "NETWORK", "Network"
        PHONE = "PHONE", "Phone prefix"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(
        max_length=254,
        help_text="ada@example.com, example.com with all below it, 203.0.113.0/24, or +49900.",
    )
    reason = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["kind", "value"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="blocked_sender_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"
