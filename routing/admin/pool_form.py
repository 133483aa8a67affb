"""How a pool shares its leads, as a form."""

from django import forms

from leadrouter.common.admin_fields import SentencesFirst
from routing.models import Pool


class SliderInput(forms.NumberInput):
    """A number drawn as a slider; `pool_fields.js` says beside it what its place means."""

    input_type = "range"

    def __init__(self, *, low: str, high: str) -> None:
        super().__init__(
            attrs={"class": "lr-slider", "step": 5, "data-low": low, "data-high": high}
        )


class PoolForm(SentencesFirst, forms.ModelForm):
    """The ranges are said by the fields, before the database would refuse them."""

    value_weight = forms.IntegerField(
        label="Fairness or value",
        initial=50,
        min_value=0,
        max_value=100,
        widget=SliderInput(low="only fairness", high="only value"),
        help_text="0: turns by weight. 100: whoever is worth most for the lead, by how their past "
        "leads ended, down to everybody's floor.",
    )
    floor_share = forms.IntegerField(
        label="Floor",
        initial=50,
        min_value=0,
        max_value=100,
        widget=SliderInput(low="no floor", high="the whole fair share"),
        help_text="The percentage of their fair share that everybody gets in any case.",
    )

    class Meta:
        model = Pool
        fields = (
            "name", "slug", "strategy", "value_weight", "floor_share", "catch_up_turns",
            "ignores_hours", "sticky_by_person", "sticky_days", "sticky_by_account",
            "manual_counts", "sla_policy", "is_active",
        )  # fmt: skip
