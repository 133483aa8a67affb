"""manage.py demo: an organisation to look at, with sixty days of history."""

import ipaddress
import secrets
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from leadrouter.common.errors import DomainError
from routing.demo.live import render_fates, send_leads, wait_for_fates
from routing.demo.making import Made, is_demo, is_empty, make_demo, remove_demo

WAIT_SECONDS = 30.0
# Whom a visitor tries first; the others are reps as well.
SHOWN = (
    ("alex.admin", "administrator"),
    ("morgan.manager", "sales manager"),
    ("kim.marketing", "marketing"),
    ("maria-weber", "rep in Berlin"),
    ("sam-carter", "rep in New York"),
    ("wei-ling-tan", "rep in Singapore"),
)


class Command(BaseCommand):
    help = "Fills an empty database with a demo organisation and 600 leads of the last 60 days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="Make the demo anew.")
        parser.add_argument(
            "--if-empty", action="store_true", help="Do nothing where an organisation is already."
        )
        parser.add_argument(
            "--live-leads", type=int, metavar="N", help="Send N fresh leads and show their way."
        )
        parser.add_argument("--wait", type=float, default=WAIT_SECONDS, metavar="SECONDS")
        parser.add_argument("--password", help="For all demo logins; random unless given.")
        parser.add_argument(
            "--i-know", action="store_true", help="Also on a server that others can reach."
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if not (options["i_know"] or is_private_place()):
            raise CommandError(
                f"This is a server at {settings.SITE_URL}: demo logins and invented leads do not "
                "belong here. Give --i-know if you mean it."
            )
        if options["live_leads"] is not None:
            self._send(options["live_leads"], options["wait"])
            return
        try:
            self._make(options)
        except DomainError as error:
            raise CommandError(error.message) from error

    def _make(self, options: dict[str, Any]) -> None:
        if options["reset"] and not is_empty():
            remove_demo()
        if not is_empty():
            if is_demo() or options["if_empty"]:
                self.stdout.write("There is an organisation already; nothing was changed.")
                return
            raise CommandError(
                "This database holds an organisation of its own; the demo needs an empty one."
            )
        password = options["password"] or secrets.token_urlsafe(12)
        self.stdout.write("Making the demo organisation (about half a minute) …")
        self._announce(make_demo(password=password, now=timezone.now()), password)

    def _announce(self, made: Made, password: str) -> None:
        self.stdout.write(
            f"{made.leads} leads with their history. Sign in at {settings.SITE_URL}/ as"
        )
        for username, who in SHOWN:
            self.stdout.write(f"  {username:<16} {who}")
        others = sorted(set(made.usernames) - {username for username, _ in SHOWN})
        self.stdout.write(f"  (more reps: {', '.join(others)})")
        self.stdout.write(f"Password of all: {password}   (shown only now)")

    def _send(self, count: int, seconds: float) -> None:
        if not is_demo():
            raise CommandError("There is no demo here to send leads to; run manage.py demo first.")
        if not 1 <= count <= 1000:
            raise CommandError("Send between 1 and 1000 leads.")
        fates = wait_for_fates(send_leads(count=count, clock=timezone.now), seconds=seconds)
        self.stdout.write(render_fates(fates), ending="")
        waiting = sum(fate.milliseconds is None for fate in fates)
        if waiting:
            raise CommandError(
                f"{waiting} of {count} leads still wait after {seconds:g} s. Is the portal running "
                "(manage.py serve)? manage.py sweep routes them once."
            )


def is_private_place() -> bool:
    """True on a developer's machine: debugging, or an address only this machine can reach."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    if settings.DEBUG or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
