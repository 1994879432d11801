"""What a reviewer reads of an edition before they sign: who said what, what became of it, what differs since."""

import pytest

from reviews.desk.review.said import said_of
from reviews.editing import parts
from reviews.editing.remarks import answer_remark
from reviews.models import Remark
from reviews.review.edition_review import EditionReview
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.any_database

REVIEW = "/desk/monographs/testazumab/review/"


def act(name, edition, actor, reason, **more):
    return perform(name, editions=[edition], actor=actor, digest=make.seen(edition), reason=reason, **more)[0].edition


@pytest.fixture(scope="module")
def made(once_a_module):
    """Signed, taken back, sent back with two remarks, answered, changed and sent again."""
    house = make.the_house()
    second = make.start(house, make.published(house))
    make.reword(second, "monitoring", "Tests go on for months.", actor=house.editor)
    make.sign(make.submit(house, second), house.pharmacist)
    act("unsign", second, house.pharmacist, "I misread the table.")
    said = {str(make.key("monitoring")): "Every week?", "header": "The name?"}
    act("send-back", second, house.clinician, "Two things.", remarks=said)
    header, monitoring = Remark.objects.all()
    answer_remark(header, outcome="left", answer="It is the approved name", actor=house.editor)
    answer_remark(monitoring, outcome="done", answer="", actor=house.editor2)
    make.reword(second, "monitoring", "Tests go on for weeks.", actor=house.editor)
    make.submit(house, second)
    return house


def strip(client):
    page = " ".join(client.get(REVIEW).content.decode().split())
    assert page.index('id="said"') < page.index('id="sign"')
    return page.split('id="said"')[1].split('id="sign"')[0]


def test_the_send_back_stands_first_with_each_remark_and_what_became_of_it(house, enter):
    page = strip(enter("pharmacist"))

    assert page.index("Sent back by Test clinician</h3> <p>“Two things.”") < page.index("“The name?”")
    assert "<strong>Left as it is:</strong> “It is the approved name”" in page
    assert '<strong>Done.</strong> <span class="small soft">Test editor2, <time' in page
    assert "<strong>Test pharmacist</strong> took the signature on edition 2 back: “I misread the table.”" in page


def test_what_changed_since_is_compared_with_what_was_sent_back_not_with_live(house, enter):
    page = strip(enter("pharmacist"))

    assert "Changed since it was sent back: 1 part<" in page
    since = page.split("Changed since it was sent back")[1].split("</details>")[0]
    assert ("months" in since, "weeks" in since) == (True, True)
    assert "years" not in since


def test_nothing_changed_is_said_too(house, enter):
    edition = make.live().monograph.editions.get(number=2)
    act("send-back", edition, house.clinician, "Look at it again.")
    make.submit(house, edition)

    page = strip(enter("pharmacist"))
    assert "<strong>Nothing has changed since it was sent back.</strong>" in page
    assert "“The name?”" in page.split("<summary>Said before")[1]


def test_reasons_of_changes_are_told_and_those_beyond_the_newest_three_are_folded(house):
    edition = make.live().monograph.editions.get(number=2)
    act("send-back", edition, house.clinician, "More.")
    for number in range(5):
        part = next(one for one in EditionReview.load(edition).document.sections if one.key == make.key("monitoring"))
        make.save_part(edition, part.replaced(text=f"For {number} weeks."), seen=make.digest_of_part(part), actor=house.editor, reason=f"Reason {number}")  # fmt: skip
    make.submit(house, edition)

    said = said_of(EditionReview.load(edition))

    assert [one.event.reason for one in said.newest] == ["Reason 4", "Reason 3", "Reason 2"]
    assert [one.event.reason for one in said.older][:2] == ["Reason 1", "Reason 0"]
    assert {one.parts for one in said.newest} == {"Monitoring"}


def test_what_was_said_of_another_edition_is_not_told_and_nothing_of_it_is_public(house, enter, client):
    third = make.submit(house, make.draft(house, "otherumab"))

    said = said_of(EditionReview.load(third))
    assert said.back is None
    assert {one.event.subject for one in (*said.newest, *said.older)} == {"monograph:otherumab"}
    assert "Every week?" not in client.get("/drugs/testazumab/").content.decode()


@pytest.mark.each_case
def test_as_many_queries_however_much_was_said(house, django_assert_num_queries):
    edition = make.live().monograph.editions.get(number=2)
    review = EditionReview.load(edition)
    with django_assert_num_queries(5):
        assert said_of(review).earlier == []
    act("send-back", edition, house.clinician, "More.", remarks={"header": "A", str(make.key("fbc")): "Be exact"})
    for one in Remark.objects.unanswered():
        answer_remark(one, outcome="done", answer="", actor=house.editor)
    parts.remove_part(edition, make.document().related[0], seen=make.digest_of_part(make.document().related[0]), actor=house.editor, reason="Not needed")  # fmt: skip
    make.submit(house, edition)

    review = EditionReview.load(edition)
    with django_assert_num_queries(5):
        assert len(said_of(review).earlier) == 2


def test_the_answer_with_which_it_was_sent_again_stands_there(house, enter):
    edition = EditionReview.load(Remark.objects.first().edition).edition
    act("send-back", edition, house.clinician, "Once more.")
    page = enter("editor").get("/desk/monographs/testazumab/").content.decode()
    assert "A word to whoever reviews it" in page
    answer = "The weeks are those of the trial."
    answered = enter("editor").post(
        "/desk/monographs/testazumab/do/submit/", {"reason": answer, "digest": make.seen(edition)}
    )
    assert answered.status_code == 302, answered.content.decode()

    assert answer in strip(enter("clinician"))
    assert said_of(EditionReview.load(edition)).newest[0].event.reason == answer
