"""Whether words that changed may change what a sentence means: a figure, a unit, or a word that turns it round. Pure.

It errs on the side of telling: what is found here is shown first and large. No word of
these is ever a correction of spelling (monographs/proofing/correction.py), so words are added here, and not taken out.
"""

import re
from collections.abc import Iterable, Sequence

from monographs.difference.word_diff import Segment
from monographs.known_names import is_known
from monographs.texts.text import citation_labels

# A word that turns a sentence round when it comes, goes or takes the place of another.
_TURNING = re.compile(
    r"not|no|never|none|nor|neither|without|unless|except|cannot|do|don't|must|may|might|should|shall|can|only|always|and"
    r"|or|least|most|both|either|before|after|until|above|below|over|under|within|more|less|fewer|high(?:er)?|low(?:er)?"
    r"|maximum|minimum|hourly|daily|nightly|weekly|fortnightly|monthly|quarterly|yearly|annually|morning|evening|night"
    r"|once|twice|thrice|every|each|half|double|triple|rarely|seldom|often|adults?|child(?:ren)?|infants?|neonates?"
    r"|(?:avoid|stopp?|start|give|increas|decreas|rais|lower|reduc|prohibit|withh[eo]ld|forbid|forbidden)(?:e|ed|es|ing|s)?"
    r"|giving|given|contra-?indicated|intra\w+|subcutaneous(?:ly)?|oral(?:ly)?|topical(?:ly)?|rectal(?:ly)?|inhaled"
    r"|epidural|I{1,3}|IV|V|\w+n['’]t|non|nobody|nothing|nowhere|hardly|scarcely|barely|fail(?:s|ed)?|lack(?:s|ed|ing)?"
    r"|despite|suspend(?:s|ed|ing)?|omit(?:s|ted|ting)?|halv(?:e|es|ed|ing)|doubled|doubling|tripled|continue[sd]?"
    r"|continuing|discontinue[sd]?|common(?:ly)?|uncommon(?:ly)?|rare|frequent(?:ly)?|infrequent(?:ly)?|positive|negative|left|right|slow(?:ly)?|rapid(?:ly)?"
    r"|bolus|infusion|empty|full|fasting|alternate|bd|tds|qds|od|mane|nocte|prn|stat|inhibit(?:or|ors|s)?"
    r"|induc(?:er|ers|es)|agonists?|antagonists?|upper|lower|first|last|acute|chronic|mild|moderate|severe|safe|unsafe"
    r"|effective|ineffective|allow(?:s|ed)?|permit(?:s|ted)?|exclude[sd]?|include[sd]?|[A-C]|[α-ω]"
)
_NUMBER_WORD = re.compile(
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen|first|second|third|quarter"
    r"|quadruple"
)
_UNIT = re.compile(
    r"mg|mcg|(?:micro|nano|milli|kilo)?grams?|g|kg|ng|m[lL]|[lL]|(?:micro|milli)?litres?|units?|mmol|micromol|nmol|pmol"
    r"|mmHg|cm|mm|m[²2]|hours?|days?|weeks?|months?|years?|minutes?|seconds?|fortnights?|teaspoons?|tablets?|capsules?|per"
)
# How names of substances end: no list of names is whole, and one letter makes another medicine of one.
_STEM = (
    "cef[a-z]+|[a-z]+(?:mab|nib|pril|sartan|olol|azole|olone|sone|dipine|gliptin|gliflozin|glutide|parin|xaban|gatran|tidine"
    "|azepam|azolam|triptan|setron|floxacin|cycline|vir|coxib|profen|fenac|thiazide|semide|peridone|idone|barbital|codone"
    "|morphone|fentanil|trexate|platin|rubicin|taxel|limus|ciclib|cept|kinra|stim|statin|cillin|mycin|epam|phylline|terol"
    "|lukast)s?"
)
_SUBSTANCE = re.compile(_STEM)
# Other words end so, too.
_MAY_BE_SUBSTANCE = re.compile(f"{_STEM}|[a-z]+(?:amide|oxide|ine?|ium)s?")
_EVERYDAY = re.compile(
    "again|begin|brain|certain|contain|explain|gain|main|maintain|margin|obtain|origin|pain|plain|protein|remain|skin|spin"
    "|strain|sustain|thin|vein|within|(?:base|dead|guide|out|time|air|by)?lines?|combine|decline|define|determine|examine"
    "|fine|genuine|machine|marine|medicine|mine|nine|routine|spine|urine|vaccine|feminine|equilibrium|medium|premium|stadium"
)
# Families of prefixes: one of a family for another, or for none, makes the opposite or something else of a word.
PREFIXES = tuple(
    tuple(family.split())
    for family in (
        "hypo hyper iso eu",
        "inter intra infra extra",
        "un in im ir il dis de non mis a an",
        "anti ante pro pre post peri para",
        "sub supra super over under",
        "brady tachy dys eu",
        "micro macro nano milli",
        "endo exo ecto epi",
        "ab ad",
        "mono bi di tri poly oligo",
        "up down",
        "re",
    )
)
_ALL_PREFIXES = tuple(dict.fromkeys(prefix for family in PREFIXES for prefix in family))

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*[²]?|[%<>≤≥±×/=°µμ+−↑↓→:₀-₉]|[½¼¾⅓⅔]")
_SIGNS = frozenset("%<>≤≥±×/=°µμ+−↑↓→:₀₁₂₃₄₅₆₇₈₉")


