"""Which columns the trail hashes. A list once written never changes: every hash in every trail was made by it. A new
column opens the next list, and is added here beside the old ones."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import models

from monographs.models import Edition, MonitoringItem
from reviews.audit import hashes
from reviews.audit.verify import verify
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.each_case

FROZEN = {
    "auth.group": {1: "id name"},
    "auth.user": {1: "id password is_superuser username first_name last_name email is_staff is_active date_joined"},
    "auth.user_groups": {1: "id user_id group_id"},
    "mfa.authenticator": {1: "id user_id type data created_at"},
    "monographs.citation": {1: "id edition_id key position removed label csl"},
    "monographs.document": {1: "digest text"},
    "monographs.doseregimen": {
        1: "id edition_id key position removed status since reason instead structure lines",
        2: "id edition_id key position removed status since reason instead structure lines passage",
    },
    "monographs.drug": {
        1: "id slug name skeleton names brands codes traits",
        2: "id slug name skeleton names brands codes traits former_names retired merged_into_id",
    },
    "monographs.edition": {
        1: "id monograph_id number state round title name names brands codes class_path covers not_covered introduction dosing_status dosing_since dosing_reason dosing_instead",
        2: "id monograph_id number state round title name names brands codes class_path covers not_covered introduction dosing_status dosing_since dosing_reason dosing_instead text_rules",
    },
    "monographs.monitoringitem": {1: "id edition_id key position removed test when how_often how_long note source"},
    "monographs.monograph": {
        1: "id slug drug_id therapeutic_class_id tier next_review_due live_id",
        2: "id slug drug_id therapeutic_class_id tier next_review_due live_id reviewed_again_on reviewed_again_by",
        3: "id slug drug_id therapeutic_class_id tier next_review_due live_id reviewed_again_on reviewed_again_by renewed_on renewals",
    },
    "monographs.namecheck": {1: "id system code name status matched_name release source at"},
    "monographs.overlay": {
        1: "id kind monograph_id edition act part lifts_id by_id by_title by_role at reason title severity regulator link issued quote wrong right harm editions last_edition said_from",
        2: "id kind monograph_id edition act part lifts_id by_id by_title by_role at reason title severity regulator link issued quote wrong right harm editions last_edition said_from places",
    },
    "monographs.publication": {
        1: "id monograph_id edition_id document_id number slug name class_slugs traits tier signatures published_at last_full_review evidence_checked_at change_note head key seal"
    },
    "monographs.reference": {1: "id label title doi csl"},
    "monographs.relatedlink": {1: "id edition_id key position removed target reason"},
    "monographs.safetynotice": {
        1: "id edition_id key position removed type severity title text action issuer issued effective expires source supersedes",
        2: "id edition_id key position removed type severity title text action issuer issued effective expires source supersedes text_rules",
    },
    "monographs.secondsignature": {1: "id overlay_id by_id by_title at"},
    "monographs.section": {
        1: "id edition_id key position removed kind heading text",
        2: "id edition_id key position removed kind heading text text_rules",
    },
    "monographs.therapeuticclass": {
        1: "id slug name parent_id tier_floor",
        2: "id slug name parent_id tier_floor retired",
    },
    "reversion.revision": {1: "id date_created user_id comment"},
    "reversion.version": {1: "id revision_id object_id content_type_id db format serialized_data object_repr"},
    "reviews.accounthold": {1: "id person_id began_at until by_id"},
    "reviews.accountlink": {1: "id person_id digest made_at made_by_id expires_at used_at ended_at"},
    "reviews.assignment": {1: "id edition_id person_id by_id at due_on ended_how ended_reason ended_by_id ended_at"},
    "reviews.certificate": {1: "id publication_id key jws at"},
    "reviews.changeset": {1: "id revision_id edition_id actor_id credits reason touched before_id after_id at"},
    "reviews.classgrant": {1: "id group_id permission_id content_object_id"},
    "reviews.classpermission": {1: "id user_id permission_id content_object_id"},
    "reviews.clinicianprofile": {
        1: "id user_id name profession body number specialty scope reader_title name_consent interests interests_on verified_on verified_by_id",
        2: "id user_id name profession body number specialty scope reader_title name_consent interests interests_on verified_on verified_by_id register_date looked_at ended_on ended_by_id ended_how ended_reason interests_by_kind",
    },
    "reviews.conflict": {1: "id edition_id person_id is_declared reason at"},
    "reviews.grant": {
        1: "id person_id role therapeutic_class_id monograph_id given_on given_by_id reason confirmed_on confirmed_by_id ended_on ended_by_id has_lapsed"
    },
    "reviews.harmlessmisprint": {1: "id monograph_id key label digest typed shown reason by_id by_title at"},
    "reviews.keystatement": {1: "id kind key public by by_public at seq head signature by_signature"},
    "reviews.monographpermission": {1: "id user_id permission_id content_object_id"},
    "reviews.organisation": {1: "id name opened_at"},
    "reviews.problemreport": {
        1: "id token monograph_id page edition part text harm source email sender at due_at outcome answer answered_by_id answered_at mailed_at",
        2: "id token monograph_id page edition part text harm source email sender at due_at outcome answer answered_by_id answered_at mailed_at overlay_id publication_id reason looking_by_id looking_at",
        3: "id token monograph_id page edition part text harm source email sender at due_at outcome answer answered_by_id answered_at mailed_at overlay_id publication_id reason looking_by_id looking_at put_right lift_id reverted_by_id",
    },
    "reviews.recheck": {1: "id monograph_id profile_id reason opened_at opened_by_id found closed_at closed_by_id"},
    "reviews.remark": {1: "id edition_id round part label words by_id at outcome answer answered_by_id answered_at"},
    "reviews.reminder": {1: "id key person_id subject body at mailed_at"},
    "reviews.signoff": {
        1: "id edition_id round document_id signer_id meaning sequence name profession body number reader_title name_consent checklist interests signed_at",
        2: "id edition_id round document_id signer_id meaning sequence name profession body number reader_title name_consent checklist interests signed_at remark seen",
    },
    "reviews.unsigning": {1: "id sign_off_id reason at"},
}
GUARDED = {label: lists for label, (_model, lists) in hashes.guarded().items()}


def test_each_list_holds_the_columns_that_it_always_held():
    frozen = {label: {number: tuple(names.split()) for number, names in lists.items()} for label, lists in FROZEN.items()}  # fmt: skip

    assert frozen == GUARDED


@pytest.mark.parametrize("label", GUARDED)
def test_each_list_goes_on_where_the_one_before_ended(label):
    lists = GUARDED[label]

    assert list(lists) == list(range(1, len(lists) + 1))
    for number in range(2, len(lists) + 1):
        assert lists[number][: len(lists[number - 1])] == lists[number - 1]
        assert len(set(lists[number])) == len(lists[number]) > len(lists[number - 1])


def test_a_header_is_columns_that_the_trail_hashes():
    assert set(Edition.HEADER) < set(Edition.trail_columns[max(Edition.trail_columns)])


# -- A column that is newer than the hash of a row --------------------------------------------------------------------

LABEL = "monographs.monitoringitem"
NEWEST = ("id", "edition_id", "key", "position", "removed", "test", "when", "how_often", "how_long", "source", "note")
BEFORE = NEWEST[:-1]


@pytest.fixture
def item(house, monkeypatch):
    """A test that was written before there was a column `note`: it is there now, and the row of then holds nothing."""
    monkeypatch.setitem(hashes.guarded(), LABEL, (MonitoringItem, {1: BEFORE}))
    make.draft(house)
    monkeypatch.setitem(hashes.guarded(), LABEL, (MonitoringItem, {1: BEFORE, 2: NEWEST}))
    call_command("checkpoint", stdout=StringIO())
    return MonitoringItem.objects.get()


def tamper(**columns):
    with tables.no_triggers():
        models.QuerySet(MonitoringItem).update(**columns)


def test_a_row_that_was_hashed_before_a_column_was_there_holds(item):
    assert verify() == []


def test_a_newer_column_that_was_written_without_an_entry_is_named(item):
    tamper(note="slipped in")

    (found,) = (sentence for _seq, sentence in verify() if sentence.startswith(LABEL))

    assert found.startswith(f"{LABEL}:{item.pk}: the row is not as entry ")


def test_an_older_column_is_still_held(item):
    tamper(when="never")

    assert any(sentence.startswith(f"{LABEL}:{item.pk}: the row is not as entry ") for _seq, sentence in verify())


def test_whoever_writes_the_newer_column_writes_an_entry_with_the_newer_list(item, house):
    old = make.build(item.edition).monitoring[0]
    with make.audited_write(actor=house.editor) as trail:
        with make.change_set(trail, edition=item.edition, reason="A note") as change:
            change.save(old.replaced(note="Wait."), seen=make.digest_of_part(old))

    assert verify() == []
    tamper(note="")
    assert any(sentence.startswith(f"{LABEL}:{item.pk}: ") for _seq, sentence in verify())


@pytest.mark.parametrize(
    ("label", "column", "wrong"),
    [
        ("monographs.edition", "names", [{"kind": "other", "name": "x"}]),  # JSON, as it is stored
        ("monographs.edition", "round", 1),
        ("monographs.monograph", "next_review_due", "2028-01-01"),
        ("monographs.citation", "removed", True),
    ],
)
def test_every_kind_of_column_is_held_to_its_default(house, monkeypatch, label, column, wrong):
    model, lists = hashes.guarded()[label]
    newest = (*(name for name in lists[max(lists)] if name != column), column)
    monkeypatch.setitem(hashes.guarded(), label, (model, {1: newest[:-1], 2: newest}))
    make.draft(house)
    (before,) = hashes.row_hashes(label, 1)
    assert before[1].startswith("1:")

    with tables.no_triggers():
        models.QuerySet(model).update(**{column: wrong})

    (after,) = hashes.row_hashes(label, 1)
    assert (after[0], after[1] != before[1]) == (before[0], True)
