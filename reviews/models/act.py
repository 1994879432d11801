"""Forms that were acted on: one sent twice is done once."""

from django.db import models

from monographs.triggers import AppendOnly


class Act(models.Model):
    """That the act of a form was done. `token` was made when the form was shown, `seq` is the last entry of the act.
    The same form sent again writes nothing (reviews.audit.acts)."""

    token = models.CharField(max_length=64, unique=True)
    seq = models.BigIntegerField()

    class Meta:
        constraints = [AppendOnly(name="reviews_act_append_only")]

    def __str__(self) -> str:
        return f"act of entry {self.seq}"