def _words(segments: Sequence[Segment], op: str) -> list[str]:
    text = " ".join(one.text for one in segments if one.op == op)
    for label in citation_labels(text):
        text = text.replace(f"[@{label}]", " ")
    words = _WORD.findall(text)
    return words + [part for word in words if "-" in word for part in word.split("-")]


def differing(segments: Sequence[Segment]) -> tuple[list[str], list[str]]:
    """The words that were taken out, and those that were put in, marks of citations aside; of hyphened ones
    each part too."""
    return _words(segments, "removed"), _words(segments, "added")


def is_figure(word: str) -> bool:
    """A number in figures or in words, a unit, or a sign of comparison."""
    return (
        any(map(str.isnumeric, word))
        or word in _SIGNS
        or bool(_UNIT.fullmatch(word))
        or (len(word) > 3 and bool(_UNIT.fullmatch(word.lower())))
        or bool(_NUMBER_WORD.fullmatch(word.lower()))
    )


def is_substance(word: str) -> bool:
    """The name of a medicine: a known one, or a word that ends as they do."""
    word = word.lower()
    return is_known(word) or bool(_SUBSTANCE.fullmatch(word))


def may_be_substance(word: str) -> bool:
    """Other words than names of medicines, too, but for the commonest: for a rule that must not overlook one."""
    word = word.lower()
    return is_known(word) or bool(_MAY_BE_SUBSTANCE.fullmatch(word) and len(word) > 4 and not _EVERYDAY.fullmatch(word))


def is_unit(word: str) -> bool:
    return bool(_UNIT.fullmatch(word) or _UNIT.fullmatch(word.lower()))


def changes_the_sense(word: str) -> bool:
    """Whether the coming or going of this one word may change what a sentence means."""
    return is_figure(word) or bool(_TURNING.fullmatch(word) or _TURNING.fullmatch(word.lower()))


def turns(gone: Iterable[str], come: Iterable[str]) -> bool:
    """Whether the sense may be another: by a word of negation, duty, time or route, or "hypo" for "hyper"."""
    gone, come = list(gone), list(come)
    if any(map(changes_the_sense, [*gone, *come])):
        return True
    one, other = {word.lower() for word in gone}, {word.lower() for word in come}
    before, after = _stems(one), _stems(other)
    return any(before[stem] ^ after[stem] for stem in before.keys() & after.keys())


def _stems(words: set[str]) -> dict[str, set[str]]:
    """Each word, whole and without a prefix of `_ALL_PREFIXES`, with the prefixes that stood before it."""
    stems: dict[str, set[str]] = {}
    for word in words:
        for prefix in ("", *_ALL_PREFIXES):
            if word.startswith(prefix) and len(word) > len(prefix) + 3:
                stems.setdefault(word[len(prefix) :], set()).add(prefix)
    return stems
