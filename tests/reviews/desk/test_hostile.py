"""What no honest person types into the editor: a sentence at the field, never a fault of ours, never raw on a page."""

from types import SimpleNamespace
from urllib.parse import quote_plus
from uuid import uuid4

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from reviews.desk.editor.context import FORMS
from reviews.desk.editor.forms import HeaderForm
from reviews.models import AuditEvent
from tests import factories as make
from tests.forms import sent
from tests.reviews.desk.conftest import post_raw

HOSTILE = {
    "nul": "a\x00b",
    "control": "a\x07b",
    "line separator": "a\x0bb\x1cc",
    "bidi": "a\u202eb",
    "zero width": "a\u200bb",
    "surrogate": "a\ud800b",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "javascript link": "[x](javascript:alert(1))",
    "javascript address": "javascript:alert(1)",
    "data link": "[x](data:text/html;base64,AAAA)",
    "tab link": "[x](java\tscript:alert(1))",
    "no scheme": "[x](//evil.example)",
    "sql": "'; DROP TABLE monographs_section; --",
    "digits": "9" * 5_000,
    # What 100 kB of each cost is measured where they are read (test_text.py) and compared (test_look_alikes.py): so a field
    # is filled to the brim with one of them, and all fields of a part together with the others.
    "brackets": "[" * 6_000,
    "stars": "*" * 6_000,
    "bangs": "a!" * 3_000,
    "long": "x" * 200_000,
    "lines": "x: y, GB\n" * 300,
    "template": "{{ settings.SECRET_KEY }}{% debug %}",
    "nested": "- " * 5_000 + "x",
}
NEW = {
    "section": {"kind": "cautions", "text": "Be careful [@trial2020]."},
    "monitoring": {"test": "ECG", "when": "before treatment", "source": "trial2020"},
    "notice": {"type": "restriction", "title": "Only here", "text": "x", "issued": "2020-02", "source": "trial2020"},
    "citation": {"type": "report", "title": "A guideline", "authors": "Smith, A. B.\nA group", "issued": "2021"},
    "related": {"target": "otherumab", "reason_shown": "alternative"},
}
FIELDS = {
    "section": ["kind", "heading", "text", "reason", "key"],
    "monitoring": ["test", "when", "how_often", "how_long", "note", "source"],
    "notice": ["title", "text", "action", "issuer", "issued", "effective", "expires", "source", "supersedes", "type"],
    "citation": [
        "label", "title", "authors", "issued", "container", "volume", "issue", "page", "publisher", "genre", "number",
        "doi", "pmid", "address", "type", "reference",
    ],
    "related": ["target", "reason_shown"],
}  # fmt: skip
# What a database may take otherwise than another one: the rest asks the same of either, so once is enough.
OF_THE_DATABASE = {"nul", "surrogate", "sql", "digits", "long"}
WORDS = [pytest.param(name, marks=[] if name in OF_THE_DATABASE else [pytest.mark.any_database]) for name in HOSTILE]


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house()))


def address(name, *arguments):
    return reverse(name, args=["testazumab", *arguments])


def is_clean(response, statuses, what):
    assert response.status_code in statuses, (what, response.status_code)
    assert b"<script>alert" not in response.content, what
    assert b"onerror=alert(1)>" not in response.content, what
    assert b'href="javascript' not in response.content.lower(), what


def pages_are_clean(client):
    for path in (address("preview"), address("edit"), address("history"), address("workspace")):
        is_clean(client.get(path), (200,), path)


