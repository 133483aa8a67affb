from django.db import migrations


def split_flag(apps, _):
    """One flag said both, so pools keep what they had; manual turns are told by their reason."""
    apps.get_model("routing", "Pool").objects.filter(is_sticky=False).update(
        sticky_by_person=False, sticky_by_account=False
    )
    turns = apps.get_model("routing", "TurnEntry").objects
    turns.filter(reason="Assigned by a manager").update(kind="MANUAL")


def join_flags(apps, _):
    apps.get_model("routing", "Pool").objects.filter(
        sticky_by_person=False, sticky_by_account=False
    ).update(is_sticky=False)


class Migration(migrations.Migration):

    dependencies = [
        ('routing', '0009_pool_strategies'),
    ]

    operations = [
        migrations.RunPython(split_flag, join_flags),
    ]
