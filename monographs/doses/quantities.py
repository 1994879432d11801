"""The quantities of a regimen, and those that stand in words: the same amount is found however it is written. Pure.

By these an amount in words is not known: a number without a unit ("12, not 120"), a unit before its number, a sum
("8 mg and 4 mg more") and any reckoning but by a factor, what lies between the two ends of a range, a percentage of a
solution, milliequivalents, a count of vials or pens, another language, a spelling that nobody lists, a number that
words or signs part from its unit ("10 of the milligrams"), but for a bracket, a comma, a point or stars; how often a
thing is taken, where words stand between ("10 mg tablets are taken twice a day" is 10 mg and not 20).

What is no dose is let through: a strength ("10 mg tablets", "10 mg/mL"), unless somebody says how many or what to do
with it; a level ("5 mmol/L", "10 mg per litre"), a ratio, a rate of the kidneys ("30 mL/min"); numbers of other things.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from monographs.doses.amounts import doses_a_day, one_dose, typed_range
from monographs.doses.lines import course_total
from monographs.doses.model import Regimen
from monographs.doses.numerals import numbers_before, plain
from monographs.doses.units import BASES, UNITS

# Size in the smallest unit of a kind, kind, and what it goes by: "kg", "m2", or nothing. Two kinds are here alone: what
# is counted in tablets and the like, and a volume a minute, which may be that of a drip or of the kidneys.
Quantity = tuple[Fraction, str, str]
PIECES, FLOW = "pieces", "flow"


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in words, from `start` to before `end`: each quantity that it may be. `is_dose`: it reads as a dose by
    itself; what does not is looked for among quantities that must not be there, and else is nobody's."""

    start: int
    end: int
    quantities: frozenset[Quantity]
    is_dose: bool

    @property
    def is_of_pieces(self) -> bool:
        return any(kind == PIECES for _size, kind, _by in self.quantities)


# -- How units and what stands around them are written -------------------------------------------------------------

