"""How a page is made, as readers are told, and the key by which anybody checks a seal."""

import base64
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.html import strip_tags

from reviews.audit import seals
from reviews.public import about

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_every_step_of_the_table_is_told_in_its_order_with_what_it_needs(client):
    html = client.get("/about/").content.decode()
    before, after = html.split('id="after-title"')

    def steps(part):
        return [
            (title, re.findall(r'<p class="small soft">(.*?)</p>', rest))
            for title, rest in re.findall(r"<li><h3>(.*?)</h3>(.*?)</li>", part)
        ]

    password, reason = "Needs a password, given for this text. ", "Needs a reason, which is kept."
    assert steps(before) == [
        ("A new edition begins", []),
        ("It is sent for review", []),
        ("It may be sent back", [reason]),
        ("Clinicians sign it", [password]),
        ("A signature may be taken back", [reason]),
        ("A clinician may decline it", [reason]),
        ("They may take that back", [reason]),
        ("It is published", []),
        ("It may be discarded", [reason]),
    ]
    assert [title for title, _ in steps(after)] == [
        "It is read again as a whole",
        "It may be checked without a change",
        "A page may be withdrawn at once",
        "Somebody else confirms that",
        "Then it is signed again",
        "It is reinstated",
    ]


def test_each_tier_is_told_with_its_signatures_and_its_interval_the_riskiest_first(client):
    html = client.get("/about/").content.decode()

    rows = [
        [strip_tags(cell).replace("&nbsp;", " ") for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", html.partition("<tbody>")[2])
    ]
    assert [row[1:] for row in rows] == [
        ["A specialist doctor and a pharmacist", "every 12 months"],
        ["A doctor or pharmacist, and one more registered clinician", "every 24 months"],
        ["A doctor or a pharmacist", "every 36 months"],
    ]
    assert [row[0].lower().split()[0] for row in rows] == ["high", "standard", "low"]


def test_a_step_says_from_which_states_it_leads_and_what_it_needs():
    steps = {name: about._step(row) for name, row in about.TRANSITIONS.items()}

    assert all(step.title and step.words for step in steps.values())
    assert len({step.title for step in steps.values()}) == len(steps)
    assert (steps["sign"].attested, steps["sign"].reason) == (True, False)
    assert (steps["send-back"].attested, steps["send-back"].reason) == (False, True)
    assert steps["send-back"].sources == "in review or clinician reviewed"


def test_the_public_key_is_the_one_that_seals(client):
    answer = client.get("/.well-known/clincalc-keys.json")

    (key,) = answer.json()["keys"]
    assert set(key) == {"id", "algorithm", "public"}
    assert (key["id"], key["algorithm"]) == (seals.key_id(), "Ed25519")
    public = base64.b64decode(key["public"], validate=True)
    assert public == seals.signer().public_bytes
    assert Ed25519PublicKey.from_public_bytes(public)
    # The key of the tests is bytes 0 to 31; what is told of it is its public half.
    assert public != bytes(range(32))
