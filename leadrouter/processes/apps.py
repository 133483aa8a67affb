from django.apps import AppConfig


class ProcessesConfig(AppConfig):
    name = "leadrouter.processes"
    label = "processes"
    verbose_name = "Processes"
