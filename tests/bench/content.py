"""Generated monographs: as long and as varied as real ones, clearly invented, with no clinical information and no dose.

The same seed and number give the same monograph, however many are made. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random
from string import ascii_lowercase
from uuid import UUID

from monographs.document import (
    Brand,
    Citation,
    Code,
    Document,
    Dosing,
    DrugName,
    Header,
    MonitoringItem,
    PathStep,
    RelatedLink,
    SafetyNotice,
    Section,
)
from monographs.vocabulary import SECTION_KINDS

SAYS_SO = "Generated for measurement; no clinical information."
VOCABULARY = 4_000
# A drug's traits, as often as they stand here.
TRAITS: tuple[tuple[str, ...], ...] = ((), (), (), ("injectable",), ("teratogen",), ("biologic", "injectable"))


@dataclass(frozen=True)
class Generated:
    slug: str
    name: str
    traits: tuple[str, ...]
    leaf: int
    document: Document


def _syllables(random: Random, count: int) -> str:
    return "".join(random.choice("bcdfghklmnprstvz") + random.choice("aeiou") for _ in range(count))


@cache
def _vocabulary(seed: int) -> tuple[list[str], list[float]]:
    """Invented words with weights that fall as those of a language do, so that a search meets rare and common ones."""
    random = Random(f"{seed} words")
    words = [_syllables(random, random.randint(1, 4)) for _ in range(VOCABULARY)]
    return words, list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))


def name_of(seed: int, number: int) -> str:
    """ "Bonatelocorpin 00017": the number says that nobody sells it."""
    random = Random(f"{seed} name {number}")
    word = random.choice(ascii_lowercase) + random.choice("aeiou") + _syllables(random, random.randint(1, 2))
    return f"{word.capitalize()}corp{random.choice(('in', 'mab', 'nib', 'ol'))} {number:05}"


def slug_of(name: str) -> str:
    return name.lower().replace(" ", "-")


def generated(seed: int, number: int, leaves: Sequence[Sequence[PathStep]]) -> Generated:
    """Monograph `number` of a corpus. `leaves` are the paths of its classes; one of them is its own."""
    return Writer(seed, number).monograph(leaves)


class Writer:
    """Writes one monograph, with the dice of that one alone."""

    def __init__(self, seed: int, number: int) -> None:
        self.seed, self.number = seed, number
        self.random = Random(f"{seed} monograph {number}")
        self.words, self.weights = _vocabulary(seed)

    def key(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def phrase(self, low: int, high: int) -> str:
        words = self.random.choices(self.words, cum_weights=self.weights, k=self.random.randint(low, high))
        return " ".join(words).capitalize()

    def many(self) -> int:
        """5 to 40; most monographs have few, some have many."""
        return 5 + int(36 * self.random.random() ** 3)

    def text(self, labels: Sequence[str]) -> str:
        """Paragraphs and a list, which cite these sources in turn."""
        sentences = [f"{self.phrase(6, 22)}." for _ in range(self.random.randint(6, 16))]
        for place, label in enumerate(labels):
            sentences[place % len(sentences)] = f"{sentences[place % len(sentences)].rstrip('.')} [@{label}]."
        half = len(sentences) // 2
        listed = "\n".join(f"- {sentence}" for sentence in sentences[half:])
        return f"{SAYS_SO} {' '.join(sentences[:half])}\n\n{listed}"

    def monograph(self, leaves: Sequence[Sequence[PathStep]]) -> Generated:
        name = name_of(self.seed, self.number)
        leaf = self.random.randrange(len(leaves))
        citations = [self.citation(place) for place in range(self.many())]
        labels = [one.label for one in citations]
        document = Document(
            header=self.header(name, leaves[leaf]),
            sections=self.sections(labels),
            monitoring=[self.item(labels) for _ in range(self.many())],
            notices=[self.notice(labels) for _ in range(self.random.randint(0, 2))],
            citations=citations,
            related=self.related(),
        )
        return Generated(slug_of(name), name, self.random.choice(TRAITS), leaf, document)

    def header(self, name: str, path: Sequence[PathStep]) -> Header:
        word = name.split(maxsplit=1)[0]
        return Header(
            title=f"{name}, generated",
            name=name,
            names=[DrugName(kind="international", name=name), DrugName(kind="american", name=f"{word}e {self.number}")],
            brands=list(
                dict.fromkeys(  # none twice, as in a library
                    Brand(
                        name=f"{self.phrase(1, 1)}ex {self.number}",
                        country=self.random.choice(("GB", "GB", "IE", "US")),
                    )
                    for _ in range(self.random.randint(1, 5))
                )
            ),
            # Z is no group of the ATC.
            codes=[Code(system="ATC", code=f"Z{self.number // 100 % 100:02}ZZ{self.number % 100:02}", name=name)],
            class_path=path,
            covers="measurement",
            not_covered="anything clinical",
            introduction=f"{SAYS_SO} {self.phrase(12, 30)}.",
            dosing=Dosing(since="2026-01-01", reason=SAYS_SO, instead="There is no such medicine: use nothing."),
        )

    def sections(self, labels: Sequence[str]) -> list[Section]:
        chosen = set(self.random.sample(list(SECTION_KINDS), self.random.randint(5, 9)))
        kinds = [kind for kind in SECTION_KINDS.values() if kind.slug in chosen]
        return [
            Section(
                key=self.key(),
                kind=kind.slug,
                heading=kind.heading,
                text=self.text(labels[place :: len(kinds)]),
            )
            for place, kind in enumerate(kinds)
        ]

    def item(self, labels: Sequence[str]) -> MonitoringItem:
        return MonitoringItem(
            key=self.key(),
            test=self.phrase(1, 4),
            when=self.phrase(2, 5),
            how_often=self.phrase(1, 3),
            note=self.phrase(6, 20) if self.random.random() < 0.3 else "",
            source=self.random.choice(labels),
        )

    def notice(self, labels: Sequence[str]) -> SafetyNotice:
        return SafetyNotice(
            key=self.key(),
            type="caution",
            severity="major",
            title=self.phrase(3, 7),
            text=f"{SAYS_SO} {self.phrase(15, 40)}.",
            source=self.random.choice(labels),
        )

    def citation(self, place: int) -> Citation:
        family, given = self.phrase(1, 1), self.phrase(1, 1)
        csl = {
            "type": "article-journal",
            "title": f"{self.phrase(6, 16)} (generated)",
            "author": [{"family": family, "given": given}],
            "container-title": f"Journal of {self.phrase(1, 2)}",
            "issued": {"date-parts": [[self.random.randint(1980, 2025)]]},
        }
        return Citation(key=self.key(), label=f"{family.lower()}-{place:02}", csl=csl)

    def related(self) -> list[RelatedLink]:
        """Up to three monographs with smaller numbers: they are there, however few are made."""
        others = self.random.sample(range(self.number), min(self.number, self.random.randint(0, 3)))
        return [
            RelatedLink(key=self.key(), target=slug_of(name_of(self.seed, other)), reason=self.phrase(2, 6))
            for other in others
        ]
