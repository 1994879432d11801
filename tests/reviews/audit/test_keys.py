"""Which keys are believed by whoever believes one of them."""

import base64
import hashlib

import pytest

from reviews.audit import keys
from reviews.audit.keys import Signer, believed, sign

FIRST, SECOND, THIRD, STRANGE = (Signer(base64.b64encode(bytes(range(n, n + 32))).decode()) for n in (0, 1, 2, 9))
SEAL = "clincalc-entry-v1\n"


def statement(kind, key, by, seq, signed=None, signed_by=None):
    form = {
        "kind": kind, "key": key.id, "public": key.public, "by": by.id, "by_public": by.public,
        "at": "2028-06-20T23:30:00.000005Z", "seq": seq, "head": "a" * 64,
    }  # fmt: skip
    return sign(form, key=(signed or key) if kind == "rotated" else None, by=signed_by or by)


ONE, TWO = statement("rotated", FIRST, SECOND, 10), statement("rotated", SECOND, THIRD, 20)
GONE = statement("revoked", FIRST, THIRD, 20)


def known(current, *statements):
    found = believed(current.public_bytes, statements)
    return [(key.id, key.since, key.until, key.is_revoked) for key in found.by_id.values()], len(found.wrong)


def test_a_key_before_is_believed_as_far_as_the_one_after_it_says():
    chain = [(THIRD.id, 20, None, False), (SECOND.id, 10, 20, False), (FIRST.id, 0, 10, False)]

    assert known(THIRD, ONE, TWO) == known(THIRD, TWO, ONE) == (chain, 0)
    assert known(THIRD, TWO) == ([*chain[:1], (SECOND.id, 0, 20, False)], 0)
    assert known(FIRST) == ([(FIRST.id, 0, None, False)], 0)
    assert known(THIRD, ONE, TWO, GONE) == ([*chain[:2], (FIRST.id, 0, 10, True)], 0)


@pytest.mark.parametrize(
    "wrong",
    [
        statement("rotated", STRANGE, SECOND, 10, signed=SECOND),  # the one before never said so
        statement("rotated", FIRST, SECOND, 10, signed_by=STRANGE),  # nor the one after
        {**ONE, "seq": 11}, {**ONE, "head": "b" * 64}, {**ONE, "kind": "revoked"}, {**ONE, "public": STRANGE.public},
        {**ONE, "key": STRANGE.id}, {**ONE, "by_public": STRANGE.public}, {**ONE, "signature": "é"}, {}, {**ONE, "seq": None},
        statement("rotated", FIRST, SECOND, 20),  # it was followed before it took over
        statement("rotated", THIRD, SECOND, 10),  # round and round
        statement("revoked", THIRD, STRANGE, 25), statement("revoked", STRANGE, THIRD, 25),
        statement("revoked", THIRD, SECOND, 25),  # which could say nothing any more
        statement("revoked", THIRD, SECOND, 15), statement("revoked", SECOND, SECOND, 15),  # nor of one after it, ever
        statement("revoked", THIRD, THIRD, 25),
    ],
)  # fmt: skip
def test_what_does_not_hold_gives_no_key_its_word_and_is_told(wrong):
    found, told = known(THIRD, TWO, wrong)

    assert [one for one in found if one[0] in (FIRST.id, STRANGE.id) or one[3]] == []
    assert told == 1


def test_a_key_holds_what_it_signed_while_it_was_used_and_nothing_else():
    found = believed(THIRD.public_bytes, [ONE, TWO])
    form = {"hash": "c" * 64}
    held = {
        (key.id, seq)
        for key in (FIRST, SECOND, THIRD, STRANGE)
        for seq in (1, 10, 11, 20, 21)
        if found.holds(SEAL, form, key.id, key.sign(SEAL, form), seq)
    }

    assert held == {(FIRST.id, 1), (FIRST.id, 10), (SECOND.id, 11), (SECOND.id, 20), (THIRD.id, 21)}
    assert found.holds(SEAL, form, FIRST.id, FIRST.sign(SEAL, form))
    assert not found.holds(SEAL, form, FIRST.id, SECOND.sign(SEAL, form))
    assert not found.holds(keys.PREFIX, form, FIRST.id, FIRST.sign(SEAL, form))
    assert FIRST.id == hashlib.sha256(FIRST.public_bytes).hexdigest()[:16]
