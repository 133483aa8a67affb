"""Looks hosted forms up."""

from leads.models import Endpoint


def find_form(public_id: str) -> Endpoint | None:
    """The hosted form of this address with its source, switched off or not. Queries: 1."""
    return (
        Endpoint.objects.select_related("source")
        .filter(public_id=public_id, channel=Endpoint.Channel.WEB_FORM)
        .first()
    )
