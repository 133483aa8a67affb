"""The fields that an organisation defined itself, kept by each process until one changes."""

from leadrouter.common.organisation import Changes, Remembered, Stamps, get_stamps
from leads.domain.custom_fields import FieldDefinition
from leads.models import CustomField

Definitions = tuple[FieldDefinition, ...]


def get_field_definitions(stamps: Stamps | None = None) -> Definitions:
    """Returns all fields, also those switched off: old rules go on reading them.

    Queries: 1 after a change, else none; 1 more without `stamps`.
    """
    now = get_stamps() if stamps is None else stamps
    return _definitions.at(now.get(Changes.SOURCES))


def get_field_labels(stamps: Stamps | None = None) -> dict[str, str]:
    """Returns {what rules call it: label} of the fields in use. Queries: as above."""
    definitions = get_field_definitions(stamps)
    return {field.attribute: field.label for field in definitions if field.is_active}


def _read() -> Definitions:
    return tuple(row.definition for row in CustomField.objects.all())


_definitions = Remembered(_read)
