"""Proofing before an edition is sent for review: what blocks, what passes with a reason, who sees it."""

import pytest
from django.urls import reverse

from monographs.digest import digest_of_part
from monographs.document import SafetyNotice, Section
from monographs.proofing.proof import SHOWN
from reviews.access.refusals import Refused
from reviews.models import AuditEvent
from reviews.review.edition_review import EditionReview
from reviews.review.proofed import REASONS, hints_of
from reviews.workflow import perform
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def written(house, text, kind="monitoring"):
    edition = make.draft(house)
    make.reword(edition, kind, text, actor=house.editor)
    return edition


def submit(house, edition, **given):
    return perform("submit", editions=[edition], actor=house.editor, digest=make.seen(edition), **given)


def refused(house, edition, **given):
    with pytest.raises(Refused) as no:
        submit(house, edition, **given)
    return [(one.code, one.part, one.field, one.sentence) for one in no.value.refusals]


def test_what_blocks_is_refused_at_its_place_whatever_reason_is_given(house):
    edition = written(house, "Give it od.", "prescribing")
    wanted = [
        ("proofing", str(make.key("prescribing")), "text", "Prescribing in practice: “od.”: Write once daily."),
    ]

    assert refused(house, edition) == refused(house, edition, kind="looked_at") == wanted
    assert [one.code for one in make.available(edition, house.editor)["submit"]] == ["proofing"]
    edition.refresh_from_db()
    assert edition.state == "draft"
    assert list(AuditEvent.objects.filter(verb="submitted")) == []


@pytest.mark.parametrize("reason", ["", "because", "submit"])
def test_a_warning_is_refused_without_a_reason_of_the_list(house, reason):
    edition = written(house, "It takes 5/7 - for 5/7.")

    [(code, _part, field, _sentence)] = refused(house, edition, kind=reason)

    assert (code, field) == ("proofing_reason", "kind")
    assert make.available(edition, house.editor)["submit"] == []


def test_a_reason_lets_a_warning_pass_and_stands_in_the_trail(house):
    submit(house, written(house, "Go on for 5/7."), kind="quoted")

    event = AuditEvent.objects.get(verb="submitted")
    assert event.data["kind"] == "quoted"


def test_where_proofing_asks_nothing_no_reason_is_kept(house):
    submit(house, written(house, "Go on for 5 days."), kind="quoted")

    assert "kind" not in AuditEvent.objects.get(verb="submitted").data


def test_a_hint_of_style_needs_no_reason(house):
    edition = written(house, "Mind epileptics.")

    assert [one.effect for one in hints_of(*of(edition))] == ["Style"]
    submit(house, edition)


def of(edition, name="monitoring"):
    document = EditionReview.load(edition).document
    return document.by_key()[make.key(name)], {"trial2020"}, SHOWN


@pytest.mark.parametrize("reason", [name for name in REASONS if name != "no_number"])
def test_a_vague_span_in_monitoring_stands_only_where_the_source_gives_no_number(house, reason):
    edition = written(house, "Test regularly.")

    assert [one[0] for one in refused(house, edition, kind=reason)] == ["proofing"]
    submit(house, edition, kind="no_number")


def test_what_is_published_word_for_word_is_not_asked_again(house):
    edition = written(house, "Test regularly.")
    submit(house, edition, kind="no_number")
    make.sign(edition, house.clinician)
    make.sign(edition, house.pharmacist)
    make.publish(house, edition)
    following = make.start(house, edition)
    make.reword(following, "prescribing", "- Start very slowly [@trial2020].", actor=house.editor)

    submit(house, following)

    assert "kind" not in AuditEvent.objects.filter(verb="submitted").order_by("-seq").first().data


def test_a_notice_without_its_source_is_told_once(house):
    notice = SafetyNotice(key=make.key("notice"), type="caution", severity="major", title="Care", text="Care.")
    edition = make.draft(house, doc=make.document(notices=(notice,)))

    assert [one.code for one in make.available(edition, house.editor)["submit"]] == ["problem_missing"]


def test_evidence_without_a_citation_blocks(house):
    evidence = Section(key=make.key("evidence"), kind="evidence", heading="Evidence", text="A trial.")
    edition = make.draft(house, doc=make.document(sections=(evidence,)))

    [one] = make.available(edition, house.editor)["submit"]

    assert (one.code, one.part, one.field) == ("proofing", str(make.key("evidence")), "text")


# -- On the desk -------------------------------------------------------------------------------------------------------


def test_hints_stand_beside_the_part_and_what_blocks_is_said_when_it_is_saved(client, house):
    edition = written(house, "Give it od, for 5/7.", "prescribing")
    client.force_login(house.editor)
    address = reverse("part_edit", args=["testazumab", make.key("prescribing")])

    html = client.get(address).content.decode()
    assert "<strong>Must fix:</strong> “od,”: Write once daily." in html
    assert "<strong>Look again:</strong> “5/7.”: Write days or weeks." in html

    part, *_ = of(edition, "prescribing")
    fields = {"heading": part.heading, "text": "Give it OD.", "seen": digest_of_part(part)}
    answer = client.post(address, fields, follow=True).content.decode()
    assert "Still to do: “OD.”: Write once daily." in answer


def test_a_misprint_is_asked_about_beside_the_part_but_never_near_a_name_of_the_library(client, house):
    written(house, "Patients recieve it. Testazumb is new; so is testazumb.", "prescribing")
    client.force_login(house.editor)

    html = client.get(reverse("part_edit", args=["testazumab", make.key("prescribing")])).content.decode()

    assert html.count("<strong>Spelling:</strong>") == 1
    assert "“recieve”: did you mean “receive”?" in html


def test_the_workspace_asks_for_the_reason_and_signers_see_it(client, house):
    edition = written(house, "Go on for 5/7.")
    client.force_login(house.editor)
    workspace = client.get(reverse("workspace", args=["testazumab"])).content.decode()
    assert "<strong>Look again:</strong> Monitoring: “5/7.”: Write days or weeks." in workspace
    assert 'id="kind-submit"' in workspace or 'name="kind"' in workspace
    address = reverse("do", args=["testazumab", "submit"])

    no = client.post(address, {"digest": make.seen(edition)})
    assert no.status_code == 422
    assert 'name="kind"' in no.content.decode()

    assert client.post(address, {"digest": make.seen(edition), "kind": "quoted"}).status_code == 302
    client.force_login(house.clinician)
    page = client.get(reverse("review", args=["testazumab"])).content.decode()
    assert "Monitoring: “5/7.”: Write days or weeks." in page
    assert "They stand because: The source says it in these words." in page
    history = client.get(reverse("history", args=["testazumab"])).content.decode()
    assert "words that proofing asked about stand: the source says it in these words" in history
