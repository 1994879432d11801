"""What the rules of proofing look for within a few words: abbreviations, figures, units, vague spans. Pure.

Each pattern is asked with `finditer`; the group `hit`, if there is one, is what is told, else all of it. None may take
longer than the length of the text: no repeat can begin at every sign (lookbehinds, possessive repeats).
"""

import re

from monographs.proofing.short_names import pattern_of

# As they should be written, and as people write them all the same.
UNIT = r"(?:mg|g|micrograms?|nanograms?|mL|units?|mmol)"
LOOSE = (
    r"(?:mg|g|kg|micrograms?|nanograms?|milligrams?|grams?|mL|ml|millilitres?|litres?|units?|mmol|micromol|mcg|[µμ]g"
    r"|IU|MG|Mg|ML|million\sunits?|international\sunits?)"
)
# After a mass or a unit: a level in blood or urine, which is no dose.
_LEVEL = r"(?!\s?/\s?(?:d?L|litre)\b)"
_AFTER_DOSE = (
    r"(?:(?<![A-Za-z\d])\d+|\b(?:doses?|give|given|take|taken|tablets?|capsules?|puffs?|drops?|sachets?|sprays?|daily|orally"
    r"|mg|g|mL|ml|micrograms?|mcg|units?|IV|IM|SC|PO|po))"
)
_PEOPLE = (
    r"(?:\sof)?(?:\s\w+)?\s(?:patients|people|women|men|children|infants|births|pregnancies|trials|studies|cases|centres"
    r"|participants|adults|eyes|samples|responders|respondents|volunteers|isolates)\b"
)


