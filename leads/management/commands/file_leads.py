"""Files stored leads under their matching keys: once after an upgrade, or when the keys changed."""

from typing import Any

from django.core.management.base import BaseCommand

from leads.services.filing import file_leads


class Command(BaseCommand):
    """Safe to stop and to run again, also while leads arrive."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        count = file_leads()
        self.stdout.write(f"{count} leads are filed for matching.")
