"""A new reference whose source is looked for while it is half typed: nothing that was typed is lost."""

from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.http import QueryDict
from django.urls import reverse_lazy
from hypothesis import given
from hypothesis import strategies as some

from monographs.assemble import build
from monographs.models import Reference
from reviews.audit.acts import new_token
from reviews.audit.trail import audited_write
from reviews.desk.editor import half_typed
from reviews.desk.editor.citation_form import boxes_of_record
from reviews.editing.library import keep_references
from reviews.models import AuditEvent, Scratch
from tests import factories as make
from tests import register as it

pytestmark = pytest.mark.any_database

NEW = reverse_lazy("part_new", args=["testazumab", "citation"])
CARE = {"type": "article-journal", "title": "Alemtuzumab after relapse", "DOI": "10.1016/S0140-6736(12)61768-1"}
WORK = {
    "type": "journal-article", "DOI": "10.1000/new", "title": ["A new trial"], "author": [{"family": "Nice", "given": "A"}],
    "issued": {"date-parts": [[2017, 3, 12]]}, "container-title": ["The Journal"],
}  # fmt: skip
TYPED = {
    "type": "report", "title": "My own <title>", "authors": "Mine, A.\r\nA group", "issued": "March 2020", "container": "Mine",
    "volume": "1", "issue": "2", "page": "3-4", "publisher": "Us", "genre": "Guideline", "number": "TA1", "doi": "10.1000/mine",
    "pmid": "123", "address": "https://example.org/mine", "label": "mine2020", "reason": "Because it is so.",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    edition = make.draft(house)
    with audited_write(actor=house.editor) as trail:
        keep_references(trail, [("coles2012", CARE)])
    held = make.document().citations[0].replaced(key=make.key("care"), label="coles2012", csl=CARE)
    make.draft(house, "otherzumab", make.document(citations=(held,), sections=(), notices=()))
    return SimpleNamespace(house=house, edition=edition)


@pytest.fixture
def register(settings):
    settings.PUBMED_URL, settings.READ_ADDRESSES = "", False
    with it.serving() as register:
        settings.CROSSREF_URL = register.address
        register.says["/works/10.1000%2Fnew"] = it.json_of({"message": WORK})
        register.says["/works"] = it.json_of({"message": {"items": [WORK, {**WORK, "DOI": "10.1000/other"}]}})
        yield register


def boxes(answer):
    form = answer.context["form"]
    return {name: form[name].value() for name in form.fields}


LOOKS = {
    "filled in": {"q": "10.1000/new", "find": ""},
    "by what was typed there alone": {"q": "10.1000/new"},
    "of a list": {"q": "a new trial", "looked": "a new trial", "find": "10.1000/new"},
    "in the library": {"q": "alemtuzumab", "find": ""},
    "further": {"q": "alemtuzumab", "looked": "alemtuzumab", "further": "1"},
    "in vain": {"q": "10.1000/nowhere", "find": ""},
    "words in vain": {"q": "nothing has these", "find": ""},
    "what is none": {"q": "javascript:alert(1)", "find": ""},
    "nothing": {"q": "", "find": ""},
}


@pytest.mark.parametrize("asks", LOOKS.values(), ids=LOOKS)
def test_whatever_is_looked_for_what_was_typed_stays_and_nothing_is_judged_or_saved(db, made, enter, register, asks):
    before = AuditEvent.objects.count()

    answer = enter("editor").post(NEW, {**TYPED, "key": str(make.key("k")), **asks})

    assert answer.status_code == 200
    assert {name: boxes(answer)[name] for name in TYPED} == TYPED
    assert (answer.context["form"].key, answer.context["form"].faults) == (make.key("k"), [])
    assert "Not saved yet</h2>" not in answer.content.decode()
    assert answer.context["look"].typed == (asks.get("find") or asks["q"])
    assert (AuditEvent.objects.count(), Scratch.objects.count()) == (before, 0)


def test_boxes_that_nobody_typed_into_are_filled_and_what_differs_is_said(db, made, enter, register):
    answer = enter("editor").post(NEW, {"type": "article-journal", "title": "Mine", "authors": "", "q": "10.1000/new"})

    held = boxes(answer)
    assert (held["title"], held["authors"], held["issued"], held["doi"]) == (
        "Mine",
        "Nice, A",
        "12 March 2017",
        "10.1000/new",
    )
    assert answer.context["found"].said == ["Title: Crossref has “A new trial”. What you typed stays."]
    assert "Left empty, it is nice2017." in answer.content.decode()


def test_what_a_search_put_there_goes_with_the_next_and_what_somebody_changed_in_it_stays(db, made, enter, register):
    client = enter("editor")
    first = client.get(NEW, {"q": "10.1000/new"})
    sent = {name: words or "" for name, words in boxes(first).items()} | {"container": "Changed"}
    asks = {"looked": first.context["look"].looked, "filled": first.context["look"].filled, "q": "10.1000/nowhere"}

    second = boxes(client.post(NEW, {**sent, **asks, "find": ""}))

    assert (second["title"], second["authors"], second["doi"]) == ("", "", "10.1000/nowhere")
    assert second["container"] == "Changed"


def test_what_was_looked_for_is_not_looked_for_again_by_add(db, made, enter, register):
    client, words = enter("editor"), {"type": "report", "title": "Mine"}

    client.post(NEW, {**words, "q": "a new trial", "looked": "a new trial"})

    assert register.asked == []
    assert build(made.edition).citations[-1].csl["title"] == "Mine"


def test_add_with_words_in_the_search_looks_for_them_first_and_adds_when_it_is_pressed_again(db, made, enter, register):
    client, words = enter("editor"), {"type": "report", "title": "Mine", "key": str(make.key("k"))}

    answer = client.post(NEW, {**words, "q": "a new trial"})

    assert [one.names_it for one in answer.context["found"].elsewhere] == ["10.1000/new", "10.1000/other"]
    assert make.key("k") not in build(made.edition).by_key()
    look = answer.context["look"]
    client.post(NEW, {**words, "q": look.typed, "looked": look.looked, "filled": look.filled})
    assert build(made.edition).by_key()[make.key("k")].csl["title"] == "Mine"


@pytest.mark.parametrize("name", ["auditor", "publisher"])
def test_who_only_reads_asks_nobody_by_sending_the_form_either(db, made, enter, register, name):
    enter(name).post(NEW, {"q": "10.1000/new", "find": ""})

    assert register.asked == []


@pytest.mark.parametrize("hx", [{}, {"HX-Request": "true"}])
@pytest.mark.each_case
def test_whoever_takes_a_record_finds_what_they_had_typed_of_another_in_the_next_form(db, made, enter, hx):
    client, record = enter("editor"), Reference.objects.get(label="coles2012")
    sent = {**TYPED, "label": "", "scratch": new_token(), "act": new_token(), "key": str(make.key("k"))}

    answer = client.post(NEW, {**sent, "reference": record.pk, "q": "x"}, headers=hx, follow=not hx)

    assert build(made.edition).by_key()[make.key("k")].label == "coles2012"
    assert half_typed.REST in answer.content.decode()
    row = Scratch.objects.get()
    page = client.get(NEW, {"scratch": row.tab})
    assert {name: boxes(page)[name] for name in TYPED} == {**TYPED, "label": ""}
    assert page.context["form"].key not in (None, make.key("k"))


def test_whoever_typed_nothing_leaves_nothing_behind(db, made, enter, register):
    client, record = enter("editor"), Reference.objects.get(label="coles2012")
    first = client.get(NEW, {"q": "10.1000/new"})
    sent = {name: words or "" for name, words in boxes(first).items()}
    filled = first.context["look"].filled

    client.post(NEW, {**sent, "scratch": new_token(), "filled": filled, "reference": record.pk})

    assert build(made.edition).citations[-1].label == "coles2012"
    assert not Scratch.objects.exists()


def test_where_it_cannot_be_kept_nothing_is_added(db, made, enter, monkeypatch):
    def busy(*_arguments, **_named):
        raise OperationalError

    monkeypatch.setattr("reviews.access.scratch.keep", busy)
    before = make.seen(made.edition)

    answer = enter("editor").post(NEW, {**TYPED, "reference": Reference.objects.get(label="coles2012").pk})

    assert (answer.status_code, make.seen(made.edition)) == (422, before)
    assert half_typed.NOT_KEPT in answer.content.decode()
    assert boxes(answer)["title"] == TYPED["title"]


WORDS = some.text(some.sampled_from("ab é&=+%\n;"), max_size=6)
BOXES = some.dictionaries(some.sampled_from(sorted(boxes_of_record({}))), WORDS)


@given(BOXES, BOXES)
def test_what_stands_in_a_box_is_either_typed_or_what_a_search_put_there(typed, filled):
    sent = QueryDict(mutable=True)
    sent.update({**typed, "filled": half_typed._as_sent(filled)})

    mine = half_typed.by_hand(sent)

    for name, words in typed.items():
        there = filled.get(name, "").strip() or ("article-journal" if name == "type" else "")
        assert (name in mine) is (words.strip() not in ("", there))
