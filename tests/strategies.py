"""Documents of every shape that may be stored, for property tests."""

import unicodedata
from typing import Any

from hypothesis import strategies as st

from monographs import document as values
from monographs.canonical import BadCharacters, clean
from monographs.texts.text import refusals, shows_as_typed
from monographs.vocabulary import CODE_SYSTEMS, NAME_KINDS, NOTICE_TYPES, SECTION_KINDS


def _may_be_stored(text: str) -> bool:
    try:
        clean(text)
    except BadCharacters:
        return False
    return True


_characters = st.one_of(
    st.sampled_from("abé e\u0301µμα,.()[]@*_-–'\"&<>/\\ 0123456789%\t\u00a0"),
    st.characters(exclude_categories=["C"]),
)
lines = st.text(_characters, max_size=30).filter(_may_be_stored)
words = st.text(st.one_of(_characters, st.just("\n")), max_size=80).filter(_may_be_stored)
prose = words.filter(lambda text: not refusals(clean(text)))
labels = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)
slugs = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
days = st.one_of(st.just(""), st.dates().filter(lambda day: day.year >= 1000).map(str))
partial_days = st.one_of(days, st.sampled_from(["2020", "2020-09"]))

_json_leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(-(2.0**52), 2.0**52, allow_nan=False),
    lines,
)
_json = st.recursive(
    _json_leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(lines.filter(lambda key: key != "URL"), inner, max_size=3),
    ),
    max_leaves=8,
)
csl = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["article-journal", "report", ""]),
        "title": lines,
        "author": st.lists(st.fixed_dictionaries({"family": lines, "given": lines}), max_size=3),
        "issued": st.just({"date-parts": [[2012, 11]]}),
        "URL": st.just("https://example.org/a?b=1"),
        "custom": _json,
    },
)

dosings = st.builds(values.Dosing, since=days, reason=words, instead=words)


def _by_newer_rules(value: Any) -> Any:
    """Every second text that may follow the second rules does."""
    text = value.introduction if isinstance(value, values.Header) else value.text
    may_follow = shows_as_typed(text) and "\t" not in text  # what was a table is no text any more
    return value.replaced(text_rules=2) if may_follow and len(text) % 2 else value


headers = st.builds(
    values.Header,
    title=lines,
    name=lines,
    names=st.lists(st.builds(values.DrugName, kind=st.sampled_from(list(NAME_KINDS)), name=lines), max_size=2),
    brands=st.lists(st.builds(values.Brand, name=lines, country=st.sampled_from(["GB", "IE"])), max_size=2),
    codes=st.lists(
        st.builds(values.Code, system=st.sampled_from(list(CODE_SYSTEMS)), code=st.just("L04AG06"), name=lines),
        max_size=2,
    ),
    class_path=st.lists(st.builds(values.PathStep, slug=slugs, name=lines), max_size=2),
    covers=lines,
    not_covered=lines,
    introduction=prose,
    dosing=dosings,
).map(_by_newer_rules)
sections = st.builds(
    values.Section, key=st.uuids(), kind=st.sampled_from(list(SECTION_KINDS)), heading=lines, text=prose
).map(_by_newer_rules)
monitoring = st.builds(
    values.MonitoringItem,
    key=st.uuids(),
    test=lines,
    when=lines,
    how_often=lines,
    how_long=lines,
    note=words,
    source=lines,
)
notices = st.builds(
    values.SafetyNotice,
    key=st.uuids(),
    type=st.sampled_from(list(NOTICE_TYPES)),
    severity=st.sampled_from(["critical", "major", "information"]),
    title=lines,
    text=prose,
    action=words,
    issuer=lines,
    issued=partial_days,
    effective=days,
    expires=days,
    source=lines,
    supersedes=lines,
).map(_by_newer_rules)
citations = st.builds(values.Citation, key=st.uuids(), label=labels, csl=csl)
related = st.builds(values.RelatedLink, key=st.uuids(), target=slugs, reason=lines)


@st.composite
def documents(draw: Any) -> values.Document:
    """Any document, finished or not: parts of every kind, keys and labels each once."""
    keys: set[Any] = set()
    parts: dict[str, list[Any]] = {}
    for field, of_kind in (
        ("sections", sections),
        ("monitoring", monitoring),
        ("notices", notices),
        ("citations", citations),
        ("related", related),
    ):
        drawn = draw(st.lists(of_kind, max_size=3, unique_by=lambda part: getattr(part, "label", part.key)))
        parts[field] = [part for part in drawn if part.key not in keys]
        keys |= {part.key for part in parts[field]}
        parts[field] = list({part.key: part for part in parts[field]}.values())
    return values.Document(header=draw(headers), **parts)


def decomposed(value: Any) -> Any:
    """A JSON value with its accents apart and its keys in another order: the same content."""
    if isinstance(value, dict):
        return {decomposed(key): decomposed(value[key]) for key in sorted(value, reverse=True)}
    if isinstance(value, list):
        return [decomposed(one) for one in value]
    return unicodedata.normalize("NFD", value) if isinstance(value, str) else value
