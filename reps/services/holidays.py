"""Public holidays from the `holidays` package, kept in our own table where people can change them."""

import holidays

from leadrouter.common.errors import InvalidInput
from reps.models import Holiday


def load_holidays(*, country: str, year: int) -> int:
    """Adds the national public holidays of a country and year; those known already stay as they are.

    Returns how many were added. Raises: InvalidInput for a country or year nobody has holidays for.
    """
    code = country.strip().upper()
    try:
        days = holidays.country_holidays(code, years=year)
    except NotImplementedError:
        raise InvalidInput(
            f"No public holidays are known for “{country}”.", fields={"country": "unknown"}
        ) from None
    if not days:
        raise InvalidInput(f"No holidays are known for {year}.", fields={"year": "unknown"})
    known = set(Holiday.objects.filter(country=code, on__in=days).values_list("on", flat=True))
    rows = [Holiday(country=code, on=on, name=name[:100]) for on, name in days.items()]
    new = [row for row in rows if row.on not in known]
    Holiday.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
