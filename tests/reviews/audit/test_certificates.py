"""Certificates: one a publication, from its first day; for what an earlier version published, by `upgrade`."""

import pytest
from django.db import models

from monographs.models import Publication
from reviews.audit import certificates, seals
from reviews.audit.verify import verify
from reviews.models import AuditEvent, Certificate
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db


def test_each_publication_has_one_in_the_act_that_published_it(house):
    make.published(house)
    one, entry = Certificate.objects.get(), AuditEvent.objects.get(verb="published")

    assert (one.publication, one.key, one.at) == (Publication.objects.get(), seals.key_id(), entry.at)
    assert f"reviews.certificate:{one.pk}" in entry.data["rows"]
    form, keys = certificates.form_of(one.publication), seals.own_key()
    assert certificates.holds(one.jws, form, one.key, keys=keys)
    for wrong in (
        "",
        "x",
        one.jws.replace("..", "."),
        one.jws.replace("..", ".e30."),
        one.jws[:-4],
        f"{one.jws}!",
        "é..é",
    ):
        assert not certificates.holds(wrong, form, one.key, keys=keys), wrong
    assert not certificates.holds(one.jws, {**form, "number": 2}, one.key, keys=keys)
    assert not certificates.holds(one.jws, form, "0" * 16, keys=keys)
    assert verify() == []


def test_what_was_published_without_one_is_told_and_certified_once(house, monkeypatch):
    for slug in ("testazumab", "otherumab", "thirdumab"):
        make.published(house, slug)
    with tables.no_triggers():
        models.QuerySet(Certificate)._raw_delete("default")
    assert sum("no key that is believed certifies it" in sentence for _seq, sentence in verify()) == 3
    with tables.no_triggers():  # nor does a row get one that we did not seal
        Publication.objects.filter(slug="thirdumab").update(number=2)
    monkeypatch.setattr(certificates, "A_BATCH", 2)

    assert certificates.make_missing() == 2
    with tables.no_triggers():
        Publication.objects.filter(slug="thirdumab").update(number=1)

    assert certificates.make_missing() == 1
    assert certificates.make_missing() == 0

    assert Certificate.objects.count() == 3
    assert [one.data["publications"] for one in AuditEvent.objects.filter(verb="certified")] == [2, 1]
    assert not any("certif" in sentence and "is gone" not in sentence for _seq, sentence in verify())
