"""Each verb of the trail has a sentence, and an entry whose data say less than its verb says today is told as well."""

import json

import pytest

from reviews.desk.people import trail_words
from reviews.models import AuditEvent
from tests import tables
from tests.test_stored_names import KEPT

pytestmark = pytest.mark.any_database


def test_each_verb_that_was_ever_stored_has_words_and_is_offered_once():
    verbs = set(json.loads(KEPT.read_text("utf-8"))["verbs"])

    assert set(trail_words.VERBS) >= verbs
    offered = [verb for verb, _words in trail_words.acts()]
    assert (len(offered), set(offered)) == (len(set(offered)), set(trail_words.VERBS))


@pytest.mark.django_db
def test_each_entry_of_a_house_in_which_all_was_done_is_a_sentence():
    tables.fill()
    told = {one.verb: trail_words.did(one) for one in AuditEvent.objects.select_related("actor")}

    assert len(told) > 35
    assert [verb for verb, words in told.items() if words == verb.replace("_", " ") and "_" in verb] == []
    assert told["role_given"].startswith("gave a role: ")
    assert told["key_rotated"].startswith("let the signing key ")


def test_an_entry_whose_data_lack_something_is_told_by_its_verb():
    for verb in trail_words.VERBS:
        for data in ({}, [], {"codes": 7, "action": None}, None):
            assert trail_words.sentence(AuditEvent(verb=verb, data=data)).endswith(".")
    assert trail_words.sentence(AuditEvent(verb="never_heard_of", data={})) == "System never heard of."
    assert trail_words.sentence(AuditEvent(verb="reported", data={"report": 3})).startswith("A reader ")
