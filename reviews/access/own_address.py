"""Whether an e-mail address is its owner's own. Somebody else typed it, so a letter to it proves nothing until the
owner has said that it is theirs: behind a link in a letter sent there, signed in; or by opening an invitation that was
mailed there. Each other address begins anew.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from reviews.access import letters
from reviews.access.denials import refusals_recorded
from reviews.access.door import as_code
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write, full_until, is_recovering
from reviews.models import AuditEvent

LIVES = timedelta(hours=24)
MOST, IN = 3, timedelta(hours=1)  # letters that one person asks for
GIVEN, CONFIRMED = ("account_made", "account_email_changed"), "email_confirmed"
NO_LINK = Refusal(
    "no_link",
    "This link confirms nothing for the account you are signed in with. It may be too old, or be for another address. "
    "Ask for another letter under “My account”.",
    RefusalType.CONFLICT,
)
_BODY = """Somebody, you we hope, asked to confirm that this is the e-mail address of the account {name}. Open this
within 24 hours, signed in, and press the button there:

{address}

If that was somebody else, tell an administrator.
"""


def is_confirmed(person: User) -> bool:
    """Whether its owner said so since the account was given its address. One query."""
    about = AuditEvent.objects.filter(subject=f"user:{person.pk}", verb__in=(*GIVEN, CONFIRMED))
    return about.order_by("-seq").values_list("verb", flat=True).first() == CONFIRMED


def was_changed(person: User) -> bool:
    """Whether the account has another address than the one that it was made with. One query."""
    return AuditEvent.objects.filter(subject=f"user:{person.pk}", verb="account_email_changed").exists()


def who_gave(person: User) -> User | None:
    """Whoever typed it; None for the system."""
    about = AuditEvent.objects.filter(subject=f"user:{person.pk}", verb__in=GIVEN)
    given = about.order_by("-seq").select_related("actor").first()
    return given.actor if given else None


def confirmed(trail: Trail, person: User) -> None:
    """In the act by which the owner shows it."""
    trail.record("email_confirmed", f"user:{person.pk}", data={"username": person.get_username()})


def ask_for_letter(actor: User) -> None:
    """Mails its owner a link. Refuses an account without an address, one that is confirmed, and more than three letters
    an hour."""
    with (
        refusals_recorded(actor=actor, action="ask_to_confirm", subject=f"user:{actor.pk}"),
        audited_write(actor=actor) as trail,
    ):
        person = trail.actor
        if not person.email:
            raise refuse("email", "Your account has no e-mail address. An administrator can add it.")
        if is_confirmed(person):
            raise refuse("confirmed_already", "You confirmed this address already.", RefusalType.CONFLICT)
        asked = AuditEvent.objects.filter(actor=person, verb="email_letter_sent")
        if full_until(asked, most=MOST, period=IN):
            sentence = "Three letters were sent within an hour. Look for them, or wait."
            raise refuse("too_many_letters", sentence, RefusalType.CONFLICT)
        address = (
            f"{settings.SITE_URL}{reverse('account_address_confirm', args=[_signer(person).sign(str(person.pk))])}"
        )
        body = _BODY.format(name=person.get_username(), address=address)
        letters.write(trail, person, "Is this your address?", body)
        trail.record("email_letter_sent", f"user:{person.pk}")


def check(person: User, token: str) -> None:
    """Refuses a link that was not mailed to the address of now, for this person, within 24 hours."""
    try:
        if _signer(person).unsign(as_code(token), max_age=LIVES) == str(person.pk):
            return
    except BadSignature:  # and so one that is too old
        pass
    raise Refused([NO_LINK], recorded=False)


def confirm_address(actor: User, token: str) -> None:
    """Says that the address is one's own, with a link that was mailed there. Refuses a session begun with a recovery
    code: whoever found the codes would keep the account by it."""
    with (
        refusals_recorded(actor=actor, action="confirm_email", subject=f"user:{actor.pk}"),
        audited_write(actor=actor) as trail,
    ):
        check(trail.actor, token)
        if is_recovering(trail.actor):
            raise refuse(
                "recovery_session", "You signed in with a recovery code. Sign in with your second factor for this."
            )
        if is_confirmed(trail.actor):
            raise refuse("confirmed_already", "You confirmed this address already.", RefusalType.CONFLICT)
        confirmed(trail, trail.actor)


def _signer(person: User) -> TimestampSigner:
    return TimestampSigner(sep=".", salt=f"reviews.access.own_address {person.email}")
