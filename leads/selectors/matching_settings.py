"""From how much evidence two leads are one, kept by each process until somebody changes it."""

from dataclasses import dataclass, field

from leadrouter.common.organisation import Changes, Remembered, Stamps, get_stamps
from leads.domain.similarity import Thresholds
from leads.models import MatchingSettings


@dataclass(frozen=True, slots=True)
class Matching:
    """Whether arriving leads are compared at all, and the thresholds."""

    is_active: bool = True
    thresholds: Thresholds = field(default_factory=Thresholds)


def get_matching(stamps: Stamps | None = None) -> Matching:
    """Returns the organisation's settings, else the defaults.

    Queries: 1 after a change, else none; 1 more without `stamps`.
    """
    now = get_stamps() if stamps is None else stamps
    return _settings.at(now.get(Changes.SOURCES))


def _read() -> Matching:
    row = MatchingSettings.objects.first()
    if row is None:
        return Matching()
    return Matching(row.is_active, Thresholds(row.certain_from, row.likely_from))


_settings = Remembered(_read)
