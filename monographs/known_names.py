"""Names of substances and brands that are known before a drug is in the library. Pure.

`known_names.tsv` has a line a name: the name, what it is (substance, brand, other: another name of a substance), of
which substance, and where it stands: `RxNorm` (ingredients and brands of the sample in
`reviews/management/demonstration/`, with what its branded products contain) or `monographs` (the drugs of the
demonstration, their brands in the United Kingdom and other names). Terms: docs/clinical/rxnorm.md. It is short, and
says nothing of a name that it lacks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from monographs.texts.likeness import folded, likeness

KINDS = ("substance", "brand", "other")


@dataclass(frozen=True)
class Known:
    name: str
    kind: str
    of: str  # the substance of a brand or of another name; "" where the list does not say it
    source: str

    @property
    def key(self) -> str:
        """By which it is named where it was shown; no drug has such an address."""
        return f"known:{folded(self.name)}"

    @property
    def in_words(self) -> str:
        if self.kind == "substance":
            return f"the substance {self.name}"
        return f"{self.name}, {self.what}"

    @property
    def what(self) -> str:
        """Of a brand or another name: of what."""
        kind = "a brand" if self.kind == "brand" else "another name"
        return f"{kind} of {self.of}" if self.of else kind


@cache
def known_names() -> tuple[Known, ...]:
    lines = Path(__file__).with_suffix(".tsv").read_text("utf-8").splitlines()[1:]
    return tuple(Known(*line.split("\t")) for line in lines)


@cache
def _words() -> frozenset[str]:
    return frozenset(word for one in known_names() for word in one.name.lower().split() if len(word) > 3)


def is_known(word: str) -> bool:
    """Whether this word, in small letters, is a known name, or a word of one."""
    return word in _words()


@cache
def _by_form() -> dict[str, Known]:
    return {folded(one.name): one for one in known_names()}


def names_like(name: str) -> Iterator[tuple[Known, str]]:
    """Known names that a name for a substance is like, and how (as `likeness` says it). The name of a known substance
    is right as it is: it asks nothing, though others look like it. A brand, and another name, is named alone."""
    asked = folded(name)
    if itself := _by_form().get(asked):
        if itself.kind != "substance":
            yield itself, "same"
        return
    for form, one in _by_form().items():
        if how := likeness(asked, form):
            yield one, how
