"""An edition that corrects spelling and nothing else: one signature whatever the tier, and no date of review moves."""

import pytest

from monographs.models import Monograph
from reviews.access.refusals import Refused
from reviews.desk.queue import open_work
from reviews.models import AuditEvent
from reviews.review.edition_review import EditionReview
from tests import factories as make

WRONG, RIGHT = "Patients recieve it at home for 4 years.", "Patients receive it at home for 4 years."
ONE = ["a registered clinician"]
WHOLE = ["a doctor or a pharmacist", "one more registered clinician"]


def misspelt(house):
    """A published page with a misprint, and the next edition, a draft equal to it."""
    page = make.document()
    parts = [one.replaced(text=WRONG) if one.kind == "monitoring" else one for one in page.sections]
    live = make.published(house, doc=page.replaced(sections=parts))
    return make.start(house, live)


def corrected(house, text=RIGHT):
    edition = misspelt(house)
    make.reword(edition, "monitoring", text, actor=house.editor)
    return make.submit(house, edition)


def missing(edition):
    return list(EditionReview.load(edition).missing_sign_offs().values())


def test_one_clinician_signs_whatever_the_tier_and_no_date_moves(house):
    edition = corrected(house)
    before = edition.monograph.live
    assert missing(edition) == [ONE]

    edition = make.sign(edition, house.clinician)

    assert edition.state == "clinician_reviewed"
    live = make.publish(house, edition).monograph.live
    assert live.number == 2
    assert (live.tier, live.last_full_review) == (before.tier, before.last_full_review)
    sent = AuditEvent.objects.about(edition.monograph).filter(verb="submitted").order_by("-seq").first()
    assert sent.data["spelling"] is True


def test_the_queue_knows_it_too(house):
    edition = corrected(house)

    (work,) = [one for one in open_work(house.clinician) if one.edition.pk == edition.pk]

    assert work.is_spelling
    assert list(work.open_parts().values()) == [ONE]
    assert work.is_helped_by(house.clinician, "specialist_doctor")


@pytest.mark.parametrize(
    "text",
    ["Patients receive it at home for 5 years.", "Patients do not recieve it at home for 4 years.", f"{RIGHT} More."],
)
def test_one_difference_more_and_it_goes_the_whole_way(house, text):
    edition = corrected(house, text)

    assert missing(edition) == [WHOLE]
    (work,) = [one for one in open_work(house.clinician) if one.edition.pk == edition.pk]
    assert not work.is_spelling


def test_who_corrected_it_does_not_sign_it(house):
    edition = misspelt(house)
    make.reword(edition, "monitoring", RIGHT, actor=house.clinician)
    edition = make.submit(house, edition)

    with pytest.raises(Refused) as refused:
        make.sign(edition, house.clinician)

    assert [one.code for one in refused.value.refusals] == ["counts_for_nothing"]


def test_a_name_that_comes_to_the_library_later_makes_it_an_edition_like_any_other(house, monkeypatch):
    edition = corrected(house)
    monkeypatch.setattr("reviews.review.edition_review.names_of_library", lambda: ["Recieva"])

    assert missing(edition) == [WHOLE]


def test_a_first_edition_and_one_that_is_published_are_none(house):
    edition = make.published(house)

    assert not EditionReview.load(edition).is_spelling
    assert Monograph.objects.count() == 1


def test_a_page_that_is_withdrawn_or_whose_tier_was_lowered_goes_the_whole_way(house, monkeypatch):
    edition = corrected(house)
    assert EditionReview.load(edition).is_spelling
    monkeypatch.setattr(EditionReview, "withdrawals", [object()])
    assert not EditionReview.load(edition).is_spelling
    monkeypatch.undo()
    monkeypatch.setattr(EditionReview, "tier", "low")  # readers have a page of `standard`
    assert not EditionReview.load(edition).is_spelling


def test_what_alone_is_more_than_spelling_is_told(house, client):
    edition = corrected(house, RIGHT.replace("4 years", "5 years"))

    assert EditionReview.load(edition).beyond_spelling.endswith("“4” became “5”.")
    client.force_login(house.editor)
    assert "here Monitoring: “4” became “5”." in client.get("/desk/monographs/testazumab/").content.decode()
