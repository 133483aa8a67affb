"""What a person fills in on the way from a file to leads."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Div, Layout, Row, Submit
from django import forms
from django.urls import reverse

from leads.files.columns import Guess
from leads.imports.choices import (
    DELIMITER_CHOICES,
    ENCODING_CHOICES,
    FIELD_CHOICES,
    TAB,
    TAB_NAME,
    country_choices,
)
from leads.models import ImportBatch, Source
from leads.selectors.custom_fields import get_field_labels

NO_COUNTRY = [("", "None: phones need a country code")]


class UploadForm(forms.Form):
    """A file and where its people were met: a source, or an event that becomes one."""

    source = forms.ModelChoiceField(
        queryset=Source.objects.none(),
        required=False,
        label="Event or source",
        empty_label="Choose…",
    )
    event_name = forms.CharField(
        max_length=100,
        required=False,
        label="Or a new event",
        widget=forms.TextInput(attrs={"placeholder": "e.g. Hannover Industry Show 2026"}),
    )
    file = forms.FileField(
        label="File",
        required=False,
        allow_empty_file=True,
        help_text="CSV, TSV, TXT, XLSX or XLS, up to 20 MB. Nothing is imported before you confirm.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls"}),
    )
    default_country = forms.ChoiceField(
        required=False,
        label="Country of most people",
        help_text="Reads phone numbers and states that are written without a country.",
    )

    def __init__(self, *args: Any, is_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_too_large = is_too_large
        sources: Any = self.fields["source"]
        sources.queryset = Source.objects.filter(is_active=True).order_by("name")
        country: Any = self.fields["default_country"]
        country.choices = [("", "As usual for this source"), *country_choices()]
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": "", "enctype": "multipart/form-data"}
        self.helper.layout = Layout(
            Row(
                Column("source", css_class="col-12 col-md-6"),
                Column("event_name", css_class="col-12 col-md-6"),
            ),
            Div("file", css_class="dropzone", data_dropzone=""),
            "default_country",
            Div(
                Submit("submit", "Upload and map columns", css_id="submit-upload"),
                HTML(
                    f'<a class="btn btn-outline-secondary" href="{reverse("import-list")}">Cancel</a>'
                ),
                css_class="form-buttons",
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        name = " ".join((cleaned.get("event_name") or "").split())
        if not self.errors.get("source"):
            if cleaned.get("source") and name:
                self.add_error("event_name", "Choose a source or name a new event, not both.")
            elif not cleaned.get("source") and not name:
                self.add_error("source", "Choose where these people were met.")
        if name and Source.objects.filter(name__iexact=name).exists():
            self.add_error(
                "event_name", "There is already a source of that name; choose it from the list."
            )
        if self.is_too_large:
            self.add_error("file", "The file is larger than 20 MB; split it and upload the parts.")
        elif not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", "Choose a file.")
        return cleaned


class ReadingForm(forms.Form):
    """How the file is to be read, when the guess was wrong: encoding and delimiter, or the sheet."""

    encoding = forms.ChoiceField(required=False, choices=ENCODING_CHOICES, label="Characters")
    delimiter = forms.ChoiceField(
        required=False, choices=DELIMITER_CHOICES, label="Between columns"
    )
    sheet_name = forms.ChoiceField(required=False, label="Sheet")

    def __init__(
        self, *args: Any, batch: ImportBatch, sheet_names: list[str], **kwargs: Any
    ) -> None:
        initial = {
            "encoding": batch.encoding,
            "delimiter": TAB_NAME if batch.delimiter == TAB else batch.delimiter,
            "sheet_name": batch.sheet_name,
        }
        super().__init__(*args, **kwargs)
        self.initial.update(initial)
        sheet: Any = self.fields["sheet_name"]
        sheet.choices = [(name, name) for name in sheet_names]
        for name in ("encoding", "delimiter") if batch.sheet_name else ("sheet_name",):
            del self.fields[name]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(
                *(Column(name, css_class="col-12 col-sm-6 col-lg-4") for name in self.fields),
                Column(
                    Submit(
                        "reread", "Read the file again", css_class="btn-outline-secondary",
                        css_id="submit-reread",
                    ),
                    css_class="col-12 col-lg-4 filters-buttons",
                ),
                css_class="g-3",
            )
        )  # fmt: skip

    def clean_delimiter(self) -> str:
        name: str = self.cleaned_data["delimiter"]
        return TAB if name == TAB_NAME else name


class MappingForm(forms.Form):
    """A field for each column of the file. Errors of one column stand beside its select."""

    default_country = forms.ChoiceField(
        required=False, choices=NO_COUNTRY, label="Country of most people"
    )

    def __init__(
        self, *args: Any, batch: ImportBatch, guesses: list[Guess], chosen: dict[int, str],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.initial["default_country"] = batch.default_country
        country: Any = self.fields["default_country"]
        country.choices = [*NO_COUNTRY, *country_choices()]
        own = get_field_labels()
        self.choices = [
            *FIELD_CHOICES,
            *((name, f"{label} (custom field)") for name, label in own.items()),
        ]
        for guess in guesses:
            name = f"column_{guess.column_index}"
            self.fields[name] = forms.ChoiceField(
                choices=self.choices, required=False, label=f"Field for “{guess.header}”"
            )
            self.initial[name] = chosen.get(guess.column_index, "")

    @property
    def mapping(self) -> dict[int, str]:
        """Column index -> field as chosen on the page, or as proposed before anything is chosen."""
        values = self.data if self.is_bound else self.initial
        pairs = (
            (int(name.removeprefix("column_")), values.get(name, ""))
            for name in self.fields
            if name.startswith("column_")
        )
        known = dict(self.choices)
        return {column: field for column, field in pairs if field and field in known}

    @property
    def country(self) -> str:
        """The country chosen on the page; an impossible one counts as none until it is refused."""
        code = (self.data if self.is_bound else self.initial).get("default_country", "")
        return code if code in dict(country_choices()) else ""

    def add_refusal(self, fields: dict[str, str]) -> None:
        """Puts the sentences of a refusal where they belong."""
        for name, sentence in fields.items():
            self.add_error(name if name in self.fields else None, sentence)
