"""The form of a dose: boxes for its use, its people, its steps and its limits, from which its structure is made. What
the engine cannot read is said at its box; an amount that is ten times another is held up until somebody says why."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django import forms

from monographs import document as values
from monographs.declared import declared_of
from monographs.dose_boxes import DoseBoxes
from monographs.doses.faults import Fault
from monographs.doses.model import RENAL, Step
from monographs.doses.reading import read
from monographs.doses.slips import Beside, Slip, slips
from monographs.pages.lines import partial_date
from monographs.regimens import in_words, regimen_of
from monographs.texts.characters import says_nothing
from monographs.typed import PARTIAL_DATE
from monographs.typed_doses import boxes_of, structure_of
from reviews.desk.editor.fault_boxes import place_of
from reviews.desk.editor.forms import FIRST, ValueForm
from reviews.forms import Box, Text, dressed, is_text

_MOST_TOLD = 900  # characters of what was explained, so that the whole explanation has room in a reason


@dataclass(frozen=True)
class Around:
    """What else is given of this drug: the doses of the edition that readers have, by their keys, and those of other
    monographs of the drug, all with their figures. `earlier`: by the key of a dose, each structure that it had in this
    edition, from what the edition began with."""

    live: Mapping[UUID, values.DoseRegimen] = field(default_factory=dict)
    elsewhere: tuple[values.DoseRegimen, ...] = ()
    earlier: Mapping[UUID, Sequence[str]] = field(default_factory=dict)


class DoseForm(ValueForm):
    model = DoseBoxes
    is_hidden = True
    beside = "passage"
    around: Callable[[], Around] = staticmethod(Around)
    panels = {
        "indication": "For whom, for what",
        "steps": "",
        "max_courses": "More limits",
        "citation": "Where it is read",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.held: list[Slip] = []  # why it is held up, or was until somebody explained it
        self.told = ""  # what the history is told of that
        self._at_rows: list[str] = []
        super().__init__(*args, **kwargs)

    @property
    def boxes(self) -> Iterator[Box]:
        """Without the box that is asked for where an amount is held up, while none is."""
        typed = self.is_bound and str(self.data.get("tenfold", "")).strip()
        yield from (
            box for box in super().boxes if self.held or typed or box.field is None or box.field.name != "tenfold"
        )

    @classmethod
    def boxed(cls, shown: Any) -> Any:
        return boxes_of(json.loads(shown.structure)) or DoseBoxes() if shown is not None else None

    @classmethod
    def shows(cls, value: Any) -> dict[str, Any]:
        return super().shows(value) | {
            "since": value.since, "why": value.reason, "instead": value.instead, "passage": value.passage,
        }  # fmt: skip

    @property
    def can_hold(self) -> bool:
        """Whether boxes can hold all that stands there now; else this form would lose some of it."""
        return self.shown is None or boxes_of(json.loads(self.shown.structure)) is not None

    @property
    def source(self) -> str:
        """Where the passage stands, in words: as the boxes of the source say it."""
        label, section, revised, accessed = (
            str(self[name].value() or "").strip() for name in ("citation", "section", "revised", "accessed")
        )
        cited = next((one for one in self.document.citations if one.label == label), None)
        found = [str(cited.csl.get("title", label)) if cited else "No source is chosen yet"]
        found += [f"section {section}"] if section else []
        found += [f"revised {_day(revised)}"] if revised else []
        found += [f"read on {_day(accessed)}"] if accessed else []
        return ", ".join(found)

    def boxes_of_value(self) -> dict[str, forms.Field]:
        boxes = super().boxes_of_value()
        boxes["indication"].widget.attrs |= FIRST
        boxes["alternative_to"] = self._choice_of_dose(boxes["alternative_to"])
        boxes["tenfold"] = dressed(Text(
            rows=2, max_length=300, label="Why is it ten times as much, or a tenth?",
            help_text="It stands in the history and in the review. If it is a slip, correct the amount instead.",
            error_messages={"max_length": "This is longer than 300 characters. Shorten it."},
        ))  # fmt: skip
        return boxes

    def _choice_of_dose(self, box: forms.Field) -> forms.Field:
        """A choice among the other doses of this edition; what stood there stays until it is changed."""
        held = self.document
        others = {str(one.key): held.label_of(one) for one in held.regimens if one.key != self.key}
        if now := self.initial.get("alternative_to"):
            others.setdefault(now, "a dose that is not in this edition")
        listed = [("", "None"), *others.items()]
        return dressed(forms.ChoiceField(label=box.label, help_text=box.help_text, choices=listed))

    def to_value(self, data: dict[str, Any]) -> values.DoseRegimen:
        boxes: DoseBoxes = super().to_value(data)
        shown = self.shown
        fields = {
            "key": self.key, "status": shown.status if shown else "unpublished", "since": boxes.since,
            "reason": boxes.why, "instead": boxes.instead, "passage": boxes.passage,
            "structure": self._keyed(structure_of(boxes)),
        }  # fmt: skip
        return values.DoseRegimen.model_validate(fields)

    def _keyed(self, structure: dict[str, Any]) -> dict[str, Any]:
        """Steps keep their keys: each that says what it said, then each at its place; new ones get new keys."""
        before = json.loads(self.shown.structure).get("steps", []) if self.shown else []
        left = dict(enumerate(before))
        steps = structure.get("steps", [])
        found: dict[int, int] = {}  # step now -> step before
        for is_alike in (True, False):
            for number, step in enumerate(steps):
                if number in found:
                    continue
                same = (at for at, held in left.items() if _alike(held, step))
                at = next(same, None) if is_alike else number if number in left else None
                if at is not None:
                    found[number] = at
                    del left[at]
        for number, step in enumerate(steps):
            if number not in found:
                step["key"] = str(uuid4())
            elif key := before[found[number]].get("key"):
                step["key"] = key
        return structure

    def clean(self) -> dict[str, Any]:
        if not self.can_hold:
            self.add_error(None, "This dose says more than these boxes can hold, so it is not changed here. Import it.")
            return self.cleaned_data
        self._read()
        data = super().clean()
        typed = (
            str(data.get(name) or "")
            for name, box in self.fields.items()
            if name in declared_of(self.model) and is_text(box)
        )
        if not any(rows.filled for rows in self.rows.values()) and all(map(says_nothing, typed)):
            self.add_error("indication", "Name the use.")
        if self.value is not None and not self.errors and (found := list(self.slips())):
            why = (data.get("tenfold") or "").strip()
            self.held = found
            if not why:
                for slip in found:
                    self._say(slip.rows, slip.number, slip.box, f"{slip.words} Correct it, or say below why.")
                self.add_error("tenfold", "Say why, or correct the amount.")
            else:
                self.told = f"{_told([slip.words for slip in found])} Because: {why}"
                data["reason"] = " ".join(filter(None, [self.told, data.get("reason", "")]))
        return data

    # -- What is refused, at its box ---------------------------------------------------------------------------------

    def _read(self) -> None:
        """Says what the engine cannot read at the box where it was typed."""
        try:
            boxes = ValueForm.to_value(self, self.cleaned_data)
        except ValueError:  # the boxes themselves are refused, and say so
            return
        if any(row.errors for rows in self.rows.values() for row in rows.filled):
            return  # the row says so itself
        of = ["renal" if one in RENAL else one for one in self._bands]
        for number, one in enumerate(of):
            if (first := of.index(one)) < number:
                self._say("bands", number, "of", f"A dose has one band of this: row {first + 1} says another.")
        for fault in read(structure_of(boxes))[1]:
            self._refuse(fault)

    @property
    def _bands(self) -> list[str]:
        """Of each row of a band that is filled in, what it is of."""
        return (
            [str(row.cleaned_data.get("of", "")) for row in self.rows["bands"].filled] if "bands" in self.rows else []
        )

    def _refuse(self, fault: Fault) -> None:
        at = place_of(fault.place, self._bands)
        if at.rows in self.rows:
            self._say(at.rows, at.number, at.box, fault.sentence)
        elif not at.rows and at.box in self.fields:
            self.add_error(at.box, fault.sentence)
        else:
            self.add_error(None, in_words(fault))

    def _say(self, rows: str, number: int, box: str, sentence: str) -> None:
        """In the row of this number, at this box or at its first."""
        filled = self.rows[rows].filled
        row = filled[number] if number < len(filled) else None
        if row is None:
            self.add_error(None, sentence)
            return
        row.add_error(box if box in row.fields else next(iter(row.fields)), sentence)
        self._at_rows.append(sentence)
        self.add_error(None, sentence)

    @property
    def faults(self) -> list[tuple[str, str]]:
        """What its row says is said once."""
        return [(at, words) for at, words in super().faults if at or words not in self._at_rows]

    # -- A decimal point that slipped --------------------------------------------------------------------------------

    def slips(self) -> Iterator[Slip]:
        """Each amount that is ten times what stood there now or earlier, what the edition of readers has there, another
        step or another dose of this drug, or a tenth."""
        now = regimen_of(self.value.structure)
        if now is not None:
            yield from slips(now, regimen_of(self.shown.structure) if self.shown else None, self._beside)

    def _beside(self) -> Beside:
        around = self.around()
        assert self.key
        live = [one.structure for key, one in around.live.items() if key == self.key]
        past = [("what the published edition has there", one) for one in live]
        past += [("what stood there earlier in this edition", one) for one in around.earlier.get(self.key, ())]
        here = [one for one in self.document.regimens if one.key != self.key]
        others = [*here, *(one for key, one in around.live.items() if key != self.key), *around.elsewhere]
        return Beside(
            tuple((words, found) for words, one in past if (found := regimen_of(one))),
            tuple(found for one in others if (found := regimen_of(one.structure))),
        )


def _told(each: list[str]) -> str:
    """What was explained; of what has no room, how much more it is."""
    fits = next(n for n in range(len(each), -1, -1) if len(" ".join(each[:n])) <= _MOST_TOLD)
    return " ".join([*each[:fits], *([f"{len(each) - fits} more."] if fits < len(each) else [])])


def _day(typed: str) -> str:
    return partial_date(typed) if PARTIAL_DATE.fullmatch(typed) else typed


def _alike(held: dict[str, Any], typed: dict[str, Any]) -> bool:
    """Whether a step as it is stored and one as it was typed say the same."""
    one, other = (_step_of({name: said for name, said in step.items() if name != "key"}) for step in (held, typed))
    return one is not None and one == other


def _step_of(step: dict[str, Any]) -> Step | None:
    regimen = regimen_of(json.dumps({"population": "Adult", "route": "oral", "steps": [step]}))
    return regimen.steps[0] if regimen else None
