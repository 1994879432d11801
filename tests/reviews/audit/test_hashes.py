"""The bytes that are hashed: entries, and rows of every kind of value. They are the same for ever."""

import hashlib
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import models

from monographs.canonical import canonical
from monographs.models import Drug, Monograph, Publication, Section
from reviews.audit import hashes
from reviews.models import AuditEvent, ClassGrant, ClinicianProfile
from tests import factories as make
from tests import tables

AT = datetime(2028, 6, 20, 23, 30, tzinfo=UTC)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_time_is_in_utc_with_microseconds():
    assert hashes.instant(AT) == "2028-06-20T23:30:00.000000Z"
    assert hashes.instant(AT.astimezone(timezone(timedelta(hours=2)))) == "2028-06-20T23:30:00.000000Z"
    assert hashes.instant(AT + timedelta(microseconds=1)) == "2028-06-20T23:30:00.000001Z"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (False, False),
        ("", ""),
        ("7", "7"),
        (7, "7"),
        (0, "0"),
        (10**30, "1" + "0" * 30),
        (AT, "2028-06-20T23:30:00.000000Z"),
        (date(2028, 6, 20), "2028-06-20"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Decimal("1.50"), "Decimal('1.50')"),
    ],
)
def test_each_kind_of_value_has_one_form(value, plain):
    found = hashes._plain(value)

    assert (found, type(found)) == (plain, type(plain))


def test_an_entry_is_this_text_with_this_hash():
    text = hashes.event_text(
        seq=2, at=AT, actor={"pk": 1, "username": "editor"}, verb="tried", subject="test", digest="d", reason="why",
        data={"b": 1, "a": []}, prev="p",
    )  # fmt: skip

    assert text == (
        '{"actor":{"pk":1,"username":"editor"},"at":"2028-06-20T23:30:00.000000Z","data":{"a":[],"b":1},"digest":"d",'
        '"prev":"p","reason":"why","seq":2,"subject":"test","verb":"tried"}'
    )
    assert hashes.event_hash(text) == sha256("clincalc-trail-v1\n" + text)
    assert hashes.genesis(uuid.UUID(int=1)) == sha256("00000000-0000-0000-0000-000000000001")


def hashed(label, version, *columns):
    return f"{version}:{sha256(canonical([label, version, [list(one) for one in columns]]))}"


def test_rows_are_hashed_with_label_version_and_each_column_in_order(house):
    """One row with a text, a key, a flag, a number; one with dates, times and JSON; one with nothing in a column."""
    make.published(house)
    section = Section.objects.first()
    columns = ("id", "edition_id", "key", "position", "removed", "kind", "heading", "text")
    values = [str(section.pk), str(section.edition_id), str(section.key), str(section.position), False, section.kind, section.heading, section.text]  # fmt: skip
    found = dict(hashes.row_hashes("monographs.section", 1, [section.pk]))
    assert found == {f"monographs.section:{section.pk}": hashed("monographs.section", 1, *zip(columns, values, strict=True))}  # fmt: skip

    one = Publication.objects.get()
    values = {name: getattr(one, name) for name in Publication.trail_columns[1]}
    values |= {name: canonical(values[name]) for name in ("class_slugs", "traits", "signatures")}
    values |= {name: str(values[name]) for name in ("id", "monograph_id", "edition_id", "number", "last_full_review")}
    values |= {"published_at": hashes.instant(one.published_at), "evidence_checked_at": one.evidence_checked_at and str(one.evidence_checked_at)}  # fmt: skip
    found = dict(hashes.row_hashes("monographs.publication", 1, [one.pk]))
    assert found == {f"monographs.publication:{one.pk}": hashed("monographs.publication", 1, *values.items())}

    page = Monograph.objects.get()
    assert dict(hashes.row_hashes("monographs.monograph", 1, [])) == {}
    assert dict(hashes.row_hashes("monographs.monograph", 1)).keys() == {f"monographs.monograph:{page.pk}"}


def test_rows_that_are_no_longer_part_of_anything_are_hashed_too(house):
    """What was taken out of an edition is flagged, and the trail goes on to vouch for it."""
    make.draft(house)
    section = Section.objects.first()
    with tables.no_triggers():
        models.QuerySet(Section).filter(pk=section.pk).update(removed=True)
    assert not Section.objects.filter(pk=section.pk).exists()

    assert dict(hashes.row_hashes("monographs.section", 1, [section.pk])).keys() == {f"monographs.section:{section.pk}"}


def test_json_is_hashed_as_it_is_stored(house):
    make.draft(house)
    drug = Drug.objects.get()
    before = dict(hashes.row_hashes("monographs.drug", 1))
    with tables.no_triggers():
        models.QuerySet(Drug).filter(pk=drug.pk).update(names=models.expressions.RawSQL("'[ ]'", ()))

    assert Drug.objects.get().names == drug.names == []
    assert dict(hashes.row_hashes("monographs.drug", 1)) != before


def test_every_act_records_the_newest_version_of_what_it_wrote_under_the_name_of_each_row(house):
    profile = ClinicianProfile.objects.get(user=house.clinician)
    name = f"reviews.clinicianprofile:{profile.pk}"
    told = [one.data["rows"][name] for one in AuditEvent.objects.order_by("seq") if name in one.data.get("rows", {})]

    assert len(told) == len(set(told)) == 3  # registered, interests declared, found in the register
    assert told[-1] == dict(hashes.row_hashes("reviews.clinicianprofile", 2))[name]
    make.draft(house)
    last = {
        name: hash_ for one in AuditEvent.objects.order_by("seq") for name, hash_ in one.data.get("rows", {}).items()
    }
    newest = {name: max(hashes.guarded()[name.partition(":")[0]][1]) for name in last}
    assert {name: int(hash_.partition(":")[0]) for name, hash_ in last.items()} == newest
    assert set(newest.values()) == {1, 2, 3}
    assert hashes.guarded()["reviews.classgrant"][0] is ClassGrant
