"""How often a sign-in is judged, and a public page that opens accounts is asked: counted in the database, so by all
processes as one, and before anything is hashed.

By a name from one sender: five failures in 15 minutes. By one sender: 20 different names in 15 minutes, but for whoever
signed in from there before, so that one person does not shut a hospital out that has one address. Never by a name
alone: a stranger shuts nobody out who comes from elsewhere. A sender is an address, or a network of the sixth version
(`reviews.access.senders`).
"""

import hashlib
import hmac
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from reviews.access import letters
from reviews.access.senders import sender_of
from reviews.access.turns import in_turn
from reviews.audit.trail import WriteLockTimeout, audited_write, lately
from reviews.models import AuditEvent, CountedTry

logger = logging.getLogger(__name__)

IN = timedelta(minutes=15)
TOLD_AGAIN_AFTER = timedelta(hours=1)
KNOWN_FOR = timedelta(days=90)  # so long a sender is known from whom somebody signed in


class TooOften(Exception):
    """Nothing was judged, and nothing is before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Judging:
    """One sign-in while it is judged. Whoever judges it says `went_well`; else it counts as failed."""

    def __init__(self, row: CountedTry, rank: int) -> None:
        self.row, self.rank, self.is_right = row, rank, False

    def went_well(self) -> None:
        self.is_right = True


@contextmanager
def counted(name: str, address: str, person: User | None) -> Iterator[Judging]:
    """One sign-in under this name from this address, of this person if the name is anybody's. Raises TooOften
    before anything is judged; WriteLockTimeout when others ask too much at once."""
    key = f"user {person.pk}" if person else f"name {name.strip().casefold()}"
    sender = sender_of(address, "sign-in")
    pair = _hashed(f"{key}\n{sender}")
    with in_turn(f"sign-in {sender}"):  # counted first and judged after, so that of many at once no more are judged
        judging = _begun(pair, sender)
    yield judging
    if judging.is_right:
        _note_well(pair, sender)
    elif judging.rank >= settings.SIGN_IN_FAILURES and person is not None and person.is_active:
        letters.in_background(partial(_lock, person))  # beside it, so that time does not tell who is anybody


def count(kind: str, key: str, *, most: int, period: timedelta) -> CountedTry:
    """Counts one request of a kind: of a sender, or for a name. Raises TooOften, and counts nothing, where so
    many were made within the period. Whoever asked for what is theirs counts for nothing: delete what this answers."""
    pair = _hashed(f"{kind}\n{key}")
    now = timezone.now()
    with in_turn(f"{kind} {pair}"):
        since = CountedTry.objects.filter(pair=pair, at__gt=now - period, at__lte=now + period)
        made = sorted(since.values_list("at", flat=True))
        if len(made) >= most:
            raise TooOften(made[-most] + period)
        return CountedTry.objects.create(pair=pair, sender=pair, at=now)


def _hashed(words: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), words.encode(errors="replace"), hashlib.sha256).hexdigest()


def _begun(pair: str, sender: str) -> Judging:
    now = timezone.now()
    failed = CountedTry.objects.filter(went_well=False, at__gt=now - IN, at__lte=now + IN)
    mine = sorted(failed.filter(pair=pair).values_list("at", flat=True))
    if len(mine) >= settings.SIGN_IN_FAILURES:
        raise TooOften(mine[-settings.SIGN_IN_FAILURES] + IN)
    if not mine and not CountedTry.objects.filter(pair=pair, went_well=True).exists():
        others = failed.filter(sender=sender).order_by().values("pair").distinct().count()
        if others >= settings.SIGN_IN_NAMES:
            oldest = failed.filter(sender=sender).order_by("at").values_list("at", flat=True).first()
            letters.in_background(_note_names)
            raise TooOften((oldest or now) + IN)
    return Judging(CountedTry.objects.create(pair=pair, sender=sender, at=now), len(mine) + 1)


def _note_well(pair: str, sender: str) -> None:
    """Whoever knows the password owes nothing for what they mistyped before."""
    try:
        with transaction.atomic():
            CountedTry.objects.filter(pair=pair).delete()
            CountedTry.objects.create(pair=pair, sender=sender, went_well=True, at=timezone.now())
    except IntegrityError:  # they signed in twice at once
        return


def _lock(person: User) -> None:
    told = (
        f"Your account {person.get_username()}: {settings.SIGN_IN_FAILURES} wrong passwords were typed from one place. "
        "From there nobody signs in under your name for 15 minutes; from anywhere else you can.\n\nIf that was "
        "somebody else, tell an administrator. Your password was not found out."
    )
    _record(f"user:{person.pk}", (person, "Somebody failed to sign in under your name", told))


def _note_names() -> None:
    _record("site", None)


def _record(subject: str, letter: tuple[User, str, str] | None) -> None:
    """One entry an hour about one account, or about senders of many names; the owner of the account is told with it."""
    if lately(AuditEvent.objects.filter(subject=subject, verb="locked"), most=1, period=TOLD_AGAIN_AFTER):
        return
    try:
        with audited_write(actor=None, is_note=True) as trail:
            if letter is not None:
                letters.write(trail, *letter)
            trail.record("locked", subject)
    except WriteLockTimeout:
        logger.warning("A sign-in was refused, and no entry could be written about %s", subject)


def sweep() -> int:
    """Forgets what counts for nothing any more."""
    now = timezone.now()
    rows = CountedTry.objects
    over = rows.filter(went_well=False, at__lt=now - timedelta(days=1)).delete()[0]
    return over + rows.filter(went_well=True, at__lt=now - KNOWN_FOR).delete()[0]
