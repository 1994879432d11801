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
# What a medicine is counted in.
FORM = (
    r"(?:tab(?:let)?s?|cap(?:sule)?s?|puffs?|drops?|sachets?|sprays?|patch(?:es)?|lozenges?|suppositor(?:y|ies)|ampoules?"
    r"|doses?|injections?|inhalations?)"
)
DASH = r"[-\u2010-\u2015\u2212]"
# After a mass or a unit: a level in blood or urine, which is no dose.
_LEVEL = r"(?!\s?/\s?(?:d?L|litre)\b)"
_AFTER_AMOUNT = rf"(?:(?<![A-Za-z])(?:mg|g|mL|ml|micrograms?|mcg|mmol|units?|{FORM}))"
_AFTER_DOSE = rf"(?:(?<![A-Za-z\d])\d+|{_AFTER_AMOUNT}|\b(?:give|given|take|taken|daily|orally|IV|IM|SC|PO|po))"
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
    rf"(?<![\d.,])(?P<hit>\d[\d,]*+[.·]\d*+(?<=0))(?:\s?(?:to|{DASH})\s?[\d.,]++)?(?=[\s-]?(?:{LOOSE}|{FORM})\b{_LEVEL})"
)
MICROGRAMS = _p(
    r"(?<![A-Za-z])(?:[µμ]\s?g(?:rams?|s)?|[mM][cC][gG][mMsS]*|micro-?g|ug|(?<=\d)UG|(?<=\d[\s-])UG)(?![A-Za-z])"
)
NANOGRAMS = _p(r"\d\s?(?:ngs?|NG(?!\s(?:tubes?|feed\w*)))\b(?!\s?/\s?(?:m?L|dL|ml|mg)\b)")
UNITS = _p(r"\d\s?(?:M?Us?|u)(?![A-Za-z\d])(?!\.[SKN]\b)(?!-[a-z])")
INTERNATIONAL_UNITS = _p(r"(?<![A-Za-z])M?[iI]\.?[uU]s?\b")
ONCE_DAILY = _p(
    r"(?<![A-Za-z])(?:[qQ]\.?[oO]?\.?[dD]|o\.?d|O\.?D|Od|[oO]/[dD]|[eE]\.?[oO]\.?[dD])(?![A-Za-z]|-\d)|\balt(?:ernate)?\.?\sdie\b"
)
LATIN = _p(
    r"(?i:(?<![A-Za-z])(?:t\.?d\.?s|t\.?i\.?d|q\.?d\.?s|q\.?i\.?d|[bt]\.?i\.?w|p\.?r\.?n|q\.?h\.?s|q\.?q\.?h|nocte|mane|[bt]\.d\.?s?)(?![A-Za-z]))"
    r"|(?<![A-Za-z/-])(?:bds?|b\.i\.d)(?![A-Za-z])"
    rf"|(?:(?i:{_AFTER_DOSE})|(?<=\)))\s?(?i:b\.?i?\.?d\.?s?|stat|a\.c|p\.c)(?![A-Za-z\d])|\bstat\s(?=dose)"
    rf"|{_AFTER_AMOUNT}\s(?:ac|pc)(?!\w)"
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
    r"\d\s?(?:[cC]cs?|c\.c|[cC][mM]\^?3|[cC][mM]³)(?![A-Za-z])|(?<![A-Za-z\d])\d{1,3}\s?CCs?\b(?!\s(?:genotypes?|alleles?|homo|carriers?))"
    r"|\bcubic\scentimet(?:re|er)s?\b"
)
UNLISTED_UNIT = _p(
    r"\d[\s-]?(?:mgs|mgms?|gms?|grms?|G[mM][sS]?|kgs|Kgs?|KGS?|mls?|mLs|M[lL][sS]?|ltrs?|hrs?|hrly|mins|secs|wks?|yrs?|mths?|mmols|mcgs"
    rf"|M[gG][sS]?|H[rR][sS]?|M[iI][nN][sS]|S[eE][cC][sS])\b(?!{_PEOPLE})"
)
NO_SPACE = _p(
    r"\d(?:mg|kg|g|micrograms?|nanograms?|milligrams?|grams?|mL|ml|millilitres?|litres?|units?|mmol|micromol|mcg|[µμ]g"
    r"|IU|M[gG]|G[mM]|cm|mm|kcal|tablets?|capsules?|minutes?|hours?|days?|weeks?|months?|years?)\b"
)
NAME_AND_FIGURE = _p(
    rf"(?<![A-Za-z])(?:[A-Za-z]{{3,}}+|(?:to|of|by|at|or|is))\d[\d,]*+(?:\.\d+)?\s?(?:{UNIT}|kg|ml|mcg|[µμ]g|IU|M[gG]|ML)\b"
)
STOP_AFTER_UNIT = _p(r"(?<![A-Za-z.])(?:mg|mL|ml|kg|g|mcg|mmol|cm|mm|MG|ML)\.(?=\s+[a-z\d])(?!\s+[a-z]{1,3}[A-Z])")
NO_COMMA = _p(
    rf"(?<![\d.,/])\d{{4,}}+(?:\.\d+)?(?=(?:\s?(?:to|or|{DASH})\s?[\d.,]++)?[\s-]?(?:{LOOSE}|Units?)\b)"
    rf"|(?<![\d.,/])\d{{1,3}}(?:(?:[\xa0\u2009\u202f]\d{{3}})+|(?:\s000)+)(?=[\s-]?(?:{LOOSE}|Units?)\b)"
)
SIGN_BEFORE_FIGURE = _p(r"(?<![-–])[<>≤≥≦≧⩽⩾＜＞]=?\s?\.?\d")
P_VALUE = _p(r"\b[pPqQ](?:[- ](?:values?|adjusted|for\s\w+(?:\s\w+)?))*\s?(?:(?:was|were|is|of|all)\s)?$")
_BEHIND_AMOUNT = "(?:" + "|".join(rf"(?<=\d{u})|(?<=\d\s{u})" for u in ("mg", "g", "mL", "micrograms", "units")) + ")"
SIGN_FOR_WORD = _p(
    rf"@|\s&\s?\d|\d\s?&(?=\s?\d)|{_BEHIND_AMOUNT}\s?(?:&|\+)(?=\s?(?:\d|[A-Za-z]{{2}}))|(?P<plus>\+\s?\d)"
)
# Before and from a plus that is a sign or part of a name: `CD4+ 200`, `day +28`, `+44 20…`, `+5%`.
NO_PLUS = (_p(r"[A-Za-z]\d?$"), _p(r"\b[Dd]ays?\s$"))
NO_PLUS_FROM = _p(r"\+\d{2,3}[\s(]\d|\+\d+(?:\.\d+)?\s?(?:%|°)")
_MASS = r"(?:mg|g|micrograms?|nanograms?|units?)"
SLASHED_DOSES = _p(
    rf"\d\s?(?P<one>{LOOSE})\s?/\s?\d[\d.,]*+\s?(?P=one)\b"
    rf"|\d\s?g\s?/\s?\d[\d.,]*+\s?(?:mg|micrograms?)\b|\d\s?(?:micrograms?|mg)\s?/\s?(?!1\s?g\b)\d[\d.,]*+\s?{_MASS}\b|\d\s?units?\s?/\s?\d[\d.,]*+\s?units?\b"
)
_RANGED = (
    r"(?:hours?|hourly|days?|weeks?|months?|years?|minutes?|seconds?|times|courses?"
    rf"|infusions?|{FORM}|kg|ml|mcg|[µμ]g|IU|M[gG]|ML)"
)
RANGE = _p(
    rf"(?<![\d.,])(?P<hit>\d[\d.,]*+(?:\s?(?:{UNIT}|kg|ml|mcg|{_RANGED}))?\s?{DASH}\s?\d[\d.,]*+\s?(?:{UNIT}\b|{_RANGED}(?!\w)))"
)
SMALLER_UNIT = _p(r"(?<![\d.,·])0[.·]\d+\s?(?:m?g|M[gG]|milligrams?|grams?)\b(?!\s?/)")
SHORT_NAME = _p(pattern_of("L23"))
SHORT_ROUTE = _p(
    r"(?<![A-Za-z-])(?:S\.?C|s\.?c|SQ|sq|[sS]/[cC]|[sS]ub-?\s?[qQ]|[sS]ub-?cut|IJ|I\.?T|i\.t|(?i:per\sos))(?![A-Za-z\d])(?!\s(?:systems?|departments?|team|staff|support|services?)\b)"
)
VAGUE_SPAN = _p(
    r"(?i)\b(?:several\s(?:hours|days|weeks|months|years)|(?:a\sfew|many|a\scouple\sof|a\snumber\sof|every\sfew)\s(?:weeks|months|years)|(?:an\s)?(?:extended|prolonged)\s(?:periods?|time|(?:[a-z]+\s)?monitoring)"
    r"|for\s(?:a\s(?:long|prolonged)\s(?:time|while|period)|some\stime|long\speriods)|some\s(?:weeks|months|years)"
    r"|(?:at|on)\s(?:a\s)?(?:regular|frequent)\s(?:intervals|basis)|(?<![a-z]-)regularly|periodically|from\stime[\s-]to[\s-]time"
    r"|every\s(?:so\soften|now\sand\s(?:then|again))|now\sand\sthen)\b"
)
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
DATE_IN_FIGURES = _p(
    rf"(?<![\d/.-])(?:\d{{1,2}}/\d{{1,2}}/(?:\d{{4}}|\d{{2,3}})|{_DAY}\s/\s{_MONTH}\s/\s(?:19|20)\d\d|{_DAY}-{_MONTH}-(?:19|20)\d\d|{_DAY}\.{_MONTH}\.(?:19|20)\d\d"
    rf"|(?:19|20)\d\d[/-](?:0[1-9]|1[0-2])[/-](?:0[1-9]|[12]\d|3[01]))(?![\d/-])"
)
PROMISE = _p(
    r"(?i)(?<!not\s)(?<!n[’']t\s)\b(?:completely|totally|perfectly|absolutely|entirely|wholly|fully|100\s?%)"
    r"\s(?:safe|harmless|risk[- ]free)\b"
    r"|\b(?:no(?:\sknown)?|without(?:\sany)?|free\s(?:of|from)(?:\sany)?|zero)\sside[- ]effects\b"
    r"|\bside[- ]effects?[- ]free\b|\brisk[- ]free\b|\balways\ssafe\b"
    r"|\bsafe\s(?:for|in)\s(?:everyone|everybody|anyone|anybody|all)\b"
    r"|\b(?:cannot|can\snever|never|will\snot)\s(?:harm|causes?\s(?:any\s)?harm)\b"
)
UNFINISHED = _p(
    r"(?i)\b(?:TBC|TBD|TBA|TODO|T\.B\.[CDA]|FIXME|lorem\sipsum)\b|\?\?+|\b(?:(?-i:X)|x{2,4})\s?(?:mg|mL|micrograms?|units?|%)(?!\w)"
    r"|(?<![\w?.…])(?:\?|…|\.\.\.)\s?(?:mg|g|mL|micrograms?|units?)(?!\w)|\{\{|\[\s*\]"
    r"|\[\s*(?:dose|figure|number|reference|citation|source|check|add|to\sdo)\b[^\]]{0,40}\]"
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
    r"|haemophiliac)(?=[.,;:]|\s(?:who|should|must|may|can|is|has|with|taking)\b)|(?:diabetic|epileptic|asthmatic|schizophrenic)\s(?:patients?|people|persons?|children|adults|women|men)|suffer(?:s|ed|ing|ers?)?\s(?:from|of)|sufferers|victims?\sof|(?:stroke|cancer|ms|aids|migraine)\svictims?|wheelchair-bound"
    r"|the\sdisabled(?=[.,;:]|\s(?:who|should|must|may|can|is|are|have|with)\b))\b"
)
FRACTION = _p(
    r"[½¼¾⅓⅔⅛⅜⅝⅞]|(?<![\w/.-])(?:1\s?[/⁄]\s?2)\b(?![/\d])|(?<![\w/.-])(?:[12]/3|[13]/4|1/8)(?=\s(?:an?\s|of\sa\s)?(?:tablet|teaspoon|pill|dose|strength|cup|capsule|sachet))"
)
PHASES = _p(r"(?i)\b(?:phases?|types?|grades?|classe?s?|stages?|parts?|days?|weeks?|t|(?:hsv|cox|hiv|erk|jak))\s$")
DECIMAL_COMMA = _p(rf"(?<![\d,.])(?:\d+,\d{{1,2}}|0,\d+)(?![\d,])(?:\s?(?:to|-|–)\s?[\d.,]++)?\s?(?:(?:{LOOSE})\b|%)")
SQUARED_UNIT = _p("[\u3300-\u3357\u3371-\u337a\u3380-\u33dfℓ]")
NIGHT_OR_MORNING = _p(
    rf"(?<![A-Za-z])(?:{UNIT}|ml|mcg|{FORM})\s+(?P<hit>O\.?[NM]|o\.[mn]|om|on(?=\s*(?:[.,;)]|$)))(?!\w)"
)
