"""Remarks where they are answered: beside their part in the editor, in the workspace, and on a page of their own."""

import pytest

from monographs.digest import digest_of_part
from reviews.editing import parts
from reviews.editing.remarks import answer_remark
from reviews.models import Remark
from reviews.workflow import perform
from tests import factories as make
from tests.forms import forms_of

pytestmark = pytest.mark.any_database

ADDRESS = "/desk/monographs/testazumab/remarks/"
EDIT = "/desk/monographs/testazumab/edit/"


def on(name):
    return str(make.key(name))


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    edition = make.submit(house, make.draft(house))
    said = {"header": "The name?", on("monitoring"): "Every week?"}
    perform("send-back", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="Two", remarks=said)  # fmt: skip
    return house


def words_of(client, address):
    return " ".join(client.get(address).content.decode().split())


def form_for(client, address, remark):
    return next(
        one for one in forms_of(client.get(address).content.decode())
        if one.action == ADDRESS and one.fields["remark"] == [str(remark.pk)]
    )  # fmt: skip


def test_each_remark_stands_at_its_part_in_the_editor_with_who_left_it(house, enter):
    page = words_of(enter("editor"), EDIT)

    for part, words in ((f'id="part-{on("monitoring")}"', "“Every week?”"), ('id="header"', "“The name?”")):
        section = page.split(f'<section class="editpart" {part}' if "header" in part else part)[1]
        assert words in section.split('<section class="editpart')[0]
    assert page.count("Test clinician, <time") == 2
    assert "Still to do: 2 things." in page


def test_a_remark_is_answered_beside_its_part_and_the_editor_goes_on_there(house, enter):
    client, remark = enter("editor"), Remark.objects.get(part=on("monitoring"))
    form = form_for(client, EDIT, remark)

    answer = client.post(ADDRESS, form.filled(answer="It says so in 4.4", outcome="left"))

    assert (answer.status_code, answer["Location"]) == (302, f"{EDIT}#remark-{remark.pk}")
    page = words_of(client, EDIT)
    assert "<strong>Left as it is:</strong> “It says so in 4.4”" in page
    assert "Still to do: 1 thing." in page


def test_a_remark_that_is_left_without_a_word_comes_back_with_the_reason_at_its_box(house, enter):
    client, remark = enter("editor"), Remark.objects.get(part="header")

    answer = client.post(ADDRESS, form_for(client, ADDRESS, remark).filled(answer=" ", outcome="left"))

    assert answer.status_code == 422
    assert f'<a href="#answer-{remark.pk}">In a word: Say why it stays as it is.</a>' in answer.content.decode()
    assert Remark.objects.unanswered().count() == 2


def test_words_that_are_refused_are_still_there(house, enter):
    client, remark = enter("editor"), Remark.objects.get(part="header")
    form = form_for(client, ADDRESS, remark)
    answer_remark(remark, outcome="done", answer="", actor=house.editor2)

    answer = client.post(ADDRESS, form.filled(answer="My own long answer", outcome="done"))

    assert answer.status_code == 409
    assert "My own long answer" in answer.content.decode()


def test_an_answer_is_taken_back(house, enter):
    client, remark = enter("editor2"), Remark.objects.get(part="header")
    answer_remark(remark, outcome="done", answer="", actor=house.editor)

    answer = client.post(ADDRESS, form_for(client, ADDRESS, remark).filled(reopen="1"))

    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    assert Remark.objects.unanswered().count() == 2


def test_whoever_may_not_edit_reads_them_and_answers_none(house, enter):
    client = enter("auditor")

    page = words_of(client, ADDRESS)
    assert ("“Every week?”" in page, "<textarea" in page) == (True, False)
    assert client.post(ADDRESS, {"remark": Remark.objects.first().pk, "outcome": "done"}).status_code == 403
    assert client.post(ADDRESS, {"remark": "x"}).status_code == 404
    assert Remark.objects.unanswered().count() == 2


def test_the_workspace_tells_what_became_of_each(house, enter):
    answer_remark(Remark.objects.get(part="header"), outcome="done", answer="Renamed", actor=house.editor)

    page = words_of(enter("editor"), "/desk/monographs/testazumab/")

    notice = page.split("Sent back by Test clinician")[1].split("</section>")[0]
    assert "<strong>Header:</strong> “The name?” <strong>Done:</strong> “Renamed”" in notice
    assert '<strong>Monitoring:</strong> “Every week?” <span class="chip">Open</span>' in notice
    assert f'<a href="{ADDRESS}">Answer the remarks</a>' in notice
    assert "Monitoring: Test clinician left a remark. Say what became of it: done, or why it stays." in page


def test_a_remark_on_a_part_that_was_taken_out_is_still_told_in_the_editor(house, enter):
    edition = Remark.objects.first().edition
    part = next(one for one in make.document().sections if str(one.key) == on("monitoring"))
    parts.remove_part(edition, part, seen=digest_of_part(part), actor=house.editor)

    assert "“Every week?”" in words_of(enter("editor"), EDIT)


def test_remarks_cost_the_editor_no_query(house, enter, queries):
    with_two = queries(enter("editor"), EDIT)
    plain = make.draft(house, "plainumab")

    assert queries(enter("editor"), f"/desk/monographs/{plain.monograph.slug}/edit/") == with_two
