"""One act for each form that was shown, whichever verb it asks for."""

import pytest
from django.test import RequestFactory

from monographs.models import Monograph, Overlay
from reviews.access.refusals import RefusalType, Refused
from reviews.audit import acts
from reviews.audit.trail import MissingAuditEntry, audited_write
from reviews.models import Act, AuditEvent
from tests import factories as make

pytestmark = pytest.mark.django_db


def write(house, verb="written"):
    with audited_write(actor=house.editor) as trail:
        trail.record(verb, "site")
    return trail.seq


@pytest.mark.parametrize("name", ["password", "new_password", "again_password", "code"])
def test_no_row_tells_whether_a_secret_was_guessed(rf, name):
    """Whoever has rows and key could else try passwords against it, at a millionth of what a hash costs."""
    token = acts.new_token()

    found = {acts.token_of(rf.post("/", {"act": token, "name": "x", name: typed})) for typed in ("one", "other")}

    assert len(found) == 1
    assert found != {acts.token_of(rf.post("/", {"act": token, "name": "y", name: "one"}))}


def test_the_second_act_of_a_form_writes_nothing_and_says_which_was_the_first(house):
    token = acts.new_token()
    with acts.of_form(token):
        first = write(house)

    with acts.of_form(token), pytest.raises(acts.RepeatedAct) as repeated:
        write(house)

    assert repeated.value.seq == first == AuditEvent.objects.latest("seq").seq
    assert list(Act.objects.values_list("token", "seq")) == [(token, first)]


def test_an_act_of_several_entries_is_known_by_its_last_one(house):
    token = acts.new_token()
    with acts.of_form(token):
        make.draft(house)

    assert Act.objects.get(token=token).seq == AuditEvent.objects.latest("seq").seq
    assert AuditEvent.objects.latest("seq").verb == "edited"


def test_every_verb_answers_a_repeat_in_the_same_words_and_notes_no_refusal(house):
    make.published(house)
    page, token = Monograph.objects.get(), acts.new_token()
    with acts.of_form(token):
        make.withhold(page, make.key("prescribing"), house.publisher)
    before = AuditEvent.objects.count()

    with acts.of_form(token), pytest.raises(Refused) as refused:
        make.withhold(page, make.key("fbc"), house.publisher)

    (refusal,) = refused.value.refusals
    assert not refused.value.recorded
    assert (refusal.code, refusal.kind) == ("done_already", RefusalType.CONFLICT)
    assert refusal.sentence == "This was done already, a moment ago."
    assert (AuditEvent.objects.count(), Overlay.objects.count()) == (before, 1)


def test_what_was_refused_or_rolled_back_uses_up_no_form(house):
    """A refusal is noted in the trail, and the form can be sent again."""
    make.published(house)
    page, token = Monograph.objects.get(), acts.new_token()

    with acts.of_form(token):
        with pytest.raises(Refused):
            make.withhold(page, make.key("prescribing"), house.editor)
        with pytest.raises(MissingAuditEntry), audited_write(actor=house.editor):
            pass
        assert AuditEvent.objects.latest("seq").verb == "refused"
        assert not Act.objects.exists()
        make.withhold(page, make.key("prescribing"), house.publisher)

    assert Act.objects.get().seq == AuditEvent.objects.latest("seq").seq


def test_what_else_a_request_writes_is_no_repeat(house):
    with acts.of_form(acts.new_token()):
        first = write(house)
        write(house, "written too")

    assert Act.objects.get().seq == first


def test_beyond_the_form_nothing_is_of_it(house):
    with acts.of_form(acts.new_token()):
        pass
    with pytest.raises(KeyError), acts.of_form(acts.new_token()):
        raise KeyError
    write(house)

    assert not Act.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "a" * 21, "a" * 23, "ä" * 22, "a" * 21 + " ", "a" * 22 + "\n"])
def test_what_is_no_token_is_none(token):
    assert acts.token_of(sent(act=token)) == ""


def sent(**fields):
    return RequestFactory().post("/", fields)


def test_what_was_typed_belongs_to_the_token_and_a_password_does_not():
    token = acts.new_token()
    first = acts.token_of(sent(act=token, text="1 mg", tick=["a", "b"]))

    assert first == acts.token_of(sent(tick=["a", "b"], text="1 mg", act=token, csrfmiddlewaretoken="x", password="y"))
    others = [
        acts.token_of(sent(act=token, **fields))
        for fields in (
            {"text": "10 mg", "tick": ["a", "b"]}, {"text": "1 mg", "tick": "a"}, {"text": "1 mg"},
            {"text": "1 mg", "tick": ["b", "a"]}, {"text2": "1 mg", "tick": ["a", "b"]},
        )
    ]  # fmt: skip
    assert len({first, *others}) == 6
    assert len(first) <= Act._meta.get_field("token").max_length


def test_no_two_tokens_are_alike():
    tokens = {acts.new_token() for _ in range(1000)}

    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {22}
