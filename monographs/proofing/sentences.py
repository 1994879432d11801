"""Rules of proofing that read a whole sentence: a weekly dose, "as required", "as directed", doses in prose. Pure.

Each finds (start, end) in the words of a text. A full stop between figures or in "e.g." ends no sentence.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from monographs.doses.quantities import read_amounts
from monographs.proofing.patterns import FORM, UNIT
from monographs.proofing.readable import END

Span = tuple[int, int]
_STOP = re.compile(rf"(?<!\be\.g)(?<!\bi\.e)(?<!\bapprox)[.!?](?=\s|$|{END})|{END}")


def sentences(words: str) -> Iterator[tuple[int, str]]:
    """(where it begins, its words) of each sentence."""
    start = 0
    for stop in _STOP.finditer(words):
        yield start, words[start : stop.end()]
        start = stop.end()
    if start < len(words):
        yield start, words[start:]


# -- L25: methotrexate is given once a week ------------------------------------------------------------------------

_METHOTREXATE = re.compile(r"\bmethotrexate\b", re.IGNORECASE)
_MG = re.compile(
    r"(?<![\w.,])(?P<number>\d[\d.,]*+)[\s-]?(?:mgs?|MG|milligrams?)\b(?P<after>(?:/m²|/m2)?)", re.IGNORECASE
)
# What has such a figure and is no dose: a strength, a concentration, a level.
_NO_DOSE = re.compile(
    r"(?:\s(?:and|or|to)\s\d[\d.,]*+\s?mg)*+(?:\s?/\s?(?:\d|m?L|dL)|[\s-](?:tab|strength|syringe|pens?\b|vial|of\sprotein))",
    re.IGNORECASE,
)
_HIGH_DOSE = 100  # mg/m²: what is given in hospital, with rescue
# Words by whose endings most names of drugs are known, and some that have none of these.
_OTHER_DRUG = re.compile(
    r"\b(?:fol(?:ic|inic|ate|inate)|leucovorin|aspirin|\w{2,20}?(?:mab|nib|cept|pril|sartan|statin|olone|sone|profen|cillin"
    r"|prim|azole|oxazole|tidine|oxacin|cycline|chloroquine|salazine|flunomide|thioprine|sporin|limus|coxib|phylline|fenac"
    r"|amol|floxacin|mycin))\b",
    re.IGNORECASE,
)
_WEEKLY = re.compile(r"\bonce\s(?:a|every|each|per)\sweek\b", re.IGNORECASE)
_OF = re.compile(r"(?:\sof)?(?:\s(?:oral|weekly))?\s")  # `10 mg of methotrexate`
_DAILY = re.compile(
    r"(?<!never\s)(?<!not\s)(?<!than\s)\b(?:daily|(?:every|each|a|per)\sday|twice|/day)\b", re.IGNORECASE
)


def not_weekly(words: str) -> Iterator[Span]:
    """The word methotrexate, where a dose of it stands in its sentence and "once a week" does not."""
    if not _METHOTREXATE.search(words):
        return
    for at, sentence in sentences(words):
        doses = [one for one in _MG.finditer(sentence) if not _NO_DOSE.match(sentence, one.end()) and not _is_high(one)]
        names = list(_METHOTREXATE.finditer(sentence)) if doses else []
        if not names:
            continue
        starts = [one.start() for one in doses]
        others = [one.end() for one in _OTHER_DRUG.finditer(sentence)]
        is_weekly = bool(_WEEKLY.search(sentence))
        for name, after in zip(names, [*names[1:], None], strict=True):
            end = after.start() if after else len(sentence)
            other = bisect_left(others, name.end())
            end = min(end, others[other]) if other < len(others) else end
            nth = bisect_left(starts, name.end())
            dose = doses[nth] if nth < len(doses) and starts[nth] < end else None
            between = sentence[doses[nth - 1].end() : name.start()][:20] if nth else ""
            if dose or _OF.fullmatch(between):
                if not is_weekly or (dose and _DAILY.search(sentence, dose.end(), end)):
                    yield at + name.start(), at + name.end()


def _is_high(dose: re.Match[str]) -> bool:
    digits = dose["number"].replace(",", "").split(".")[0]
    return bool(dose["after"]) and (len(digits) > 3 or int(digits) >= _HIGH_DOSE)


# -- L26: "as required" needs an interval --------------------------------------------------------------------------

_AS_REQUIRED = re.compile(r"\bas\srequired\b(?!\sby\s(?:the|your)\s(?:doctor|prescriber))", re.IGNORECASE)
_WHEN_NEEDED = re.compile(
    r"\b(?:as|when)\s(?:needed|required|necessary)\b(?!\s(?:by|for|to)\b)|\bas\soften\sas\sneeded\b|\bon\sdemand\b",
    re.IGNORECASE,
)
_IF_NEEDED = re.compile(r"\b(?:if|where)\s(?:needed|required|necessary)\b(?!\s(?:by|for|to)\b)", re.IGNORECASE)
_AN_AMOUNT = re.compile(rf"\d\s?{UNIT}\b|\b(?:\d|one|two)\s(?:{FORM})\b", re.IGNORECASE)
_A_DOSE = re.compile(
    r"\b(?:takes?|taken|give|given|dose|doses|tablets?|capsules?|puffs?|drops?|sprays?|sachets?|inhale|inject|apply)\b"
    rf"|\d\s?{UNIT}\b",
    re.IGNORECASE,
)
_INTERVAL = re.compile(r"\b(?:hours?|hourly|minutes?|maximum|max|no\smore\sthan|at\smost)\b", re.IGNORECASE)
_INTERVAL_BEFORE = re.compile(
    r"\b(?:every\s(?:\d+|\w+)\shours?|hourly|maximum|no\smore\sthan|at\smost)\b", re.IGNORECASE
)


def without_interval(words: str) -> Iterator[Span]:
    for at, sentence in sentences(words):
        found = list(_AS_REQUIRED.finditer(sentence))
        if _A_DOSE.search(sentence):
            spans = {one.span() for one in found}
            found += [one for one in _WHEN_NEEDED.finditer(sentence) if one.span() not in spans]
            found += _IF_NEEDED.finditer(sentence) if _AN_AMOUNT.search(sentence) else ()
        last = max((one.start() for one in _INTERVAL.finditer(sentence)), default=-1)
        first = next((one.end() for one in _INTERVAL_BEFORE.finditer(sentence)), len(sentence))
        for one in found:
            if last < one.end() and first > one.start():
                yield at + one.start(), at + one.end()


# -- L37: "as directed" says nothing -------------------------------------------------------------------------------

_AS_DIRECTED = re.compile(
    r"\b(?:as\s(?:directed|advised|instructed|prescribed|ordered|told)|as\srequired\sby\s(?:the|your)\s(?:doctor|prescriber)"
    r"|as\s(?:the|your|a)\s(?:doctor|prescriber|pharmacist|nurse|specialist|clinician)\s(?:\w+\s)?(?:directs?|directed|advises?|advised"
    r"|instructs?|instructed|tells?|told|says?|said|recommends?|recommended)|as\srecommended\sby\s(?:the|your|a)\s\w+"
    r"|per\s(?:the\s|your\s)?(?:instructions?|directions?)|(?:as\sper|according\sto)\s(?:the\s|your\s)?(?:instructions?|directions?|label|leaflet|doctor|prescriber))\b",
    re.IGNORECASE,
)
_TAKING = re.compile(
    r"\b(?:takes?|taken|taking|uses?|used|using|gives?|given|giving|doses?|dosing|appl(?:y|ied)|inject(?:ed)?|inhaled?|swallow(?:ed)?"
    r"|administer(?:ed)?|instil(?:l|led)?|infused?|tablets?|capsules?|puffs?|drops?)\b",
    re.IGNORECASE,
)
# What is done as advised, and is no medicine taken.
_OTHER_ACT = re.compile(
    r"\b(?:drink(?:ing)?|eat(?:ing)?|rest|exercise|attend|monitor(?:ed|ing)?|checks?|checked|tests?|tested|wear|avoid|stop|stopped|call|see|keep"
    r"|stored?|wash|vaccinate[ds]?|vaccinations?|screen(?:ed|ing)?|repeat(?:ed)?|review(?:ed)?|treat(?:ed)?|manage[ds]?|follow(?:ed)?|arrange|continue"
    r"|contraception|contraceptives?|condoms?|sunscreens?|sun|precautions?|care|samples?|bloods?|breaks?|advice|protection|measures|isolate"
    r"|diet|fluids?|appointments?|return|report(?:ed)?|dispose|register(?:ed)?|switch(?:ed)?|reduced?|taper(?:ed)?)\b",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"\W*+$")


def as_directed(words: str) -> Iterator[Span]:
    """From the beginning of the sentence to the words that say nothing, where a medicine is taken so."""
    if not _AS_DIRECTED.search(words):
        return
    for at, sentence in sentences(words):
        begin = len(sentence) - len(sentence.lstrip())
        after = 0
        for one in _AS_DIRECTED.finditer(sentence):
            before = sentence[after : one.start()]
            taking = [found.end() for found in _TAKING.finditer(before)]
            other = any(found.start() >= taking[-1] for found in _OTHER_ACT.finditer(before)) if taking else True
            first = not after and _BEGINS.fullmatch(before) and _TAKING.search(sentence, one.end())
            if (taking and not other) or first:
                yield at + begin, at + one.end()
            after = one.end()


# -- L31 and L36: doses in prose -----------------------------------------------------------------------------------

_AMOUNT = r"(?:mg|g|micrograms?|nanograms?|milligrams?|mcg|[µμ]g|IU|mL|ml|units?|mmol|M[gG]|ML)"
_FIGURE = r"(?<![\w./])(?<!/\s)(?<!\d,)\d[\d.,]*+"
_TIMES = (
    r"(?:once|twice|thrice|two|three|four|five|six|\d+|daily|weekly|monthly|nightly|fortnightly|hourly|every|each|an?\s(?:day|week|month|hour)|per"
    r"|over|before|after|with|at|in|for|on|as\sa\ssingle\sdose|then|until|stat|by\s(?:mouth|injection|infusion)"
    r"|(?:oral|intravenous|subcutaneous|intramuscular|rectal|sublingual|topical)ly)"
)
_INSTRUCTION = re.compile(
    rf"{_FIGURE}\s?{_AMOUNT}(?:/kg|/m²|/m2)?"
    rf"(?:/(?:day|dose|week|hour|minute|h|d)\b|,?\s\(?{_TIMES}\b)",
)
_CHANGE = re.compile(
    r"\b(?i:(?:halv|doubl|trebl|tripl|increas|reduc|decreas|rais|lower|titrat|start|stepp?|cut|go(?:es|ing)?\b|taper)\w*\s(?:[a-z]+\s){0,4}?"
    r"(?:to|by|at|with|on)|(?:give|take|inject|infuse|inhale|administer)(?:\s[a-z]+){0,3}?)\s"
    rf"\.?\d[\d.,]*+\s?(?:to\s\d[\d.,]*+\s?)?{_AMOUNT}\b(?!/(?:\d|m?L|dL|min\b))",
)
# Not of a medicine: `200 mL of water`, `14 units of alcohol`, `dilute in 100 mL`.
_OF_WATER = re.compile(
    r"\s(?:of\s)?(?:(?:cold|cool|warm|clean|still|tap|sterile|boiled)\s)?(?:water|alcohol|juice|milk|fluids?|diluent|saline|glucose|sodium\schloride)\b"
    r"|\sa\s(?:day|week)\s(?:of\s)?(?:alcohol|fluid)",
    re.IGNORECASE,
)
_DILUTED = re.compile(r"\b(?:dilut\w*|dissolv\w*|reconstitut\w*|mix\w*|flush\w*)\s(?:[\w-]+\s){0,3}$", re.IGNORECASE)


def instructions(words: str) -> Iterator[Span]:
    spans = {one.end(): one.span() for pattern in (_CHANGE, _INSTRUCTION) for one in pattern.finditer(words)}
    end = -1
    for span in sorted(spans.values()):
        if span[0] >= end:
            yield span
            end = span[1]


def dose_figures(words: str) -> Iterator[Span]:
    """Amounts that read as doses, and what may be one that must not be told: whoever asks judges that."""
    yield from ((one.start, one.end) for one in read_amounts(words))


def is_of_water(words: str, start: int, end: int) -> bool:
    """Whether these words hold a plain amount of water, alcohol or diluent."""
    figure = re.compile(rf"{_FIGURE}\s?{_AMOUNT}").search(words, start, len(words))
    if figure is None:
        return False
    return bool(
        _OF_WATER.match(words, figure.end()) or _DILUTED.search(words[max(0, figure.start() - 60) : figure.start()])
    )
