from django.apps import AppConfig


class ClincalcConfig(AppConfig):
    name = "clincalc"

    def ready(self) -> None:
        from clincalc import readiness

        readiness.register_check()
