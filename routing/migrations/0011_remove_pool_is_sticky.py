from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('routing', '0010_sticky_by_person_and_account'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='pool',
            name='is_sticky',
        ),
    ]
