"""Territories as a whole, held still."""

from django.db import connection

from routing.models import Territory, TerritoryOwner, TerritoryUpload


def lock_territories() -> None:
    """Lets nobody else write territories or owners until the transaction ends; reading goes on.

    New rows cannot be locked one by one, so PostgreSQL locks the tables. SQLite has one writer.
    """
    if connection.vendor == "postgresql":
        tables = ", ".join(model._meta.db_table for model in (Territory, TerritoryOwner))
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")


def lock_upload(upload_id: int) -> TerritoryUpload:
    """Returns the upload, row-locked. Raises: TerritoryUpload.DoesNotExist."""
    return TerritoryUpload.objects.select_for_update().get(pk=upload_id)
