"""What is known of an edition when it is judged: what changed, and parts as people call them."""

from datetime import UTC, datetime, timedelta

import pytest

from monographs.digest import digest, to_text
from monographs.document import MonitoringItem, RelatedLink
from monographs.models import Document, State
from reviews.audit.trail import audited_write
from reviews.review.edition_review import EditionReview
from reviews.workflow import perform
from tests import factories as make

# -- Parts as people call them -----------------------------------------------------------------------------------------


def case(now, live=None):
    row = Document(digest=digest(live), text=to_text(live)) if live else None
    return EditionReview(None, now, row, datetime(2026, 7, 4, tzinfo=UTC))


def test_what_changed_is_all_of_a_first_edition_and_what_differs_of_a_later_one():
    doc = make.document()
    assert case(doc).changed == {"header", *(str(part.key) for part in doc.parts())}
    assert case(doc, doc).changed == frozenset()

    other = doc.replaced(header=doc.header.replaced(covers="x"), related=(), sections=doc.sections[::-1])

    assert case(other, doc).changed == {"header", "order", str(make.key("link"))}


def test_parts_are_told_in_the_order_of_the_page_by_their_names():
    live = make.document(related=(RelatedLink(key=make.key("gone"), target="gone"),))
    item = MonitoringItem(key=make.key("new"), test="Liver", when="x", how_often="y")
    now = make.document(related=(), monitoring=(item,))
    found = case(now, live)
    keys = {name: str(make.key(name)) for name in ("prescribing", "monitoring", "new", "notice", "trial", "gone")}

    assert found.in_page_order([*list(keys.values())[::-1], "header"]) == ["header", *keys.values()]
    assert found.in_page_order(["order", keys["trial"], "header"]) == ["header", keys["trial"], "order"]
    assert [found.label_of(part) for part in ("header", "order", keys["new"], keys["gone"], "?")] == [
        "Header", "Order of parts", item.label_for_people, "Related: gone", "?",
    ]  # fmt: skip


def test_no_signature_stands_on_a_draft_whatever_its_words(house):
    signed = make.sign(make.sign(make.submit(house, make.draft(house)), house.clinician), house.pharmacist)
    assert [one.signer for one in EditionReview.load(signed).valid_sign_offs] == [house.clinician, house.pharmacist]

    draft = make.send_back(house, signed)

    review = EditionReview.load(draft)
    assert review.valid_sign_offs == []
    assert [one.signer for one in review.past_sign_offs] == [house.clinician, house.pharmacist]
    assert review.missing_sign_offs().keys() == review.changed
    again = EditionReview.load(make.sign(make.submit(house, draft), house.pharmacist))
    assert [one.signer for one in again.valid_sign_offs] == [house.pharmacist]
    assert [one.signer for one in again.past_sign_offs] == [house.clinician]


# -- Read before the write lock, judged under it -----------------------------------------------------------------------


def sign(edition, person, read):
    given = make.attestation(edition, person)
    return perform("sign", editions=[edition], actor=person, digest=given.digest, attestation=given, read=read)[0]


@pytest.mark.django_db
def test_what_was_read_before_the_lock_is_judged_while_nobody_wrote(house):
    edition = make.submit(house, make.draft(house))
    read = EditionReview.load(edition)

    assert sign(edition, house.clinician, read) is read
    assert read.edition.state == State.IN_REVIEW


@pytest.mark.django_db
def test_what_was_read_before_somebody_wrote_or_on_another_day_is_read_again(house):
    edition = make.submit(house, make.draft(house))
    before = EditionReview.load(edition)
    assert before.valid_sign_offs == []
    make.sign(edition, house.clinician)

    found = sign(edition, house.pharmacist, before)

    # Both signatures were counted, though it was read when there was none.
    assert (found is before, found.edition.state) == (False, State.CLINICIAN_REVIEWED)
    read = EditionReview.load(edition)
    with audited_write(actor=house.editor) as trail:
        trail.record("refused", "site")
        assert read.still(trail) is read
        read.at -= timedelta(days=1)
        assert read.still(trail) is None
