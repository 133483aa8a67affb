"""The one signal of the product: rows are waiting. The rows are the queue; this only wakes it."""

from django.dispatch import Signal

lead_ready = Signal()
