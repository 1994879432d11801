from django.conf import settings
from django.db import models

from monographs.triggers import Unchanged


class SpentCode(models.Model):
    """A code of an authenticator app that was used: it opens nothing a second time, in whichever process. Rows older
    than the codes that count go with the next one."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    step = models.BigIntegerField()  # half minutes since 1970

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "step"], name="reviews_spentcode_once"),
            Unchanged(name="reviews_spentcode_unchanged"),
        ]

    def __str__(self) -> str:
        return f"code {self.step} of {self.person_id}"
