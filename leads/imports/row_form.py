"""The cells of one row, to correct."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from leads.domain.draft import FIELD_LABELS
from leads.models import ImportBatch, ImportRow
from leads.selectors.custom_fields import get_field_labels
from leads.services.import_rows import mapping_from_json


class RowForm(forms.Form):
    """The cells of one row, each called by its column and what that is."""

    def __init__(self, *args: Any, batch: ImportBatch, row: ImportRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {**FIELD_LABELS, **get_field_labels()}
        for column, field in sorted(mapping_from_json(batch.mapping).items()):
            header = batch.headers[column] if column < len(batch.headers) else ""
            label = labels.get(field, field)
            is_long = field == "message"
            self.fields[f"column_{column}"] = forms.CharField(
                required=False,
                strip=False,
                label=label
                if header.strip().lower() == str(label).lower()
                else f"{label} (“{header}”)",
                widget=forms.Textarea(attrs={"rows": 3}) if is_long else forms.TextInput(),
            )
            self.initial[f"column_{column}"] = (
                row.values[column] if column < len(row.values) else ""
            )
        self.helper = FormHelper()
        self.helper.form_tag = False

    @property
    def cells(self) -> dict[int, str]:
        """Column index -> text."""
        return {
            int(name.removeprefix("column_")): value for name, value in self.cleaned_data.items()
        }

    def add_refusal(self, fields: dict[str, str]) -> None:
        """Puts the sentences of a refusal where they belong."""
        for name, sentence in fields.items():
            self.add_error(name if name in self.fields else None, sentence)
