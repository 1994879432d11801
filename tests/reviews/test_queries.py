"""How many queries the acts of the desk take, pinned: a number that grows is a loop that somebody wrote."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monographs.assemble import build
from monographs.digest import digest_of_part
from reviews.access import looks, presence
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db


def taken(act) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len([one for one in queries if "SAVEPOINT" not in one["sql"]])


def save(house, edition, words):
    section = build(edition).sections[1]
    new = section.replaced(text=words)
    return taken(lambda: make.save_part(edition, new, seen=digest_of_part(section), actor=house.editor))


def test_saving_a_section_takes_as_many_queries_with_three_parts_as_with_sixty(house):
    edition = make.draft(house)
    save(house, edition, "Once, so that content types are known.")
    few = save(house, edition, "Other words.")
    doc = make.document()
    many = tuple(
        doc.sections[0].replaced(key=make.key(f"section {number}"), text=f"- Number {number} [@trial2020].")
        for number in range(57)
    )
    big = make.draft(house, "bigumab", make.document(sections=(*doc.sections, *many)))

    save(house, big, "Once here, too.")
    assert save(house, big, "Other words.") == few
    assert few == 20


def test_what_is_noted_of_somebody_alone_is_noted_by_one_statement(house):
    """On each database: whoever writes is not waited for, and the server is not told so each time."""
    edition = make.draft(house)
    presence.note(house.editor, edition, "")
    looks.note(house.clinician, edition, "digest")

    assert taken(lambda: presence.note(house.editor, edition, "header")) == 1
    assert taken(lambda: presence.stay(house.editor, edition)) == 1
    assert taken(lambda: looks.seen(house.clinician, edition, "digest")) == 1


def test_publishing_and_signing(house):
    edition = make.submit(house, make.draft(house))
    attestation = make.attestation(edition, house.clinician)
    digest = make.seen(edition)
    signing = taken(
        lambda: perform("sign", editions=[edition], actor=house.clinician, digest=digest, attestation=attestation)
    )
    make.sign(edition, house.pharmacist)
    publishing = taken(lambda: perform("publish", editions=[edition], actor=house.publisher, digest=digest))

    assert (signing, publishing) == (14, 27)
