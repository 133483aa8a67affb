"""The demo's organisation: its file, its public holidays, who is away and how people sign in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from reps.models import Rep, TimeOff
from reps.services.holidays import load_holidays
from routing.configuration.document import Document, parse_document
from routing.configuration.importing import import_configuration

FILE = Path(__file__).with_name("organisation.yaml")


@dataclass(frozen=True, slots=True)
class Absence:
    """Days relative to the day the demo is made."""

    rep: str
    kind: str
    first_day: int
    days: int
    note: str


ABSENCES = (
    Absence("chloe-nguyen", TimeOff.Kind.LEAVE, -4, 10, "Family visit"),
    Absence("jonas-fischer", TimeOff.Kind.LEAVE, -33, 14, "Summer house"),
    Absence("hannah-cole", TimeOff.Kind.SICK, -13, 2, ""),
    Absence("emily-clarke", TimeOff.Kind.OTHER, -45, 3, "Training"),
    Absence("sam-carter", TimeOff.Kind.LEAVE, 5, 7, "Hiking"),
)


# The rules were in force before the first lead of the demo came.
PUBLISHED_BEFORE = timedelta(days=62)


def read_organisation() -> Document:
    """Returns the document of the demo, as anybody could import it."""
    return parse_document(FILE.read_text(encoding="utf-8"))


def list_usernames(document: Document) -> list[str]:
    return [user["username"] for user in document["users"]]


def make_organisation(*, password: str, now: datetime) -> Document:
    """Imports and publishes the demo's file as any file; gives its people a password and leave."""
    document = read_organisation()
    import_configuration(document=document, now=now - PUBLISHED_BEFORE, is_publishing=True)
    for country in sorted({team["country"] for team in document["teams"]}):
        for year in (now.year - 1, now.year, now.year + 1):
            load_holidays(country=country, year=year)
    # One hash for all: making eighteen slow ones would be most of the command's time.
    users = get_user_model().objects.filter(username__in=list_usernames(document))
    users.update(password=make_password(password))
    _write_absences(now)
    return document


def _write_absences(now: datetime) -> None:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    reps: dict[str, Any] = {rep.slug: rep for rep in Rep.objects.all()}
    for absence in ABSENCES:
        starts_at = midnight + timedelta(days=absence.first_day)
        TimeOff.objects.create(
            rep=reps[absence.rep],
            kind=absence.kind,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(days=absence.days),
            note=absence.note,
        )