_GRAM = r"gramm?e?s?"
_WRITTEN: tuple[tuple[str, int | Fraction, str], ...] = (
    (rf"g|gms?|grms?|{_GRAM}", 10**9, "mass"),
    (rf"mgs?|mgms?|mill?i[\s-]?{_GRAM}", 10**6, "mass"),
    (rf"mcgs?|mcgms?|[µμ]\s?gs?|ugs?|microg|(?:micro[\s-]?|[µμ]){_GRAM}", 10**3, "mass"),
    (rf"ngs?|nano[\s-]?{_GRAM}", 1, "mass"),
    (rf"pg|pico[\s-]?{_GRAM}", Fraction(1, 10**3), "mass"),
    (r"l(?!\d)|lit(?:re|er)s?", 10**3, "volume"),
    (r"dl|decilit(?:re|er)s?", 100, "volume"),
    (r"cl|centilit(?:re|er)s?", 10, "volume"),
    (r"mls?|millilit(?:re|er)s?|ccs?|cm(?:\^3|3)", 1, "volume"),
    (r"[µμu]ls?|microlit(?:re|er)s?", Fraction(1, 10**3), "volume"),
    (r"tea[\s-]?spoon(?:ful)?s?", 5, "volume"),
    (r"table[\s-]?spoon(?:ful)?s?", 15, "volume"),
    (r"mols?", 10**3, "amount"),
    (r"mmols?|millimol(?:e?s)?e?", 1, "amount"),
    (r"[µμu]mols?|micromol(?:e?s)?e?", Fraction(1, 10**3), "amount"),
    (r"(?-i:mI?U)s?|milli-?units?", Fraction(1, 10**3), "units"),
    (r"(?-i:MI?U)s?|mega-?units?", 10**6, "units"),
    (r"(?-i:kI?U)s?|kilo-?units?", 10**3, "units"),
    (r"u(?-i:s)?(?!\d)|units?|i\.?u\.?s?|international\s+units?", 1, "units"),
)
_PIECE = (
    r"(?:tab(?:let)?s?|cap(?:sule|let)?s?|pills?|sachets?|puffs?|actuations?|inhalations?|sprays?|drops?|lozenges?"
    r"|patch(?:es)?|suppositor(?:y|ies))"
)
_HOLDS = rf"(?:{_PIECE}|ampoules?|vials?|syringes?|pens?|bottles?|bags?|cartridges?|implants?|injectors?|packs?)"
_MADE = (
    r"(?:(?:film|enteric|sugar)[\s-]coated|gastro-?resistant|(?:modified|prolonged|slow|extended|immediate|delayed)[\s-]release"
    r"|(?:oro)?dispersible|effervescent|soluble|chewable|scored|white|whole|single|oral|hard|soft|vaginal|rectal|pre-?filled|XL|MR|SR)"
)
_UNIT = re.compile(
    rf"(?<![A-Za-z^])(?:{'|'.join(f'(?P<u{at}>{unit})' for at, (unit, *_) in enumerate(_WRITTEN))}"
    rf"|(?P<piece>(?:{_MADE}[\s-]){{0,3}}{_PIECE}))(?![A-Za-z])",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\s?(?:/|·|\b(?:per|an?|for\s(?:each|every)|each|every)\b)?\s?"
    r"(?:(?P<kg>kg|kilo(?:gramm?e?)?)(?:\^?[-−]1)?|(?P<m2>m(?:\^2|2)|(?:square|sq\.?)\smet(?:re|er)))(?![A-Za-z])",
    re.IGNORECASE,
)
_PER = r"(?:\s?/\s?|\s(?:per|an?)\s|\sin\s(?:each|every|one|an?)\s)"
# In so much blood, urine or solution, or of so much of something else.
_LEVEL = re.compile(
    r"(?:\s?/\s?|\s(?:per|an?)\s)(?:(?:\d[\d.]*\s?)?(?:[dmcµμu]?l|(?:deci|milli|micro)?lit(?:re|er))|m?mol|(?:m|[µμ]|mc)?g|gram|creatinine)\b"
    r"|[\s·.]?[dmµμ]?l(?:\^?[-−]\^?1)\b|\s?/\s?min(?:ute)?\s?/\s?1[.·]73",
    re.IGNORECASE,
)
# What is above or below a level is no dose, however often it is measured.
_BOUND = re.compile(
    r"(?:\b(?:above|below|over|under|beyond|than|exceed(?:s|ed|ing)?|reach(?:es|ed|ing)?)\s|[<>≤≥]\s?)\Z", re.IGNORECASE
)
_A_MINUTE = re.compile(r"(?:\s?/\s?|\s(?:per|a)\s)min(?:ute)?\b", re.IGNORECASE)
_ONE_MORE = rf"\d[\d.,]*+\s?-?(?:{'|'.join(unit for unit, *_ in _WRITTEN)})(?![A-Za-z])"
_AFTER_STRENGTH = re.compile(
    rf"(?:(?:,\s?|\s(?:and|or|to)\s|\s?[/–-]\s?){{1,2}}{_ONE_MORE}){{0,8}}"
    rf"(?:[\s-](?:{_MADE}[\s-]){{0,3}}(?:{_HOLDS}|strengths?|concentrates?|solution|suspension|of\sprotein)|{_PER}{_HOLDS})\b",
    re.IGNORECASE,
)
_BEFORE_STRENGTH = re.compile(
    rf"(?:\bstrengths?(?:\s(?:of|is|are|was|were))?:?|\bavailable\s(?:as|in)"
    rf"|\b(?P<things>{_HOLDS})"
    r"\s?(?:(?P<of>\s(?:each\s)?(?:of|at|with|containing)|\((?:of\s|each\s)?)|\s(?:that\s)?(?:contain(?:s|ed)?|holds?|ha[sd]|have)))"
    rf"\s?(?:(?:about|an?|the)\s)?(?:{_ONE_MORE}(?:,\s?|\s)(?:(?:and|or|to)\s)?){{0,8}}\Z",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:giv(?:e|es|en|ing)|tak(?:e|es|en|ing)|took|gave|appl(?:y|ies|ied|ying)|us(?:e|es|ed|ing)|receiv(?:e|es|ed|ing)"
    r"|prescrib(?:e|es|ed|ing)|start(?:s|ed|ing)?(?:\s(?:on|with))?|whole|single|(?:inject|swallow|infus|inhal|administer)(?:e|s|ed|ing)?|dos(?:e|es|age)(?:\s(?:of|is|was|be)|:))"
    r"\s(?:(?:an?|the|whole|single|only|just|about|another|up\sto|at\sleast|at\smost|no\smore\sthan)\s){0,2}\Z",
    re.IGNORECASE,
)
_HOW_OFTEN = (
    r"(?:once|twice|thrice|daily|weekly|monthly|nightly|hourly|every\b|each\s(?:day|morning|night|evening|week|time)"
    r"|(?:an?|per)\s(?:day|night|week|month|hour|dose|time)|/\s?(?:day|dose)|(?:\d+|two|three|four|five|six)\stimes\b(?!\sas\b)|at\s(?:night|once)"
    r"|in\sthe\s(?:morning|evening)|stat\b|over\s(?:\d|an?\b|one\b|two\b|three\b|half\b)|(?:is|are|was|were)\sgiven\b|(?:is|are)\staken\b)"
)
_OFTEN = re.compile(rf"\s?,?\s?\(?{_HOW_OFTEN}", re.IGNORECASE)
# Of a thing, a few words on in its sentence: `10 mg tablets are taken twice a day`, `(one a day)`.
_SOON = re.compile(rf"(?:[^.;!?\n]{{0,40}}?\b)?{_HOW_OFTEN}", re.IGNORECASE)
_OF_SUCH = re.compile(
    rf"\b(?:{_MADE}|white|blue|red|green|yellow|pink|orange|brown|grey|(?:of\s)?(?:these|those|such|your|our))\s\Z",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"\s?,?\s?\(?(?:[x×*]\s?(?P<by>\d{1,3}(?![\d./])|[a-z]{3,9}\b)|(?P<said>[a-z0-9-]{1,9})\stimes\b"
    r"|(?P<often>twice|thrice|bd|bid|tds|tid|qds|qid|b\.d|b\.i\.d|t\.d\.s|t\.i\.d|q\.d\.s|q\.i\.d)\b)",
    re.IGNORECASE,
)
_OFTEN_A_DAY = {"twice": 2, "thrice": 3, "bd": 2, "bid": 2, "tds": 3, "tid": 3, "qds": 4, "qid": 4}
_DOSES = r"(?:doses?|injections?|infusions?|courses?)"
_TIMES_OF = re.compile(rf"\b(?:[a-z-]{{3,12}}\s)?(?P<things>{_DOSES}|days?|lots|times)\s(?:of|at)\s\Z", re.IGNORECASE)
_OF_DOSES = re.compile(rf"[\s-]{_DOSES}\b", re.IGNORECASE)
_IN_SO_MUCH = re.compile(r"[a-zµμ](?:\s?/\s?|\sper\s)\Z", re.IGNORECASE)
_AND_A_PART = re.compile(r"\sand\s(?:an?\s|one\s)?(?P<part>half|quarter|third)\b", re.IGNORECASE)
_ONE = re.compile(r"\b(?:an?|one)\s\Z", re.IGNORECASE)
_BEHIND = 90
# What may stand between a number and a unit that can be nothing else: `10 (mg)`, `10 **mg**`, not `in 2010. Units`.
_MOST_SIGNS = 6
_SIGNS = re.compile(rf"(?<=[^\s(\[\].,*_])[\s(\[\].,*_]{{1,{_MOST_SIGNS}}}\Z")
_SURE = re.compile(r"mgs?|mcgs?|[µμ]gs?|ngs?|mls?|(?:milli|micro|nano)grams?|millilit(?:re|er)s?", re.IGNORECASE)


