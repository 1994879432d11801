"""What only a person can see to, stated by a button, with its day: letters arrive, checkpoints are copied."""

from django.contrib.auth.models import User

from reviews.access import letters
from reviews.access.denials import refusals_recorded
from reviews.access.grants import check_administrator
from reviews.access.refusals import RefusalType, refuse
from reviews.audit.trail import audited_write

SUBJECT = "A letter to see that letters arrive"
BODY = "This was sent by a button under “First steps”. If you read it, mail works. Nothing else is to be done.\n"


def try_mail(actor: User) -> None:
    """Sends a letter to whoever asks. Refuses whoever is no administrator or has no address, and says so where the
    mail server took nothing."""
    with refusals_recorded(actor=actor, action="try_mail", subject=f"user:{actor.pk}"):
        check_administrator(actor)
        if not actor.email:
            raise refuse("email", "Your account has no e-mail address. Another administrator can add it.")
        if code := letters.sent(actor.email, SUBJECT, BODY):
            sentence = f"The mail server took no letter ({code}). Look at the settings of mail."
            raise refuse("no_mail", sentence, RefusalType.CONFLICT)
        with audited_write(actor=actor) as trail:
            check_administrator(trail.actor)
            trail.record("mail_tried", "site")


def checkpoint_copied(actor: User) -> None:
    """States that the file of checkpoints was copied off this machine today. Refuses whoever is no administrator."""
    with (
        refusals_recorded(actor=actor, action="checkpoint_copied", subject="site"),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor)
        trail.record("checkpoint_copied", "site")
