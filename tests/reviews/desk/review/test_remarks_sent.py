"""Remarks on the way: written beside a part while reading, kept, and sent with the send-back in one act."""

import re

import pytest

from reviews.models import AuditEvent, Remark, Scratch
from reviews.workflow import perform
from tests import factories as make
from tests.forms import forms_of

pytestmark = pytest.mark.any_database

REVIEW = "/desk/monographs/testazumab/review/"
KEEP = "/desk/monographs/testazumab/scratch/remarks/"
SEND_BACK = "/desk/monographs/testazumab/do/send-back/"


def on(name):
    return f"remark-{make.key(name)}"


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    second = make.start(house, make.published(house))
    make.reword(second, "monitoring", "Tests go on for months.", actor=house.editor)
    make.submit(house, second)
    return house


def words_of(client, address=REVIEW):
    return " ".join(client.get(address).content.decode().split())


def form(client):
    found = next(one for one in forms_of(client.get(REVIEW).content.decode()) if one.action == SEND_BACK)
    return found.filled(reason="Two things")


def box(page, name):
    return re.search(rf'<textarea name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)


def test_each_part_has_a_box_that_belongs_to_the_form_that_sends_back(house, enter):
    page = words_of(enter("clinician"))

    for name in ("remark-header", on("monitoring"), on("prescribing"), on("fbc")):
        assert 'form="send-back"' in box(page, name).group(0)
    change = page.split(f'id="change-{make.key("monitoring")}"')[1].split("</section>")[0]
    assert f'name="{on("monitoring")}"' in change
    assert '<form method="post" id="send-back"' in page


def test_remarks_are_sent_with_the_reason_in_one_act_and_what_was_kept_is_gone(house, enter):
    client = enter("clinician")
    sent = {**form(client), on("monitoring"): "Every week?", "remark-header": "The name?", on("fbc"): " "}
    client.post(KEEP, sent)
    assert Scratch.objects.count() == 1

    answer = client.post(SEND_BACK, sent)

    assert answer.status_code == 302
    assert sorted(Remark.objects.values_list("words", flat=True)) == ["Every week?", "The name?"]
    assert (AuditEvent.objects.latest("seq").reason, Scratch.objects.count()) == ("Two things", 0)


@pytest.mark.each_case
def test_what_is_typed_is_kept_for_its_person_and_comes_back_after_signing_in_again(house, enter):
    client = enter("clinician")
    answer = client.post(KEEP, {**form(client), on("monitoring"): "Every week?", "remark-header": "The name?"})
    assert (answer.status_code, answer.content.decode()[:12]) == (200, "Kept for you")

    page = words_of(enter("clinician"))
    assert box(page, on("monitoring")).group(1).strip() == "Every week?"
    assert "Send back with 2 remarks</button>" in page
    assert "Every week?" not in words_of(enter("pharmacist"))
    assert enter("auditor").post(KEEP, {"scratch": "x" * 22, "reason": "No"}).status_code == 403
    assert "Remarks for a send-back" in words_of(enter("clinician"), "/desk/")


def test_without_a_script_the_button_at_the_part_keeps_it_and_leads_back_there(house, enter):
    client, anchor = enter("clinician"), f"change-{make.key('monitoring')}"

    answer = client.post(KEEP, {**form(client), on("monitoring"): "Every week?", "to": anchor})

    assert (answer.status_code, answer["Location"]) == (302, f"{REVIEW}#{anchor}")
    assert "Send back with 1 remark</button>" in words_of(client)


def test_a_refused_send_back_keeps_the_remarks_in_their_boxes(house, enter):
    client = enter("clinician")

    answer = client.post(SEND_BACK, {**form(client), "reason": " ", on("monitoring"): "Every week?"})

    assert answer.status_code == 422
    assert box(answer.content.decode(), on("monitoring")).group(1).strip() == "Every week?"
    assert not Remark.objects.exists()


def test_somebody_was_faster_and_the_words_can_be_copied(house, enter):
    client = enter("clinician")
    sent = {**form(client), on("monitoring"): "Every week?"}
    edition = make.live().monograph.editions.get(number=2)
    perform("send-back", editions=[edition], actor=house.pharmacist, digest=make.seen(edition), reason="First")

    answer = client.post(SEND_BACK, sent)

    assert answer.status_code == 409
    assert "Two things\n\nMonitoring: Every week?" in answer.content.decode()


def test_a_remark_that_may_not_be_kept_is_refused_at_its_box(house, enter):
    client = enter("clinician")

    answer = client.post(SEND_BACK, {**form(client), on("monitoring"): "Seen in 999 000 0018"})

    assert answer.status_code == 422
    assert f'id="{on("monitoring")}_error"' in answer.content.decode()


def test_a_first_edition_takes_remarks_too(house, enter):
    make.submit(house, make.draft(house, "firstumab"))

    page = words_of(enter("clinician"), "/desk/monographs/firstumab/review/")

    assert f'name="{on("monitoring")}"' in page


def test_what_was_taken_out_again_is_kept_no_more_and_the_workspace_tells_of_what_is(house, enter):
    client, workspace = enter("clinician"), "/desk/monographs/testazumab/"
    sent = form(client)
    client.post(KEEP, {**sent, on("monitoring"): "Every week?"})
    assert "Remarks of yours are not sent yet." in words_of(client, workspace)

    client.post(KEEP, {**sent, "reason": "", on("monitoring"): " "})

    assert not Scratch.objects.exists()
    assert "Remarks of yours" not in words_of(client, workspace)


def test_whatever_it_is_compared_with_each_part_has_one_box_so_that_nothing_kept_is_left_behind(house, enter):
    client = enter("clinician")
    client.post(KEEP, {**form(client), on("monitoring"): "Every week?"})
    client.get(REVIEW)

    for against in ("", "?against=seen"):
        page = words_of(client, f"{REVIEW}{against}")
        names = re.findall(r'<textarea name="(remark-[^"]+)"', page)
        assert len(names) == len(set(names)) == 7
        assert box(page, on("monitoring")).group(1).strip() == "Every week?"
