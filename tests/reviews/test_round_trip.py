"""A document goes into rows and comes out again as it was, on both databases."""

import pytest
from hypothesis import given, settings

from monographs.assemble import build
from monographs.digest import digest
from monographs.models import PARTS, Edition
from reviews.audit.trail import audited_write
from reviews.changes import change_set
from reviews.models import ChangeSet
from tests import factories as make
from tests.strategies import documents

pytestmark = pytest.mark.django_db


def test_any_document_survives_its_rows(house):
    edition = make.draft(house)

    @settings(max_examples=40)
    @given(documents())
    def survives(document):
        if document == build(edition):
            return
        with (
            audited_write(actor=house.editor) as trail,
            change_set(trail, edition=edition, reason="Loaded", copied=True) as change,
        ):
            change.load(document)
        fresh = Edition.objects.get(pk=edition.pk)
        assert digest(build(fresh)) == digest(document)
        assert build(fresh) == document
        assert ChangeSet.objects.order_by("-revision_id").first().after.value == document

    survives()
    # What was loaded and replaced is still there, flagged: every row has a history that ends with a version.
    assert any(model.with_removed.filter(removed=True).exists() for model in PARTS.values())
