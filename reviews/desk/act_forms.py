"""The small forms of acts: a reason, a password, a signature. Each stands at `at`, so that several fit on one page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from monographs.texts.characters import says_nothing
from reviews.access.refusals import Refusal
from reviews.forms import Form, Text, choices, dressed, password, sendable
from reviews.review.attestation import Tick
from reviews.review.edition_review import EditionReview
from reviews.review.proofed import REASONS, Hint, standing
from reviews.review.remarks import FIELD as REMARK
from reviews.review.transition import Transition

LONGEST = 2_000
KEPT = "Kept for good, seen by all on the desk."


class ReasonForm(Form):
    """Why something is done. `typed` is what came with a refused act; None: it was not tried."""

    reason = Text(rows=3)

    def __init__(
        self, typed: str | None = None, *, at: str, label: str = "Reason", hint: str = KEPT, longest: int = LONGEST,
        rows: int = 3, refusals: Iterable[Refusal] = (),
    ) -> None:  # fmt: skip
        super().__init__(None if typed is None else {"reason": typed}, auto_id=f"%s-{at}" if at else "%s")
        box = self.fields["reason"]
        box.label, box.help_text = label, hint
        box.widget.attrs |= {"rows": rows, "maxlength": longest}
        self.refuse(refusals)


def asked_of(row: Transition) -> tuple[str, str]:
    """The label and hint of the box for a reason."""
    return row.words.asks or ("Reason", KEPT)


def reason_of(row: Transition, typed: str | None = None, *, at: str, refusals: Iterable[Refusal] = ()) -> ReasonForm:
    """The box for the reason of a transition; it may be typed and not needed."""
    label, hint = asked_of(row)
    return ReasonForm(typed, at=at, label=label, hint=hint, refusals=refusals, rows=3 if row.needs_reason else 2)


@dataclass(frozen=True)
class RemarkBox:
    """The box at a part, in values: a page has a hundred, and a field that draws itself takes fifty times as long."""

    name: str
    at: str
    of: str
    label: str
    value: str
    longest: int = LONGEST


class SendBackForm(Form):
    """What must change, and a remark on each part of which somebody has something to say. `parts` are called by their
    names; `of` is the form on the page that the boxes belong to, where they stand elsewhere. A field is made of each
    box in which something stands, or is refused."""

    reason = Text(rows=3)

    def __init__(
        self, row: Transition, parts: Mapping[str, str], typed: Mapping[str, Any] | None = None, *, at: str,
        of: str = "", refusals: Iterable[Refusal] = (),
    ) -> None:  # fmt: skip
        super().__init__(typed, auto_id=f"%s-{at}" if at else "%s")
        box, refused, self.of = self.fields["reason"], list(refusals), of
        box.label, box.help_text = asked_of(row)
        box.widget.attrs["maxlength"] = LONGEST
        self.parts = {f"{REMARK}{key}": label for key, label in parts.items()}
        wrong = {one.field for one in refused}
        for name, label in self.parts.items():
            if name in wrong or not says_nothing(sendable(self.data.get(name, ""))):
                attrs = {"maxlength": LONGEST, **({"form": of} if of else {})}
                self.fields[name] = dressed(Text(rows=2, label=_remark_on(label), attrs=attrs))
        self.refuse(refused)

    def on(self, key: str) -> RemarkBox | None:
        """The box at a part."""
        name = f"{REMARK}{key}"
        if name not in self.parts:
            return None
        value = str(sendable(self.data.get(name, "")))
        return RemarkBox(name, str(self.auto_id) % name, self.of, _remark_on(self.parts[name]), value)

    @property
    def written(self) -> list[forms.BoundField]:
        """The boxes in which something stands, or is refused."""
        return [self[name] for name in self.parts if name in self.fields]

    @property
    def words(self) -> str:
        """All of it, to be copied."""
        said = [f"{self.parts[box.name]}: {box.value()}" for box in self.written]
        return "\n\n".join([self["reason"].value() or "", *said]).strip()


def _remark_on(label: str) -> str:
    return f"Remark on “{label}”"


class StandsForm(Form):
    """Why words that proofing asked about may stand: one of a closed list."""

    kind = forms.ChoiceField(
        label="Why may these words stand?", help_text="The signers see it, and it is kept.", choices=choices(REASONS)
    )

    def __init__(self, typed: str | None = None, *, at: str, refusals: Iterable[Refusal] = ()) -> None:
        super().__init__(None if typed is None else {"kind": typed}, auto_id=f"%s-{at}" if at else "%s")
        self.refuse(refusals)


def stands_of(
    review: EditionReview, row: Transition, typed: str | None = None, *, at: str, refusals: Iterable[Refusal] = ()
) -> tuple[list[Hint], StandsForm | None]:
    """What needs a reason to stand, and the form for it; nothing for what is not sent for review."""
    found = standing(review) if row.name == "submit" else []
    return found, StandsForm(typed, at=at, refusals=refusals) if found else None


class SignedReasonForm(ReasonForm):
    """A reason, and the password as the signature on it."""

    password = password("Your password")


class SecondSignatureForm(Form):
    password = password("Your password, as the second signature")

    def __init__(self, *, at: str, hint: str) -> None:
        super().__init__(auto_id=f"%s-{at}")
        self.fields["password"].help_text = hint


INTERESTS = {
    "none": "I have none.",
    "declared": "I declare these:",
    "maker": "I have pay or shares from a maker of this drug. (Then another clinician must sign.)",
}


class SignForm(Form):
    """The checklist, interests, a remark, and the password as the signature."""

    interests = forms.ChoiceField(choices=list(INTERESTS.items()), widget=forms.RadioSelect)
    interests_text = Text(
        label="Fees, grants, patents, family, other; of the last 36\xa0months",
        help_text="Readers see these words.",
        attrs={"maxlength": LONGEST, "autocomplete": "off"},
    )
    reason = Text(
        rows=2, label="Remark", help_text="May stay empty. Kept with your signature; the desk sees it, readers do not.",
        attrs={"maxlength": LONGEST},
    )  # fmt: skip
    code = Text(
        label="The code that your app shows now, as your signature",
        attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 12},
    )
    password = password()

    def __init__(
        self, ticks: Iterable[Tick], drug: str, typed: Mapping[str, Any] | None = None,
        refusals: Iterable[Refusal] = (), *, at: str = "",
    ) -> None:  # fmt: skip
        super().__init__(typed, auto_id=f"%s-{at}" if at else "%s")
        self.fields["interests"].label = f"Your interests in {drug}"
        self.ticks = [f"tick_{tick.code}" for tick in ticks]
        boxes = {f"tick_{tick.code}": forms.BooleanField(label=tick.sentence) for tick in ticks}
        self.fields = {**{name: dressed(box) for name, box in boxes.items()}, **self.fields}
        self.refuse(refusals)

    @property
    def checklist(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ticks]
