"""What no honest person types into the editor: a sentence at the field, never a fault of ours, never raw on a page."""

from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.document import digest_of_part
from reviews.desk.header_form import HeaderForm
from reviews.models import AuditEvent
from tests import factories as make

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
    "brackets": "[" * 100_000,
    "stars": "*" * 100_000,
    "bangs": "a!" * 50_000,
    "long": "x" * 200_000,
    "lines": "x: y, GB\n" * 5_000,
    "template": "{{ settings.SECRET_KEY }}{% debug %}",
    "nested": "- " * 5_000 + "x",
}
NEW = {
    "section": {"kind": "cautions", "text": "Be careful [@trial2020]."},
    "monitoring": {"test": "ECG", "when": "before treatment", "source": "trial2020"},
    "notice": {"type": "restriction", "title": "Only here", "text": "x", "issued": "2020-02", "source": "trial2020"},
    "citation": {"type": "report", "title": "A guideline", "authors": "Smith, A. B.\nA group", "year": "2021"},
    "related": {"target": "otherumab", "reason_shown": "alternative"},
}
FIELDS = {
    "section": ["kind", "heading", "text", "reason", "key"],
    "monitoring": ["test", "when", "how_often", "how_long", "note", "source"],
    "notice": ["title", "text", "action", "issuer", "issued", "effective", "expires", "source", "supersedes", "type"],
    "citation": [
        "label", "title", "authors", "year", "container", "volume", "issue", "page", "publisher", "genre", "number",
        "doi", "pmid", "address", "type", "reference",
    ],
    "related": ["target", "reason_shown"],
}  # fmt: skip
SHOWN = {"text", "title", "test", "reason_shown", "authors", "label"}
PLAIN = "application/x-www-form-urlencoded"


@pytest.fixture
def edition(house):
    return make.draft(house)


def address(name, *arguments):
    return reverse(name, args=["testazumab", *arguments])


def post(client, path, form):
    """A form as bytes: half of a character is something that only a program sends."""
    pairs = [(name, one) for name, value in form.items() for one in (value if isinstance(value, list) else [value])]
    body = urlencode([tuple(str(half).encode("utf-8", "surrogatepass") for half in pair) for pair in pairs])
    response = client.post(path, data=body.encode(), content_type=PLAIN)
    assert b"<script>alert" not in response.content
    assert b'href="javascript' not in response.content.lower()
    return response


def pages_are_clean(client):
    for path in (address("preview"), address("edit"), address("history"), address("workspace")):
        response = client.get(path)
        assert response.status_code == 200
        assert b"<script>alert" not in response.content
        assert b"onerror=alert(1)>" not in response.content


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_field_of_a_part_takes_it_raw_or_fails(enter, edition, hostile):
    client = enter("editor")
    word = HOSTILE[hostile]

    for kind, fields in FIELDS.items():
        for field in fields:
            for extra in ({}, {"preview": "1"}) if field in SHOWN else ({},):
                response = post(client, address("part_new", kind), {**NEW[kind], field: word, **extra})
                assert response.status_code in (200, 302, 422), (kind, field, response.status_code)
    pages_are_clean(client)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_neither_header_nor_order_nor_search_takes_it_raw_or_fails(enter, edition, hostile):
    client = enter("editor")
    word = HOSTILE[hostile]
    header = HeaderForm.shows(build(edition).header)

    for field in (*header, "reason", "seen"):
        edition.refresh_from_db()
        seen = digest_of_part(build(edition).header)
        response = post(client, address("edit_header"), {**header, "seen": seen, field: word})
        assert response.status_code in ((409,) if field == "seen" else (302, 422)), (field, response.status_code)
    for form in ({"seen": word}, {"seen": [word, str(uuid4())], f"place_{word}": "1"}):
        assert post(client, address("edit_order"), form).status_code in (409, 422)
    key = str(build(edition).sections[0].key)
    for form in ({"seen": key, f"place_{key}": word}, {"seen": [key, key], f"place_{key}": "1"}):
        assert post(client, address("edit_order"), form).status_code in (409, 422)
    assert post(client, address("edit"), {"restore": word}).status_code == 404
    assert post(client, address("part_edit", key), {"remove": "1", "seen": word}).status_code == 409
    response = client.get(address("part_new", "citation"), {"q": word.encode("utf-8", "replace").decode()[:5_000]})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content
    pages_are_clean(client)


REFUSED_AT = [
    ("section", "text", "a\u202eb", "The text holds an invisible character (U+202E). Remove it."),
    ("section", "text", "a\x07b", "The text holds a control character (U+0007). Remove it."),
    ("section", "text", "[x](javascript:alert(1))", "A link may lead only to"),
    ("section", "heading", "x" * 501, "This is longer than 500 characters. Shorten it."),
    ("section", "kind", "no-such-kind", "Choose one of the list."),
    ("section", "reason", "a\u200bb", "The text holds an invisible character (U+200B). Remove it."),
    ("section", "reason", "x" * 501, "This is longer than 500 characters. Shorten it."),
    ("monitoring", "note", "x" * 2_001, "This is longer than 2,000 characters. Shorten it."),
    ("monitoring", "source", "nobody1900", "Choose one of the list."),
    ("notice", "issued", "2020-02-30", "There is no such day. Check the date."),
    ("notice", "expires", "soon", "Give the date as year-month-day."),
    ("notice", "type", "rumour", "Choose one of the list."),
    ("citation", "doi", "10.1000/../@evil.example x", "A DOI looks like"),
    ("citation", "pmid", "1 OR 1", "A PMID is a number of up to 8 digits."),
    ("citation", "year", "２０２１", "Give the year in four digits."),
    ("citation", "address", "java\tscript:alert(1)", "The address of a source begins with http:// or https://."),
    ("citation", "address", "//evil.example", "The address of a source begins with http:// or https://."),
    ("citation", "authors", "Smith\u202e, A.", "The text holds an invisible character (U+202E). Remove it."),
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
    assert form.errors[field][0].startswith(sentence)
    assert form[field].value() == typed
    html = response.content.decode()
    assert f'<a href="#id_{field}">' in html
    assert f'id="id_{field}_error"' in html
    assert (AuditEvent.objects.count(), make.seen(edition)) == (before, whole)
