"""Looks partners up by the code that they hand out."""

from leads.models import Source


def find_partner(code: str) -> Source | None:
    """The active partner or referral source with this code, in whatever case. Queries: 1.

    A code is a source's short name; it says who sent somebody, and never who gets them.
    """
    wanted = code.strip().lower()
    kinds = (Source.Kind.PARTNER, Source.Kind.REFERRAL)
    if not wanted:
        return None
    return Source.objects.filter(slug__iexact=wanted, kind__in=kinds, is_active=True).first()