def _p(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


NO_ZERO_BEFORE = _p(
    # A letter before the point: `m.1555A>G` is a gene and `Fig.2` a picture, `of.5 mg` is a dose.
    rf"(?<![\d.,·])(?<![A-Za-z])[.·]\d|(?<=[A-Za-z]{{2}})[.]\d+(?=\s?{UNIT}\b)"
)
ZERO_AT_END = _p(
    rf"(?<![\d.,])(?P<hit>\d[\d,]*+[.·]\d*+(?<=0))(?:\s?(?:to|-|–)\s?[\d.,]++)?(?=[\s-]?{LOOSE}\b{_LEVEL})"
)
MICROGRAMS = _p(r"(?<![A-Za-z])(?:[µμ]\s?g(?:rams?|s)?|[mM]cg[ms]*|MCGS?|ug)(?![A-Za-z])")
NANOGRAMS = _p(r"\d\s?ngs?\b(?!\s?/\s?(?:m?L|dL|ml|mg)\b)")
UNITS = _p(r"\d\s?(?:M?U|u)(?![A-Za-z\d])(?!\.[SKN]\b)(?!-[a-z])")
INTERNATIONAL_UNITS = _p(r"(?<![A-Za-z])M?[iI]\.?[uU]s?\b")
ONCE_DAILY = _p(
    r"(?<![A-Za-z])(?:[qQ]\.?[oO]?\.?[dD]|o\.?d|O\.?D|Od|[oO]/[dD]|[eE]\.?[oO]\.?[dD])(?![A-Za-z]|-\d)|\balt(?:ernate)?\.?\sdie\b"
)
LATIN = _p(
    r"(?i:(?<![A-Za-z])(?:t\.?d\.?s|t\.?i\.?d|q\.?d\.?s|q\.?i\.?d|[bt]\.?i\.?w|p\.?r\.?n|q\.?h\.?s|nocte|mane|[bt]\.d\.?s?)(?![A-Za-z]))"
    r"|(?<![A-Za-z/-])(?:bds?|b\.i\.d)(?![A-Za-z])"
    rf"|(?:(?i:{_AFTER_DOSE})|(?<=\)))\s?(?i:b\.?i?\.?d\.?s?|stat|a\.c|p\.c)(?![A-Za-z\d])|\bstat\s(?=dose)"
)
SLASHED_DAYS = _p(
    r"(?i:(?:\b(?:for|in|over|every|after|within|another|next|last|then|review|x)\s?|[×x]\s?)(?:(?:up\sto|about|at\sleast|a|the)\s)?)"
    rf"(?P<hit>(?!24/7)\d{{1,2}}(?:\s?(?:-|–|to)\s?\d{{1,2}})?/(?:7|52|12)\b)(?!/)(?!{_PEOPLE})"
    r"|(?<![\d/])(?!24/7)\d{1,2}/(?:7|52|12)(?=\s(?:course|later|ago|supply|(?:of\s)?treatment|follow-?up)\b)"
    rf"|(?<![\d/.])(?:[1-9]|1\d|2[0-6])/52\b(?!/)(?!{_PEOPLE})"
    r"|(?:\b[xX]|×)\s?\d+\s?(?:d|w|wks?)\b|\bfor\s\d+\s?(?:d|w|wks?)\b"
)
EVERY_HOURS = _p(
    r"(?i)\b(?<!coenzyme\s)(?:q\.?\s?\d+(?:\s?(?:-|–|to)\s?\d+)?\.?\s?"
    r"(?:hours?|hourly|hrs?|hrly|h|°|d|days?|w|weeks?|wks?|mo|months?|mins?|minutes?)|q\.?h)(?![a-z\d])"
)
BEDTIME = _p(r"(?<![A-Za-z(])[hH]\.?[sS]\b(?!-)|(?<=\()(?:hs|[hH]\.[sS])\b(?!-)")
CUBIC = _p(
    r"\d\s?(?:ccs?|c\.c|cm\^?3|cm³)(?![A-Za-z])|(?<![A-Za-z\d])\d{1,3}\s?CCs?\b(?!\s(?:genotypes?|alleles?|homo|carriers?))"
    r"|\bcubic\scentimet(?:re|er)s?\b"
)
UNLISTED_UNIT = _p(
    r"\d[\s-]?(?:mgs|mgms?|gms?|grms?|Gms?|kgs|Kgs?|KGS?|mls?|mLs|MLs?|Mls?|ltrs?|hrs?|hrly|mins|secs|wks?|yrs?|mths?|mmols|mcgs)\b"
)
NO_SPACE = _p(
    r"\d(?:mg|kg|g|micrograms?|nanograms?|milligrams?|grams?|mL|ml|millilitres?|litres?|units?|mmol|micromol|mcg|[µμ]g"
    r"|IU|tablets?|capsules?|minutes?|hours?|days?|weeks?|months?|years?)\b"
)
NAME_AND_FIGURE = _p(
    rf"(?<![A-Za-z])(?:[A-Za-z]{{3,}}+|(?:to|of|by|at|or|is))\d[\d,]*+(?:\.\d+)?\s?(?:{UNIT}|kg|ml|mcg|[µμ]g|IU)\b"
)
STOP_AFTER_UNIT = _p(r"(?<![A-Za-z.])(?:mg|mL|ml|kg|g|mcg|mmol|cm|mm)\.(?=\s+[a-z\d])(?!\s+[a-z]{1,3}[A-Z])")
NO_COMMA = _p(
    rf"(?<![\d.,/])\d{{4,}}+(?:\.\d+)?(?=(?:\s?(?:to|or|-|–)\s?[\d.,]++)?[\s-]?{LOOSE}\b)|(?<![\d.,/])\d{{1,3}}(?:[\xa0\u2009\u202f]\d{{3}})+(?=[\s-]?{LOOSE}\b)"
)
SIGN_BEFORE_FIGURE = _p(r"(?<![-–])[<>≤≥]=?\s?\.?\d")
P_VALUE = _p(r"\b[pPqQ](?:[- ](?:values?|adjusted|for\s\w+(?:\s\w+)?))*\s?(?:(?:was|were|is|of|all)\s)?$")
SIGN_FOR_WORD = _p(r"@|\s&\s?\d|\d\s?&(?=\s?\d)|(?P<plus>\+\s?\d)")
# Before and from a plus that is a sign or part of a name: `CD4+ 200`, `day +28`, `+44 20…`, `+5%`.
NO_PLUS = (_p(r"[A-Za-z]\d?$"), _p(r"\b[Dd]ays?\s$"))
NO_PLUS_FROM = _p(r"\+\d{2,3}[\s(]\d|\+\d+(?:\.\d+)?\s?(?:%|°)")
_MASS = r"(?:mg|g|micrograms?|nanograms?|units?)"
SLASHED_DOSES = _p(
    r"\d\s?(?P<one>(?:mg|g|micrograms?|nanograms?|mL|ml|units?|mmol))\s?/\s?\d[\d.,]*+\s?(?P=one)\b"
    rf"|\d\s?(?:micrograms?|mg)\s?/\s?(?!1\s?g\b)\d[\d.,]*+\s?{_MASS}\b|\d\s?units?\s?/\s?\d[\d.,]*+\s?units?\b"
)
_RANGED = (
    r"(?:hours?|days?|weeks?|months?|years?|minutes?|seconds?|tablets?|capsules?|puffs?|drops?|times|doses?|courses?"
    r"|infusions?|injections?|kg|ml|mcg|[µμ]g|IU)"
)
RANGE = _p(
    rf"(?<![\d.,])(?P<hit>\d[\d.,]*+(?:\s?(?:{UNIT}|kg|ml|mcg|{_RANGED}))?\s?[-–—]\s?\d[\d.,]*+\s?(?:{UNIT}\b|{_RANGED}(?!\w)))"
)
SMALLER_UNIT = _p(r"(?<![\d.,·])0[.·]\d+\s?(?:m?g|milligrams?|grams?)\b(?!\s?/)")
SHORT_NAME = _p(pattern_of("L23"))
SHORT_ROUTE = _p(
    r"(?<![A-Za-z-])(?:S\.?C|s\.?c|SQ|sq|[sS]/[cC]|[sS]ub-?\s?[qQ]|[sS]ub-?cut|IJ|I\.?T|i\.t|per\sos)(?![A-Za-z\d])(?!\s(?:systems?|departments?|team|staff|support|services?)\b)"
)
VAGUE_SPAN = _p(
    r"(?i)\b(?:several\s(?:hours|days|weeks|months|years)|(?:an\s)?(?:extended|prolonged)\s(?:periods?|time|(?:[a-z]+\s)?monitoring)"
    r"|for\sa\s(?:long|prolonged)\s(?:time|while|period)|some\s(?:weeks|months|years)"
    r"|(?:at|on)\s(?:a\s)?(?:regular|frequent)\s(?:intervals|basis)|(?<![a-z]-)regularly|periodically|from\stime\sto\stime"
    r"|every\s(?:so\soften|now\sand\s(?:then|again))|now\sand\sthen)\b"
)
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
DATE_IN_FIGURES = _p(
    rf"(?<![\d/.-])(?:\d{{1,2}}/\d{{1,2}}/(?:\d{{4}}|\d{{2,3}})|{_DAY}-{_MONTH}-(?:19|20)\d\d|{_DAY}\.{_MONTH}\.(?:19|20)\d\d"
    rf"|(?:19|20)\d\d[/-](?:0[1-9]|1[0-2])[/-](?:0[1-9]|[12]\d|3[01]))(?![\d/-])"
)
PROMISE = _p(
    r"(?i)(?<!not\s)(?<!n[’']t\s)\b(?:completely|totally|perfectly|absolutely|entirely|wholly|100\s?%)"
    r"\s(?:safe|harmless|risk[- ]free)\b"
    r"|\b(?:no|without(?:\sany)?|free\s(?:of|from)(?:\sany)?|zero)\sside[- ]effects\b"
    r"|\bside[- ]effects?[- ]free\b|\brisk-free\b|\balways\ssafe\b|\bsafe\sfor\s(?:everyone|everybody|all)\b"
)
UNFINISHED = _p(
    r"(?i)\b(?:TBC|TBD|TBA|TODO|T\.B\.[CDA]|FIXME|lorem\sipsum)\b|\?\?+|\b(?-i:X{1,4})\s?(?:mg|mL|micrograms?|units?|%)(?!\w)"
    r"|[\[(]\s*to\sbe\s(?:confirmed|completed|determined|decided|advised|written|added)\b"
    r"|:\s*to\sbe\s(?:confirmed|completed|determined|decided|advised|written|added)\b"
    r"|(?<![\w,])xxx+(?!\w)|[\[<]\s*insert\b|_{3,}+"
)
HIDDEN = _p(
    "[\u00ad\u034f\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e007f]"
)
NAMED_BY_ILLNESS = _p(
    r"(?i)(?<![a-z-])(?:diabetics|epileptics|asthmatics|schizophrenics|haemophiliacs|hemophiliacs|alcoholics(?!\sanonymous)"
    r"|hypertensives|arthritics|paraplegics|anorexics|(?:drug\s)?addicts|(?:an?|the)\s(?:diabetic|epileptic|asthmatic|schizophrenic"
    r"|haemophiliac)(?=[.,;:]|\s(?:who|should|must|may|can|is|has|with|taking)\b)|(?:diabetic|epileptic|asthmatic|schizophrenic)\s(?:patients?|people|persons?|children|adults|women|men)|suffer(?:s|ed|ing|ers?)?\s(?:from|of)|victims?\sof)\b"
)
FRACTION = _p(
    r"[½¼¾⅓⅔⅛⅜⅝⅞]|(?<![\w/.-])(?:1/2)\b(?![/\d])|(?<![\w/.-])(?:[12]/3|[13]/4|1/8)(?=\s(?:an?\s|of\sa\s)?(?:tablet|teaspoon|pill|dose|strength|cup|capsule|sachet))"
)
PHASES = _p(r"(?i)\b(?:phases?|types?|grades?|classe?s?|stages?|parts?|days?|weeks?|t|(?:hsv|cox|hiv|erk|jak))\s$")
DECIMAL_COMMA = _p(rf"(?<![\d,.])(?:\d+,\d{{1,2}}|0,\d+)(?![\d,])(?:\s?(?:to|-|–)\s?[\d.,]++)?\s?(?:(?:{LOOSE})\b|%)")
SQUARED_UNIT = _p("[\u3300-\u3357\u3371-\u337a\u3380-\u33dfℓ]")
NIGHT_OR_MORNING = _p(
    rf"(?<![A-Za-z])(?:{UNIT}|ml|mcg|tablets?|capsules?|puffs?|drops?|sachets?|doses?|sprays?)\s+(?P<hit>O\.?[NM]|o\.[mn]|om)(?!\w)"
)
