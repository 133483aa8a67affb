"""Puts the default channel rules into the table, where they can be seen, changed and reordered."""

from dataclasses import asdict

from django.db import migrations

from leads.domain.channel_defaults import DEFAULT_RULES

STEP = 10


def add_rules(apps, schema_editor):
    model = apps.get_model("leads", "ChannelRule")
    if model.objects.exists():
        return
    rows = []
    for number, rule in enumerate(DEFAULT_RULES, start=1):
        values = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(rule).items()
            if name != "group"
        }
        rows.append(model(position=number * STEP, channel_group=rule.group, **values))
    model.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("leads", "0013_attribution_consent_and_quality")]

    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
