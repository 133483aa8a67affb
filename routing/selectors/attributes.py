"""Everything that rules may ask about: the built-in attributes and the organisation's own fields."""

from leadrouter.common.organisation import Changes, Remembered, Stamps, get_stamps
from leads.domain.custom_fields import FieldDefinition
from leads.selectors.custom_fields import get_field_definitions
from routing.engine.attributes import (
    Attribute,
    AttributeType,
    Registry,
    make_custom_attribute,
    make_registry,
)


def get_registry(stamps: Stamps | None = None) -> Registry:
    """Returns what stored conditions are read with: fields that are switched off too, and any of
    their values, since choices come and go. Queries: as `get_field_definitions`."""
    return _get_both(stamps)[0]


def get_draft_registry(stamps: Stamps | None = None) -> Registry:
    """Returns what new conditions may ask about: fields in use, with the choices they have now.

    Queries: as `get_field_definitions`.
    """
    return _get_both(stamps)[1]


def get_attribute_labels(stamps: Stamps | None = None) -> dict[str, str]:
    """Returns {name: label} of everything that facts may hold. Queries: as above."""
    return {name: attribute.label for name, attribute in get_registry(stamps).items()}


def make_attribute(field: FieldDefinition, *, has_choices: bool) -> Attribute:
    """Returns the field as the engine wants it."""
    return make_custom_attribute(
        field.attribute,
        field.label,
        AttributeType(field.type),
        unit=field.unit,
        text=field.help,
        choices=field.choices if has_choices and field.choices else None,
    )


def _get_both(stamps: Stamps | None) -> tuple[Registry, Registry]:
    now = get_stamps() if stamps is None else stamps
    return _registries.at(now.get(Changes.SOURCES))


def _read() -> tuple[Registry, Registry]:
    definitions = get_field_definitions()
    in_use = [field for field in definitions if field.is_active]
    return (
        make_registry(make_attribute(field, has_choices=False) for field in definitions),
        make_registry(make_attribute(field, has_choices=True) for field in in_use),
    )


_registries = Remembered(_read)
