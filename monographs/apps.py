from django.apps import AppConfig


class MonographsConfig(AppConfig):
    name = "monographs"

    def ready(self) -> None:
        from monographs import triggers

        triggers.register_checks()
