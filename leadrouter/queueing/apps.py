from django.apps import AppConfig


class QueueingConfig(AppConfig):
    name = "leadrouter.queueing"
    label = "queueing"
    verbose_name = "Queue"