# -- Of a regimen ----------------------------------------------------------------------------------------------------


def quantities(regimen: Regimen) -> frozenset[Quantity]:
    """Every amount of a dose that its lines hold: doses, maxima, volumes, rates, increases, totals. Not its
    strength."""
    return frozenset(_of(regimen))


def _of(regimen: Regimen) -> Iterator[Quantity]:
    for step in regimen.steps:
        for number in (step.dose, step.high, course_total(regimen, step)):
            if number is not None and step.unit is not None:
                yield _quantity(number, step.unit)
        for pair in (step.volume, step.cap):
            if pair is not None:
                yield _quantity(pair.value, pair.unit)
        if (rate := step.rate) is not None:
            held = (rate.value, rate.value_max, rate.start, rate.by, rate.max)
            for one in filter(None, held):
                yield _quantity(one, rate.unit)
                if (unit := UNITS[rate.unit]).kind == "volume" and unit.time == "min" and not unit.person:
                    yield Fraction(one) * unit.factor, FLOW, ""
        if (slope := step.slope) is not None:
            yield from (_quantity(by, slope.unit) for by in (slope.by, slope.by_max) if by is not None)
    yield from (_quantity(limit.value, limit.unit) for limit in regimen.limits)


def _quantity(number: Decimal, code: str) -> Quantity:
    unit = UNITS[code]
    return Fraction(number) * unit.factor, unit.kind, unit.person