def in_bodies(fields, word):
    """The fields in groups that are small enough to be sent together with this word in each."""
    size = len(quote_plus(word.encode("utf-8", "surrogatepass")))
    many = max(1, 2_000_000 // size)
    return [fields[first : first + many] for first in range(0, len(fields), many)]


def taken(fields, form_with):
    """The fields that take the word; each of the others refuses it with sentences."""
    found = []
    for field in fields:
        form = form_with(field)
        if form.is_valid():
            found.append(field)
        else:
            assert [bool(sentence) for _, sentence in form.faults] == [True] * max(1, len(form.faults)), field
    return found


@pytest.mark.parametrize("hostile", WORDS)
def test_no_field_of_a_part_takes_it_raw_or_fails(house, enter, edition, hostile):
    """Each field is judged with the word alone; over the wire go all of them together, and then those that take it."""
    client, document = enter("editor"), build(edition)
    word = HOSTILE[hostile]

    for kind, names in FIELDS.items():
        path = address("part_new", kind)
        # "key" is judged by the view, and "reason" by the verb.
        good = taken(
            [name for name in names if name not in ("key", "reason")],
            lambda name, kind=kind: FORMS[kind]({**NEW[kind], name: word}, document=document, key=uuid4()),
        )
        for fields in in_bodies(names, word):
            together = {**NEW[kind], **dict.fromkeys(fields, word)}
            is_clean(post_raw(client, path, together), (302, 422), (kind, fields))
        for fields in in_bodies(good, word):
            together = {**NEW[kind], **dict.fromkeys(fields, word)}
            is_clean(post_raw(client, path, {**together, "preview": "1"}), (200,), (kind, fields))
            is_clean(post_raw(client, path, together), (302,), (kind, fields))
    for name in ("key", "reason"):
        answer = post_raw(client, address("part_new", "section"), {**NEW["section"], name: word})
        is_clean(answer, (302, 422), name)
    pages_are_clean(client)


@pytest.mark.parametrize("hostile", WORDS)
def test_neither_header_nor_order_nor_search_takes_it_raw_or_fails(house, enter, edition, hostile):
    client, document = enter("editor"), build(edition)
    word = HOSTILE[hostile]
    header = sent(HeaderForm(document=document, shown=document.header))
    path = address("edit_header")

    boxes = [name for name, value in header.items() if value and "_FORMS" not in name and name != "seen"]
    good = taken(boxes, lambda name: HeaderForm({**header, name: word}, document=document, shown=document.header))
    for fields in in_bodies([*boxes, "reason"], word):
        together = {**header, **dict.fromkeys(fields, word), "seen": digest_of_part(document.header)}
        is_clean(post_raw(client, path, together), (302, 422), fields)
    is_clean(post_raw(client, path, {**header, "seen": word}), (409,), "seen")
    for fields in in_bodies(good, word):
        edition.refresh_from_db()
        seen = digest_of_part(build(edition).header)
        together = {**header, **dict.fromkeys(fields, word), "seen": seen}
        is_clean(post_raw(client, path, together), (302,), fields)
    edition.refresh_from_db()
    now = HeaderForm(document=build(edition), shown=build(edition).header)
    other = {**sent(now), "covers": "other uses", "reason": word}
    seen = digest_of_part(build(edition).header)
    is_clean(post_raw(client, path, {**other, "seen": seen}), (302, 422), "reason")
    for form in ({"seen": word}, {"seen": [word, str(uuid4())], f"place_{word}": "1"}):
        is_clean(post_raw(client, address("edit_order"), form), (409, 422), form)
    key = str(build(edition).sections[0].key)
    for form in ({"seen": key, f"place_{key}": word}, {"seen": [key, key], f"place_{key}": "1"}):
        is_clean(post_raw(client, address("edit_order"), form), (409, 422), form)
    is_clean(post_raw(client, address("edit"), {"restore": word}), (404,), "restore")
    is_clean(post_raw(client, address("part_edit", key), {"remove": "1", "seen": word}), (409,), "remove")
    asked = {"q": word.encode("utf-8", "replace").decode()[:5_000]}
    is_clean(client.get(address("part_new", "citation"), asked), (200,), "search")
    is_clean(client.get(address("cite"), asked), (200,), "sources that are offered")
    pages_are_clean(client)


REFUSED_AT = [
    ("section", "text", "a\u202eb", "After “a”: a direction mark (U+202E). Take it out."),
    ("section", "text", "a\x07b", "After “a”: a control character (U+0007). Take it out."),
    ("section", "text", "[x](javascript:alert(1))", "A link may lead only to"),
    ("section", "heading", "x" * 501, "This is longer than 500 characters. Shorten it."),
    ("section", "kind", "no-such-kind", "Choose one from the list."),
    ("section", "reason", "a\u200bb", "After “a”: a zero-width space (U+200B). Take it out."),
    ("section", "reason", "x" * 501, "This is longer than 500 characters. Shorten it."),
    ("monitoring", "note", "x" * 2_001, "This is longer than 2,000 characters. Shorten it."),
    ("monitoring", "source", "nobody1900", "Choose one from the list."),
    ("notice", "issued", "2020-02-30", "There is no such day. Check the date."),
    ("notice", "expires", "soon", "Give the date as year-month-day."),
    ("notice", "type", "rumour", "Choose one from the list."),
    ("citation", "doi", "10.1000/../@evil.example x", "A DOI looks like"),
    ("citation", "pmid", "1 OR 1", "A PMID is a number of up to 8 digits."),
    ("citation", "issued", "２０２１", "Give the year in four digits."),
    ("citation", "address", "java\tscript:alert(1)", "The address of a source begins with http:// or https://."),
    ("citation", "address", "//evil.example", "The address of a source begins with http:// or https://."),
    ("citation", "authors", "Smith\u202e, A.", "After “Smith”: a direction mark (U+202E). Take it out."),
    ("citation", "label", "two words", "A label has letters, digits, hyphens and underscores, and nothing else."),
    ("related", "target", "/drugs/Other", "Use small letters, digits and hyphens, as in an address."),
]


@pytest.mark.parametrize(("kind", "field", "typed", "sentence"), REFUSED_AT)
def test_it_is_refused_with_a_sentence_at_its_field_and_stays(enter, edition, kind, field, typed, sentence):
    client = enter("editor")
    before, whole = AuditEvent.objects.count(), make.seen(edition)

    response = client.post(address("part_new", kind), {**NEW[kind], field: typed})

    form = response.context["form"]
    assert response.status_code == 422
    assert len(form.errors[field]) == 1
    assert sentence in form.errors[field][0]
    assert form[field].value() == typed
    html = response.content.decode()
    assert f'<a href="#id_{field}">' in html
    assert f'id="id_{field}_error"' in html
    assert (AuditEvent.objects.count(), make.seen(edition)) == (before, whole)


HALF = "a+2AA-b"  # in UTF-7: one half of a character
HALVES = {
    "header": ("editor", "edit_header", (), ["title", "names-0-name", "reason", "seen", "dosing_reason"]),
    "section": ("editor", "part_new", ("section",), ["text", "heading", "kind", "key", "reason"]),
    "reference": ("editor", "part_new", ("citation",), ["title", "authors", "reference", "label", "issued"]),
    "all": ("editor", "edit_all", (), ["0.part", "0.text", "0.reason", "0.seen", "0.key"]),
    "order": ("editor", "edit_order", (), ["seen", "place_x"]),
    "outline": ("editor", "edit", (), ["restore"]),
    "tier": ("clinician", "tier", (), ["tier", "reason", "seen"]),
    "move": ("publisher", "move", (), ["slug", "reason"]),
    "submit": ("editor", "do", ("submit",), ["reason", "digest"]),
    "send back": ("clinician", "do", ("send-back",), ["reason", "digest", "kind"]),
    "remark": ("editor", "remarks", (), ["remark", "answer", "outcome", "to"]),
    "sign": ("clinician", "do", ("sign",), ["interests", "interests_text", "tick_read", "digest"]),
    "withdraw": ("publisher", "do", ("withdraw",), ["reason", "kind", "digest"]),
    "correction": ("pharmacist", "erratum", (), ["wrong", "right", "harm", "places"]),
}  # fmt: skip


@pytest.mark.each_case
@pytest.mark.parametrize(("who", "name", "arguments", "fields"), HALVES.values(), ids=HALVES)
def test_half_a_character_is_refused_wherever_it_is_sent(enter, edition, who, name, arguments, fields):
    kind = "multipart/form-data; boundary=x; charset=utf-7"
    for field in (*fields, "more", "tidy", "act", "whose", "kept"):
        body = f'--x\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{HALF}\r\n--x--\r\n'.encode()
        answer = enter(who).generic("POST", address(name, *arguments), body, content_type=kind)

        assert 400 <= answer.status_code < 500 or answer.status_code == 200, field
        assert answer.content.decode()
