from django.apps import AppConfig


class MonographsConfig(AppConfig):
    name = "monographs"

    def ready(self) -> None:
        from monographs import truths

        truths.register_checks()