def reckoned(regimen: Regimen) -> frozenset[Quantity]:
    """What anybody reckons from a dose: one dose of what is divided, the doses of a day together, and each of these in
    tablets, or in what its strength makes of it."""
    found: set[Quantity] = set()
    for step in regimen.steps:
        if step.dose is None or step.unit is None or UNITS[step.unit].is_rate:
            continue
        unit, strength = UNITS[step.unit], regimen.strength
        amounts = {*typed_range(step), *one_dose(step)}
        if step.per is None:
            counts = {doses_a_day(regimen, step)}
            if step.freq is not None and step.freq.n and step.freq.unit == "d" and step.freq.period == 1:
                counts.add(step.freq.n)
            amounts |= {one * count for one in amounts for count in counts}
        found |= {(one, unit.kind, unit.person) for one in amounts}
        if strength is not None and BASES[strength.unit].kind == unit.kind and not unit.person:
            each = Fraction(strength.value) * BASES[strength.unit].factor
            if strength.per_unit is None:
                found |= {(one / each, PIECES, "") for one in amounts}
            else:
                base = BASES[strength.per_unit]
                of = Fraction(strength.per_value or 1) * base.factor
                found |= {(one / each * of, base.kind, "") for one in amounts}
    return frozenset(found)


# -- In words --------------------------------------------------------------------------------------------------------


def read_quantities(words: str) -> frozenset[Quantity]:
    """The quantities of the amounts that stand in words."""
    return frozenset().union(*(one.quantities for one in read_amounts(words)))


def read_amounts(words: str) -> Iterator[Amount]:
    """The amounts that stand in words, in whatever digits, widths and units: readers see no difference."""
    typed, places = plain(words)
    for unit in _UNIT.finditer(typed):
        if (found := _in_pieces(typed, unit) if unit["piece"] else _in_a_unit(typed, unit)) is not None:
            start, end = places[found.start], places[found.end - 1] + 1
            yield Amount(start, end, found.quantities, found.is_dose)


def _in_pieces(words: str, unit: re.Match[str]) -> Amount | None:
    """`half a tablet`, `take two tablets`: a dose where it is no whole number, a range, or what to do with it
    is said."""
    numbers, end = numbers_before(words, unit.start()), unit.end()
    start, values = (numbers.start, numbers.values) if numbers is not None else (unit.start(), frozenset())
    if (more := _AND_A_PART.match(words, end)) is not None:  # `a tablet and a half`
        if numbers is None and (one := _ONE.search(words, max(0, start - _BEHIND), start)) is not None:
            start, values = one.start(), frozenset((Fraction(1),))
        part = numbers_before(more["part"], len(more["part"]))
        values = frozenset(value + one for value in values for one in (part.values if part is not None else ()))
        end = more.end()
    if not values:
        return None
    asked, often = _ASKED.search(words, max(0, start - _BEHIND), start), _OFTEN.match(words, end)
    start, end = asked.start() if asked else start, often.end() if often else end
    is_dose = bool(asked or often) or len(values) > 1 or any(one.denominator > 1 for one in values)
    return Amount(start, end, frozenset((one, PIECES, "") for one in values if one), is_dose)


