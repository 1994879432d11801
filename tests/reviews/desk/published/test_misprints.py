"""Texts that are printed otherwise than typed, in the queue and on the page of a published page."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import unquote

import pytest
from django.utils import timezone

from monographs.models import Monograph
from reviews.audit.trail import audited_write
from reviews.changes import change_set
from reviews.models import HarmlessMisprint, Misprint
from tests import factories as make
from tests.forms import forms_of

pytestmark = pytest.mark.any_database

PAGE = "/desk/monographs/testazumab/withdraw/"
WHAT = "Not printed as typed"


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house, "plainzumab")
    names = ("exponents", "minus", "pluses")
    make.published(house, "testazumab", make.misprinted(**{name: make.MISPRINTED[name] for name in names}))


def row(name):
    return Misprint.objects.get(publication__number=1, key=make.key(name))


def urgent(client):
    found = client.get("/desk/").context["urgent"]
    return [(one.name, one.address, one.why, one.button, one.is_urgent) for one in found if one.what == WHAT]


def names(client):
    return [one[0] for one in urgent(client)]


def html_of(client, address=PAGE):
    return " ".join(client.get(address).content.decode().split())


def block(html, name):
    return html.split(f'id="misprint-{row(name).digest[:12]}">')[1].split("</article>")[0]


# -- The queue ---------------------------------------------------------------------------------------------------------

ALL = [
    "Testazumab in multiple sclerosis: Exponents",
    "Testazumab in multiple sclerosis: Minus",
    "Testazumab in multiple sclerosis: Pluses",
]


@pytest.mark.parametrize("person", ["clinician", "clinician2", "pharmacist"])
def test_each_text_waits_as_urgent_for_every_clinician_of_the_class(house, enter, person):
    def told(name, why):
        return (
            f"Testazumab in multiple sclerosis: {name.capitalize()}",
            f"{PAGE}#misprint-{row(name).digest[:12]}",
            why,
            "Look at the text",
            True,
        )

    assert urgent(enter(person)) == [
        told(
            "exponents",
            "Typed “Stop below 1.5*10^9/L or platelets below 100*10^9/L.”, "
            "shown “Stop below 1.510^9/L or platelets below 10010^9/L.”.",
        ),
        told("minus", "Typed “Store at - 20 °C”, shown “Store at • 20 °C”."),
        told("pluses", "Typed “The reflex is graded: + + +”, shown “The reflex is graded:”."),
    ]
    html = html_of(enter(person), "/desk/")
    assert html.count('<li class="task task-urgent">') == 3


@pytest.mark.parametrize("person", ["editor", "publisher", "auditor"])
def test_it_waits_for_nobody_else(house, enter, person):
    assert urgent(enter(person)) == []


@pytest.mark.usefixtures("grants_last")
def test_it_waits_for_no_clinician_of_another_class_nor_one_whose_registration_lapsed(house, enter, monkeypatch):
    now = timezone.now()
    for days, count in ((364, 3), (367, 0)):
        monkeypatch.setattr("django.utils.timezone.now", lambda days=days: now + timedelta(days=days))
        assert len(urgent(enter("clinician"))) == count
    monkeypatch.undo()
    make.revoke("clinician", house.root, actor=house.admin)
    assert urgent(enter("clinician")) == []


def test_what_was_decided_waits_no_more(house, enter):
    page = Monograph.objects.get(slug="testazumab")
    make.call_harmless(house.clinician, page)
    assert names(enter("pharmacist")) == ALL[1:]

    make.correct(house.pharmacist, page, "20 °C", "−20 °C")
    assert names(enter("pharmacist")) == ALL[2:]

    edition = make.start(house, page.live.edition)
    make.reword(edition, "pluses", "The reflex is graded +++.", actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    assert names(enter("pharmacist")) == ALL[2:]
    make.publish(house, make.sign(edition, house.pharmacist))
    # The correction stands over edition 1 for ever, and does not say that edition 2 prints these words again.
    assert names(enter("pharmacist")) == ["Testazumab in multiple sclerosis: Minus"]


def test_the_same_words_in_two_editions_are_one_task(house, enter):
    edition = make.start(house, Monograph.objects.get(slug="testazumab").live.edition)
    make.reword(edition, "monitoring", "Tests go on for ten years.", actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))

    assert Misprint.objects.count() == 6
    assert names(enter("clinician")) == ALL
    assert "Minus, editions 2 (live) and 1</h3>" in html_of(enter("clinician"))


def test_the_queue_asks_as_often_for_many_as_for_few(house, enter, queries):
    few = queries(enter("clinician"), "/desk/")
    for number in range(3):
        make.published(house, f"zumab-{number}", make.misprinted())

    assert queries(enter("clinician"), "/desk/") == few


# -- The page ----------------------------------------------------------------------------------------------------------


def test_what_was_typed_stands_beside_what_is_shown_with_the_words_marked(house, enter):
    html = html_of(enter("clinician"))

    said = re.sub(r"\s+", " ", block(html, "exponents"))
    assert "Exponents, edition 1 (live)</h3>" in said
    assert (
        "<dt>Typed</dt><dd>Stop below <mark>1.5*10^9/L</mark> or platelets below <mark>100*10^9/L.</mark> </dd>" in said
    )
    assert (
        "<dt>Shown</dt><dd>Stop below <mark>1.510^9/L</mark> or platelets below <mark>10010^9/L.</mark> </dd>" in said
    )
    assert "<mark>+ + +</mark>" in block(html, "pluses")
    assert html.index('id="misprints-t"') < html.index('id="over-t"')


def test_a_page_that_prints_what_was_typed_says_nothing_of_it(house, enter):
    assert "otherwise than typed" not in html_of(enter("clinician"), "/desk/monographs/plainzumab/withdraw/")


@pytest.mark.parametrize(
    ("person", "edits", "corrects", "says"),
    [
        ("editor", True, False, False),
        ("clinician", True, False, True),
        ("pharmacist", True, True, True),
        ("publisher", False, False, False),
        ("auditor", False, False, False),
    ],
)
def test_each_person_is_offered_what_they_can_do(house, enter, person, edits, corrects, says):
    html = html_of(enter(person))

    minus = block(html, "minus")
    assert ('href="/desk/monographs/testazumab/">Start an edition<' in minus) == edits
    assert ("#correct-t" in minus) == corrects
    assert ('action="/desk/monographs/testazumab/harmless/"' in minus) == says
    assert ("You need the clinician role for" in minus) == (not says)


def test_while_a_draft_is_open_the_part_is_changed_there(house, enter):
    edition = make.start(house, Monograph.objects.get(slug="testazumab").live.edition)

    minus = block(html_of(enter("editor")), "minus")

    assert f'href="/desk/monographs/testazumab/edit/{make.key("minus")}/">Change it in the draft<' in minus
    make.reword(edition, "monitoring", "Tests go on for ten years.", actor=house.editor)
    make.submit(house, edition)
    assert 'href="/desk/monographs/testazumab/">Open the workspace<' in block(html_of(enter("editor")), "minus")


def test_the_form_of_a_correction_begins_with_what_is_shown(house, enter):
    client = enter("pharmacist")
    link = re.search(r'href="(\?wrong=[^"]*)#correct-t"', block(html_of(client), "exponents"))[1]
    assert unquote(link) == "?wrong=Stop below 1.510^9/L or platelets below 10010^9/L."

    html = client.get(PAGE + unescape(link)).content.decode()

    (form,) = [one for one in forms_of(html) if one.action.endswith("/erratum/")]
    assert [one.strip() for one in form.fields["wrong"]] == ["Stop below 1.510^9/L or platelets below 10010^9/L."]
    hostile = client.get(PAGE, {"wrong": "<script>\x00" + "x" * 9_000}).content.decode()
    assert "<script>\x00" not in hostile
    assert "x" * 601 not in hostile


def harmless_form(client, name):
    forms = [one for one in forms_of(client.get(PAGE).content.decode()) if one.action.endswith("/harmless/")]
    (form,) = [one for one in forms if one.fields["part"] == [str(make.key(name))]]
    return form


def test_harmless_with_a_reason_settles_it_and_the_page_says_who_and_why(house, enter):
    client = enter("clinician2")
    form = harmless_form(client, "minus")

    answer = client.post(form.action, form.filled(reason="The carton says <−20 °C>."), follow=True)

    html = " ".join(answer.content.decode().split())
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Minus stays as it is printed: you said that it is harmless, and why." in html
    assert "<summary>1 decided</summary>" in html
    assert (
        "Minus, edition 1 (live): typed “Store at - 20 °C”, shown “Store at • 20 °C”. Harmless, says Test clinician2"
        in html
    )
    assert "“The carton says &lt;−20 °C&gt;.”" in html
    assert HarmlessMisprint.objects.get().key == str(make.key("minus"))


@pytest.mark.parametrize("reason", ["", "For 943 476 5919 it is."])
def test_a_reason_that_is_refused_comes_back_at_its_text(house, enter, reason):
    client = enter("clinician2")
    form = harmless_form(client, "minus")

    answer = client.post(form.action, form.filled(reason=reason))

    html = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert 'role="alert"' in html
    assert 'class="error"' in block(html, "minus")
    assert 'class="error"' not in block(html, "exponents")
    assert ["<details open>" in block(html, name) for name in ("minus", "exponents")] == [True, False]
    assert reason in block(html, "minus")
    (retire,) = [one for one in forms_of(html) if one.action.endswith("/withdraw/")]
    assert retire.fields["reason"] == [""]
    assert 'id="w-reason-e"' not in html
    assert not HarmlessMisprint.objects.exists()


def test_a_character_that_may_not_be_kept_is_taken_out_of_the_reason_by_the_button(house, enter):
    client = enter("clinician2")
    form = harmless_form(client, "minus")

    refused = client.post(form.action, form.filled(reason="Every\u200bbody reads it so.")).content.decode()
    tidied = client.post(form.action, form.filled(reason="Every\u200bbody reads it so.", tidy="1")).content.decode()

    assert "zero-width space" in block(refused, "minus")
    assert ['name="tidy"' in block(refused, name) for name in ("minus", "exponents")] == [True, False]
    assert ">\nEverybody reads it so.</textarea>" in block(tidied, "minus")
    assert 'name="tidy"' not in tidied
    assert not HarmlessMisprint.objects.exists()


def test_whoever_may_not_is_refused_and_nothing_is_kept(house, enter):
    form = harmless_form(enter("clinician"), "minus")

    answer = enter("editor").post(form.action, form.filled(reason="I think so."))

    assert answer.status_code == 403
    assert not HarmlessMisprint.objects.exists()


def test_what_is_no_question_is_a_conflict(house, enter):
    for sent in (
        {},
        {"part": "x", "digest": "y", "reason": "z"},
        {"part": str(make.key("minus")), "digest": "0" * 64, "reason": "z"},
    ):
        assert enter("clinician").post("/desk/monographs/testazumab/harmless/", sent).status_code == 409
    assert enter("clinician").post("/desk/monographs/nowhere/harmless/", {}).status_code == 404


def test_an_archived_text_that_still_waits_is_named_with_its_edition(house, enter):
    """The live edition prints other words of the part otherwise than typed: both are open."""
    edition = make.start(house, Monograph.objects.get(slug="testazumab").live.edition)
    with audited_write(actor=house.editor) as trail, change_set(trail, edition=edition, reason="Before") as change:
        change.load(make.misprinted(minus="Store below\n- 20 °C"))
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))

    assert names(enter("clinician")) == [
        "Testazumab in multiple sclerosis: Minus",
        "Testazumab in multiple sclerosis: Minus, edition 1",
    ]
    form = [
        one for one in forms_of(enter("clinician").get(PAGE).content.decode()) if one.action.endswith("/harmless/")
    ][-1]
    assert enter("clinician").post(form.action, form.filled(reason="It is archived.")).status_code == 302
    assert names(enter("clinician")) == ["Testazumab in multiple sclerosis: Minus"]


def test_the_history_tells_of_it(house, enter):
    make.call_harmless(house.clinician, Monograph.objects.get(slug="testazumab"), "the box says it")

    html = html_of(enter("auditor"), "/desk/monographs/testazumab/history/")

    assert "<strong>Test clinician</strong> said that what the page prints in Exponents is harmless" in html
    assert "“the box says it”" in html
