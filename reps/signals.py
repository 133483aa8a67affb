"""Sent when somebody may have become available. Reps know no leads; whoever routes listens."""

from django.dispatch import Signal

availability_changed = Signal()
