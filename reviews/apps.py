from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"

    def ready(self) -> None:
        import reversion

        from monographs.models import PARTS, Edition
        from reviews.access import rehash, session
        from reviews.derived import version

        # Each model alone, without `follow`: one saved field would otherwise write a version of every part.
        for model in (Edition, *PARTS.values()):
            reversion.register(model)
        version.register_check()
        session.register()
        rehash.register()
