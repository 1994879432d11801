"""The one door for typed words: whatever a person types into a verb, and is kept or told, passes here with a length.

Refused are characters that nobody sees, what is too long, and patients' numbers; nothing of it is recorded. Codes, keys
and digests that are only compared pass `as_code`, and what a denial tells of typed words passes `told`.
"""

import re

from django.core.exceptions import ValidationError
from django.core.mail.message import sanitize_address
from django.core.validators import validate_email

from monographs.canonical import BadCharacters, clean, clean_line
from monographs.texts.characters import says_nothing, seen
from reviews.access.privacy import TAKEN_OUT, holds_nhs_number
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse

LONGEST_REASON = 2_000
PATIENT = "This holds an NHS number. Take it out: nothing about a patient is kept here. Nothing was stored."
_CODE = re.compile(r"[A-Za-z0-9 _.:/@+-]{0,200}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)  # ten figures side by side are chance


def wrong(text: str, field: str, longest: int) -> list[Refusal]:
    """Why these words may not be kept: one reason at most."""
    if len(text) > 4 * longest:  # not looked at any further
        return [_too_long(field, longest)]
    try:
        text = clean(text)
    except BadCharacters as error:
        return [Refusal("characters", str(error), RefusalType.INVALID, field=field)]
    if len(text) > longest:
        return [_too_long(field, longest)]
    if holds_nhs_number(text):
        return [Refusal("patient_data", PATIENT, RefusalType.INVALID, field=field)]
    return []


def _too_long(field: str, longest: int) -> Refusal:
    return Refusal("too_long", f"Keep it to {longest:,} characters.", RefusalType.INVALID, field=field)


def admitted(text: str, field: str, longest: int, *, is_line: bool = False) -> str:
    """The words as they are kept. Raises Refused, which is not recorded, for what may not be."""
    if found := wrong(text, field, longest):
        raise Refused(found, recorded=False)
    return clean_line(text) if is_line else clean(text)


def kept(reason: str, longest: int = LONGEST_REASON) -> str:
    """A reason as it is kept in the trail."""
    return admitted(reason, "reason", longest)


def reason_of(
    typed: str, sentence: str = "Say why: the reason is kept.", *, field: str = "reason", longest: int = LONGEST_REASON
) -> str:
    """A reason as it is kept, where one is needed: it says something."""
    words = admitted(typed, field, longest)
    if says_nothing(words):
        raise refuse("reason", sentence, RefusalType.INVALID, field=field)
    return words


def as_code(typed: str) -> str:
    """A code, a key or a digest as it is compared with those that are known; "" for what is none of any kind."""
    return typed if _CODE.fullmatch(typed) else ""


def is_address(typed: str) -> bool:
    """Whether a letter can be written to this address: a mailbox, and a domain that its encoding takes."""
    try:
        validate_email(typed)
        return sanitize_address(typed, "utf-8").isascii()
    except (ValidationError, ValueError):
        return False


def told(typed: str, longest: int) -> str:
    """What a denial tells of words that were refused, or of the address that they were for."""
    words = seen(typed[:longest])
    return TAKEN_OUT if holds_nhs_number(words) and not _DIGEST.fullmatch(words) else words
