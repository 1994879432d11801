"""The words of what stands over pages: what a warning, a correction and a printed reason are made of, why such words
are refused, and the digests that a password is given for. Nothing is written here: `reviews/overlays.py` does.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from monographs.canonical import clean, digest_of, normal
from monographs.checks.dates import AHEAD, not_of_our_time
from monographs.checks.plain_fields import refusal
from monographs.doses.quantities import read_amounts
from monographs.models import Monograph, Overlay
from monographs.overlay_kinds import HARMS, REGULATORS, SEVERITIES, TITLES
from monographs.pages.said import Said
from monographs.proofing.proof import SHOWN, Doses
from monographs.texts.addresses import hidden_host
from monographs.texts.characters import says_nothing
from monographs.texts.line_grammar import safe_address
from reviews.access.door import PATIENT, wrong
from reviews.access.privacy import holds_nhs_number
from reviews.access.refusals import Refusal, RefusalType, Refused

LONGEST_WORDS, LONGEST_LINK = 600, 500
LONGEST_PRINTED_REASON = 300
MOST_PLACES = 50
HOW_TO_QUOTE = (
    "Copy the words as they stand on the page, from one paragraph or line, without the numbers of references."
)


@dataclass(frozen=True)
class WarningInput:
    """An urgent warning as a regulator gave it. `issued` is a day; `quote` is word for word theirs."""

    title: str
    severity: str
    regulator: str
    link: str
    issued: str
    quote: str

    def digest(self, monographs: Sequence[Monograph]) -> str:
        return digest_of({"warning": self.normal(), "over": sorted(one.slug for one in monographs)})

    def normal(self) -> dict[str, str]:
        """The words as they are kept, where nothing stands against them."""
        return {name: normal(words) for name, words in asdict(self).items()}


@dataclass(frozen=True)
class CorrectionInput:
    """What a page said word for word, what it should have said, what harm that could do, and which of the places where
    the words stand are meant: keys of `monographs.pages.places.Choice`, also where there is one only."""

    wrong: str
    right: str
    harm: str
    places: tuple[str, ...]

    def digest(self, monograph: Monograph) -> str:
        return digest_of({"erratum": self.normal(), "over": monograph.slug})

    def normal(self) -> dict[str, Any]:
        """The words as they are kept, where nothing stands against them."""
        return {**asdict(self), **{name: normal(getattr(self, name)) for name in ("wrong", "right", "harm")}}


def digest_of_act(act: str, overlay: Overlay) -> str:
    """What an attestation names for a second signature, or for the end of an overlay."""
    return digest_of({act: overlay.pk})


def digest_of_placing(kind: str, monograph: Monograph, reason: str) -> str:
    return digest_of({"place": kind, "over": monograph.slug, "reason": normal(reason)})


def digest_of_part_withheld(monograph: Monograph, part: UUID) -> str:
    return digest_of({"withhold": str(part), "over": monograph.slug})


def not_printable(reason: str) -> Iterator[Refusal]:
    if sentence := refusal(reason):
        yield Refusal("reason", sentence, RefusalType.INVALID, field="reason")
    if len(reason) > LONGEST_PRINTED_REASON:
        sentence = f"Readers see this reason: keep it to {LONGEST_PRINTED_REASON} characters."
        yield Refusal("too_long", sentence, RefusalType.INVALID, field="reason")


def words_of_warning(warned: WarningInput, day: date) -> list[Refusal]:
    found = [
        Refusal(name, "Choose one from the list.", RefusalType.INVALID, field=name)
        for name, listed in (("title", TITLES), ("severity", SEVERITIES), ("regulator", REGULATORS))
        if getattr(warned, name) not in listed
    ]
    if sentence := _not_their_text(warned.link):
        found.append(Refusal("link", sentence, RefusalType.INVALID, field="link"))
    try:
        issued = date.fromisoformat(warned.issued).isoformat()
    except ValueError:
        found.append(Refusal("issued", "Give the day on which it was issued.", RefusalType.INVALID, field="issued"))
    else:
        if sentence := not_of_our_time(issued, day, AHEAD):
            found.append(Refusal("issued", sentence, RefusalType.INVALID, field="issued"))
    return [*found, *quotable("quote", warned.quote, "Quote the regulator’s sentence, word for word.")]


def _not_their_text(link: str) -> str:
    if len(link) > LONGEST_LINK:
        return f"Keep it to {LONGEST_LINK} characters."
    if not link.startswith("https://") or not safe_address(link):
        return "Give the address of the regulator’s own text, beginning with https://."
    return PATIENT if holds_nhs_number(link) else hidden_host(link)


def words_of_erratum(corrected: CorrectionInput, quoted: Said) -> list[Refusal]:
    found = [
        *quotable("wrong", corrected.wrong, "Copy what the page said, word for word."),
        *quotable("right", corrected.right, "Write what it should have said."),
    ]
    if corrected.harm not in HARMS:
        found.append(Refusal("harm", "Say what harm it could do.", RefusalType.INVALID, field="harm"))
    if corrected.wrong.strip() and not quoted.choices:
        sentence = f"No published edition says this. {quoted.near or HOW_TO_QUOTE}"
        found.append(Refusal("not_said", sentence, RefusalType.INVALID, field="wrong"))
    found += _places_of_erratum(corrected, quoted)
    if corrected.wrong.strip() == corrected.right.strip() != "":
        found.append(Refusal("same", "Both are the same words.", RefusalType.INVALID, field="right"))
    return found


def _places_of_erratum(corrected: CorrectionInput, quoted: Said) -> Iterator[Refusal]:
    known = {one.key for one in quoted.choices}
    if len(known) > MOST_PLACES:
        sentence = f"These words stand in {len(known)} places. Quote more of what stands around those that are wrong."
        yield Refusal("not_one_place", sentence, RefusalType.INVALID, field="wrong")
    elif not set(corrected.places) <= known:
        sentence = "The words do not stand in all of these places any more. Look, and choose again."
        yield Refusal("places_changed", sentence, RefusalType.CONFLICT, field="places")
    elif known and not corrected.places:
        sentence = f"These words stand in {len(known)} places. Choose those in which they are wrong."
        if len(known) == 1:
            sentence = "These words stand in one place. Say whether they are wrong there."
        yield Refusal("not_one_place", sentence, RefusalType.INVALID, field="places")


def hidden_figures(field: str, words: str, doses_of_page: Callable[[], Doses]) -> list[Refusal]:
    """Words that readers would get, with a figure of a dose that they are not shown; a correction with any dose at all
    while the page has one that is not shown. The doses are asked for where the words hold an amount.

    However an amount is written it is compared as a quantity; what is not seen in words, and what of them is no dose,
    stands in `monographs/doses/quantities.py`. What is counted in tablets is refused wherever it reads as a dose:
    what one tablet holds is not written down of every dose.
    """
    amounts = list(read_amounts(words))
    doses = doses_of_page() if amounts else SHOWN
    if doses.are_shown:
        return []
    for one in amounts:
        is_any = one.is_dose and (field == "right" or one.is_of_pieces)
        if is_any or one.quantities & doses.hidden:
            said = words[one.start : one.end][:60]
            why = "this page has doses that had no checks, so readers get no figure of them. Say it without."
            return [Refusal("hidden_figure", f"“{said}” is a dose, and {why}", RefusalType.INVALID, field=field)]
    return []


def quotable(field: str, words: str, empty: str, longest: int = LONGEST_WORDS) -> list[Refusal]:
    if found := wrong(words, field, longest):
        if found[0].code == "patient_data":
            raise Refused(found, recorded=False)
        return found
    fine = clean(words)
    if not fine or (field in ("reason", "quote") and says_nothing(fine)):  # a correction may be of one sign
        return [Refusal("missing", empty, RefusalType.INVALID, field=field)]
    if field == "reason" and (sentence := refusal(fine)):
        return [Refusal("reason", sentence, RefusalType.INVALID, field=field)]
    return []