def _in_a_unit(words: str, unit: re.Match[str]) -> Amount | None:
    _pattern, factor, kind = _WRITTEN[int((unit.lastgroup or "u0")[1:])]
    begin, by, end = unit.start(), "", unit.end()
    if _SURE.fullmatch(unit[0]) and (signs := _SIGNS.search(words, max(0, begin - _MOST_SIGNS), begin)) is not None:
        begin = signs.start()
    numbers = numbers_before(words, begin)
    if numbers is None:
        return None
    start, values, is_dose = numbers.start, set(numbers.values), True
    if kind == "volume" and _IN_SO_MUCH.search(words, max(0, start - _BEHIND), start) is not None:
        return None
    if kind == "volume" and (flow := _A_MINUTE.match(words, end)) is not None:
        kind, is_dose, end = FLOW, False, flow.end()
    elif (person := _PERSON.match(words, end)) is not None:
        by, end = "kg" if person["kg"] else "m2", person.end()
    elif (level := _LEVEL.match(words, end)) is not None:
        told = _told(words, (start,), level.end())
        if told is None or (told[0] == start and _BOUND.search(words, max(0, start - _BEHIND), start)):
            return None
        start, end = told
    elif (strength := _strength(words, start, end)) is not None:
        first, count, after = strength
        if not numbers.counted and not count:
            first, count = _counted(words, first)
        if not numbers.counted and not count:
            first, after, count = _times(words, first, after)
            count |= {Fraction(1)} if count else set()  # `a 5 mg tablet twice a day`: 5 mg too
        if numbers.counted and not count:
            start, values, end = numbers.counting, set(numbers.counted), after
        elif count:
            start, values = first, {one * other for one in values for other in count}
            end = after
        elif (told := _told(words, (first, start), after, _SOON)) is not None:
            start, end = told
        else:
            return None
    else:
        if numbers.counted and (doses := _OF_DOSES.match(words, end)) is not None:
            start, end, values = numbers.counting, doses.end(), values | numbers.counted
        start, end, count = _times(words, start, end)
        values |= {one * other for one in values for other in count}
    found = frozenset((Fraction(one * factor), kind, by) for one in values if one)
    return Amount(start, end, found, is_dose) if found else None


def _times(words: str, start: int, end: int) -> tuple[int, int, frozenset[Fraction]]:
    """From where to where an amount is said with how often it is given, and how often: `8 mg x 3`, `8 mg twice`,
    `3 doses of 8 mg`."""
    if (after := _TIMES.match(words, end)) is not None:
        if after["often"]:
            return start, after.end(), frozenset((Fraction(_OFTEN_A_DAY[after["often"].lower().replace(".", "")]),))
        said = after["by"] or after["said"]
        if (numbers := numbers_before(said, len(said))) is not None:
            return start, after.end(), numbers.values
    if (before := _TIMES_OF.search(words, max(0, start - _BEHIND), start)) is not None:
        for at in (before.start("things"), before.start()):  # `two doses of`, `two further doses of`
            if (numbers := numbers_before(words, at)) is not None:
                return numbers.start, end, numbers.values
    return start, end, frozenset()


def _counted(words: str, start: int) -> tuple[int, frozenset[Fraction]]:
    """How many things are said to be there, a word or two before their strength: `two white 5 mg tablets`."""
    at = start
    for _word in range(2):
        if (such := _OF_SUCH.search(words, max(0, at - _BEHIND), at)) is not None:
            at = such.start()
    numbers = numbers_before(words, at) if at < start else None
    return (start, frozenset()) if numbers is None else (numbers.start, numbers.values)


def _told(words: str, starts: tuple[int, ...], end: int, how_often: re.Pattern[str] = _OFTEN) -> tuple[int, int] | None:
    """From where to where somebody says what to do with an amount or a thing, or how often: `take a 10 mg tablet`."""
    asked = [found.start() for at in starts if (found := _ASKED.search(words, max(0, at - _BEHIND), at))]
    often = how_often.match(words, end)
    if not asked and often is None:
        return None
    return min([*asked, *starts]), often.end() if often else end


def _strength(words: str, start: int, end: int) -> tuple[int, frozenset[Fraction], int] | None:
    """Where an amount is the strength of a thing: where the words of it begin, how many of these are said to be taken,
    and where the words end, the thing among them. `2 tablets (10 mg)` may be two of 10 mg, or 10 mg in two."""
    if (after := _AFTER_STRENGTH.match(words, end)) is not None:
        return start, frozenset(), after.end()
    before = _BEFORE_STRENGTH.search(words, max(0, start - _BEHIND), start)
    if before is None:
        return None
    if not before["things"]:
        return start, frozenset(), end
    if not before["of"] or (numbers := numbers_before(words, before.start("things"))) is None:
        return before.start("things"), frozenset(), end
    return numbers.start, numbers.values | ({Fraction(1)} if "(" in before["of"] else set()), end
