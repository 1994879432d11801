"""The one file by which anybody checks a page without us: on what the service serves, with and without what stands over
a page, by keys old and new; and what it is told to be wrong. Another house's JWS and JWK agree."""

import base64
import copy
import importlib.util
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk, jws
from joserfc.errors import JoseError

from monographs.canonical import canonical
from monographs.standing import today
from reviews import signing_keys
from reviews.audit import certificates, keys, seals
from reviews.audit.verify import verify
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
FILE = Path(__file__).parents[1] / "tools" / "verify_certificate.py"
SECOND, THIRD, STRANGE = (keys.Signer(base64.b64encode(bytes(range(n, n + 32))).decode()) for n in (1, 2, 9))
ENCODED = {one: base64.b64encode(bytes(range(n, n + 32))).decode() for n, one in ((1, SECOND), (2, THIRD))}
KEYS, JWKS, PAGE = "/.well-known/clincalc-keys.json", "/.well-known/jwks.json", "/drugs/testazumab/"


def by_itself():
    """The file as its users have it: of its own, with nothing of ours beside it."""
    spec = importlib.util.spec_from_file_location("verify_certificate", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = by_itself()


@pytest.fixture(scope="module")
def once(once_a_module):
    house = make.the_house()
    make.published(house)
    return house


@pytest.fixture
def house(db, once):
    return copy.deepcopy(once)


@pytest.fixture
def served(client):
    """What a reader fetches: the page as data, the certificate of its edition, the keys."""

    def fetched():
        page = client.get(f"{PAGE}monograph.json").json()
        return page, client.get(f"{PAGE}editions/{page['edition']}/certificate.json").json(), client.get(KEYS).json()

    return fetched


@pytest.fixture
def checked(tmp_path, capsys):
    def run(page, certificate, known, *options):
        names = []
        for name, one in (("page", page), ("certificate", certificate), ("keys", known)):
            (tmp_path / name).write_text(one if isinstance(one, str) else json.dumps(one))
            names.append(str(tmp_path / name))
        code = tool.main([*names, *options])
        return code, capsys.readouterr().out

    return run


def with_jose(certificate, known):
    """The payload of the certificate, by joserfc and our JWK set alone."""
    by = jwk.KeySet.import_key_set(known)
    payload = canonical(certificate["sealed"])
    return jws.deserialize_compact(certificate["jws"], by, algorithms=["Ed25519"], payload=payload).payload.decode()


def rotated(settings, new):
    signing_keys.rotate(ENCODED[new], reason="Every two years")
    settings.SIGNING_KEY = ENCODED[new]


def test_a_page_as_it_is_served_is_verified_and_joserfc_agrees(house, served, checked, client):
    page, certificate, known = served()

    code, said = checked(page, certificate, known, "--key", seals.key_id())

    assert (code, said.splitlines()[0][:44]) == (0, "Verified: edition 1 of testazumab, published")
    assert said.count("Signed ") == 2
    assert json.loads(with_jose(certificate, client.get(JWKS).json())) == certificate["sealed"]
    header = json.loads(base64.urlsafe_b64decode(certificate["jws"].split(".")[0] + "=="))
    assert header == {"alg": "Ed25519", "kid": seals.key_id(), "typ": "clincalc-certificate+jws"}
    assert "taken at the word" in checked(page, certificate, known)[1]


def test_it_is_one_file_that_knows_nothing_of_ours(house, served, tmp_path):
    for name, one in zip(("p", "c", "k"), served(), strict=True):
        (tmp_path / name).write_text(json.dumps(one))
    (tmp_path / "v.py").write_text(FILE.read_text())
    watched = "import runpy, sys; sys.argv = ['v.py', 'p', 'c', 'k']\ntry: runpy.run_path('v.py', run_name='__main__')\nfinally: assert not {'django', 'reviews', 'monographs', 'socket'} & set(sys.modules)"  # fmt: skip

    done = subprocess.run([sys.executable, "-I", "-c", watched], cwd=tmp_path, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Verified: ")


def test_what_is_withheld_or_corrected_leaves_the_rest_verified(house, served, checked):
    page = make.Monograph.objects.get()
    make.withhold(page, make.key("prescribing"), house.publisher)
    make.correct(house.pharmacist, page, "Tests go on for years.", "Tests go on for months.")

    code, said = checked(*served())

    assert code == 0
    assert (
        f"Not shown. The page says that it is withheld, which nobody signed: section {make.key('prescribing')}." in said
    )


def test_certificates_by_keys_old_and_new_hold_and_those_of_a_revoked_one_are_made_again(
    house, served, checked, settings, client
):
    first, before = seals.key_id(), client.get(f"{PAGE}editions/1/certificate.json")
    rotated(settings, SECOND)
    make.published(house, "otherumab")
    page, certificate, known = served()
    assert certificate == before.json()
    for trusted in (first, SECOND.id):
        assert checked(page, certificate, known, "--key", trusted)[0] == 0
    rotated(settings, THIRD)
    html, shown = client.get(PAGE).content, before.json()

    assert signing_keys.revoke(first, reason="It was on a stolen laptop") == 1

    again = served()[1]
    assert client.get(PAGE).content == html
    assert {**again, "jws": ""} == {**shown, "jws": ""}
    assert again["jws"] != shown["jws"]
    assert checked(*served(), "--key", THIRD.id)[0] == 0
    code, said = checked(page, shown, client.get(KEYS).json())
    assert (code, said) == (1, f"NOT VERIFIED. The key {first} of the certificate is unknown or revoked.\n")
    assert checked(*served(), "--key", first)[1].startswith(f"NOT VERIFIED. The key {first} was revoked.")
    jwks = client.get(JWKS).json()
    assert [one["kid"] for one in jwks["keys"]] == [THIRD.id, SECOND.id]
    assert json.loads(with_jose(again, jwks)) == again["sealed"]
    with pytest.raises((JoseError, ValueError)):
        with_jose(shown, jwks)
    assert verify() == []


def test_a_page_that_was_taken_down_has_no_certificate(house, client):
    page = make.Monograph.objects.get()
    make.withdraw(page.live.edition, house.publisher, kind="take_down")

    gone = client.get(f"{PAGE}editions/1/certificate.json")

    assert (gone.status_code, "jws" in gone.json()) == (410, False)
    for nothing in (f"{PAGE}editions/2/certificate.json", "/drugs/nothing/editions/1/certificate.json"):
        assert client.get(nothing).status_code == 404


def deep(one):
    return copy.deepcopy(one)


def changed(where, value):
    """An edit at a path of the page, the certificate or the keys."""

    def edit(page, certificate, known):
        at = {"page": page, "certificate": certificate, "keys": known}
        *path, last = where.split(".")
        for name in path:
            at = at[int(name) if name.isdigit() else name]
        at[int(last) if last.isdigit() else last] = value(at[int(last) if last.isdigit() else last])

    return edit


def theirs(page, certificate, known):
    """Somebody else signs it, and says in the keys file that they are the publisher."""
    header = base64.urlsafe_b64encode(canonical({"alg": "Ed25519", "kid": STRANGE.id, "typ": tool.TYPE}).encode())
    payload = base64.urlsafe_b64encode(canonical(certificate["sealed"]).encode()).rstrip(b"=")
    signature = base64.urlsafe_b64encode(STRANGE.sign_bytes(header.rstrip(b"=") + b"." + payload)).rstrip(b"=")
    certificate["jws"] = f"{header.decode().rstrip('=')}..{signature.decode()}"
    known["keys"].insert(0, {"id": STRANGE.id, "algorithm": "Ed25519", "public": STRANGE.public})


def pop(where):
    def edit(page, certificate, known):
        {"sections": page["document"]["sections"], "notices": page["document"]["notices"]}[where].pop(0)

    return edit


FORGED = {
    "a word": changed("page.document.sections.0.text", lambda text: f"{text} Twice."),
    "the heading of a part": changed("page.document.sections.0.heading", lambda text: "Other"),
    "the name": changed("page.document.header.name", lambda text: "Otherumab"),
    "the edition": changed("page.edition", lambda number: 2),
    "who signed": changed("page.signatures.0.reader_title", lambda text: "professor"),
    "the digest": changed("page.digest", lambda text: "0" * 64),
    "the day": changed("page.published_at", lambda text: "2020-01-01T00:00:00+00:00"),
    "the address": changed("page.slug", lambda text: "otherumab"),
    "a part left out": pop("sections"),
    "parts in another order": changed("page.document.sections", lambda found: found[::-1]),
    "a part twice": changed("page.document.sections", lambda found: [found[0], *found]),
    "more than was signed": changed("page.document", lambda found: {**found, "doses": []}),
    "what was sealed": changed("certificate.sealed.number", lambda number: 2),
    "a part of the certificate": changed("certificate.parts.0.2", lambda text: "0" * 64),
    "parts of the certificate in another order": changed("certificate.parts", lambda found: found[::-1]),
    "a signature": changed("certificate.jws", lambda text: text[:-6] + "AAAAAA"),
    "a payload in it": changed("certificate.jws", lambda text: text.replace("..", ".e30.")),
    "no signature": changed("certificate.jws", lambda text: "x"),
    "another way to sign": changed("certificate.jws", lambda text: "eyJhbGciOiJub25lIn0.."),
    "the public key": changed("keys.keys.0.public", lambda text: STRANGE.public),
    "whose key it is": theirs,
    "no keys": changed("keys.keys", lambda found: []),
    "keys of another kind": changed("keys.keys", lambda found: 7),
}


@pytest.mark.parametrize("what", FORGED)
def test_what_was_changed_is_not_verified(house, served, checked, what):
    files = served()
    FORGED[what](*files)

    code, said = checked(*files, "--key", seals.key_id())

    assert (code, said[:14]) == (1, "NOT VERIFIED. "), said


NOTICE = make.document().notices[0]
DAYS = {  # of a notice: whether the page shows it today, and what is said of a page without it
    "in force": ({}, True, "NOT VERIFIED. A safety notice that is in force is not in the page"),
    "ended": ({"expires": "2020-01-01"}, False, "Not shown, as it ended on 2020-01-01: notice "),
    "not begun": (
        {"effective": (today() + timedelta(days=365)).isoformat()},
        False,
        "NOT VERIFIED. A safety notice that was signed is not in the page",
    ),
}


@pytest.mark.parametrize("days", DAYS)
def test_a_notice_is_left_out_by_its_own_signed_days_alone(db, served, checked, days):
    """One that has not begun is told by nobody, the certificate neither, and so nobody can say that it was not cut out."""
    when, shows, said = DAYS[days]
    make.published(make.the_house(), doc=make.document(notices=(NOTICE.replaced(**when),)))
    page, certificate, known = served()
    assert bool(page["document"].get("notices")) == shows
    assert bool(certificate["notices"]) == (days != "not begun")
    page["document"].pop("notices", None)

    code, out = checked(page, certificate, known)

    assert (code, said in out) == (int(said.startswith("NOT")), True), out
    # A certificate that was kept from before it told of notices holds for a page that shows them all.
    certificate.pop("notices")
    code, out = checked(page, certificate, known)
    assert (code, "the certificate does not tell." in out) == (1, True)
    if shows:
        page = served()[0]
        assert checked(page, certificate, known)[0] == 0
    # Days that were changed are not signed.
    certificate["notices"] = [{**json.loads(canonical(NOTICE.model_dump(mode="json"))), "expires": "2020-01-02"}]
    page["document"].pop("notices", None)
    assert checked(page, certificate, known)[0] == 1


def test_only_what_may_be_withheld_is_taken_for_it_and_no_word_of_the_page_is_said(house, served, checked):
    fields = {"sections": True, "monitoring": True, "notices": False, "citations": False, "related": False}
    for field, may in fields.items():
        page, certificate, known = served()
        part = page["document"][field].pop(0)
        page["withheld"] = [{"key": part["key"], "part": "\x1b[2J\nVerified: everything", "at": "2026-01-01"}]
        code, said = checked(page, certificate, known)
        assert (field, code) == (field, 0 if may else 1), said
        assert ("which nobody signed: " in said and part["key"] in said) == may
        assert "\x1b" not in said
        assert "everything" not in said
    for key in (served()[0]["document"]["sections"][0]["key"], "0" * 8, "\x1b[2J", 7):  # which it shows, or never had
        page, certificate, known = served()
        page["withheld"] = [{"key": key, "part": "x"}]
        code, said = checked(page, certificate, known)
        assert (code, said.count("\n"), "\x1b" in said) == (1, 1, False)
    # Nor does anything else that nobody signed reach the terminal as it stands.
    page, certificate, known = served()
    page["document"]["sections"][0]["key"] = "\x1b[2J\nVerified: everything\u202e"
    said = checked(page, certificate, known)[1]
    assert (said.startswith("NOT VERIFIED. "), said.count("\n"), "\x1b" in said, "\u202e" in said) == (
        True,
        1,
        False,
        False,
    )


def certified(certificate, by, at):
    """As whoever has this key would certify it, as of that day, with all else as it is."""
    sealed = {**certificate["sealed"], "published_at": at}
    return {**certificate, "sealed": sealed, "jws": certificates.signed(sealed, by)}


def test_a_key_that_handed_over_certifies_nothing_new_and_revokes_nothing_newer(house, served, checked, settings):
    page, certificate, _known = served()
    first = keys.Signer(settings.SIGNING_KEY)
    rotated(settings, SECOND)
    rotated(settings, THIRD)
    known = served()[2]
    assert checked(page, certificate, known)[0] == 0
    for by, at, holds in (
        (first, "2099-01-01T00:00:00.000000Z", False), (SECOND, "2099-01-01T00:00:00.000000Z", False),
        (THIRD, "2099-01-01T00:00:00.000000Z", True), (first, "2001-01-01T00:00:00.000000Z", True),
    ):  # fmt: skip
        code, said = checked({**page, "published_at": at}, certified(certificate, by, at), known)
        assert (by.id, code, "certifies nothing of then" in said) == (by.id, int(not holds), not holds)
    assert checked(page, certificate, known, "--key", THIRD.public)[0] == 0
    assert checked(page, certificate, known, "--key", STRANGE.public)[0] == 1

    def revoked(one, by):
        form = {
            "kind": "revoked", "key": one.id, "public": one.public, "by": by.id, "by_public": by.public,
            "at": "2001-01-01T00:00:00.000000Z", "seq": 1, "head": "a" * 64,
        }  # fmt: skip
        return {**known, "statements": [*known["statements"], keys.sign(form, key=None, by=by)]}

    now = certified(certificate, THIRD, page["published_at"])
    for one, by in ((THIRD, first), (THIRD, SECOND), (SECOND, first), (first, STRANGE)):
        assert checked(page, now, revoked(one, by), "--key", one.id)[0] == 0
    assert checked(page, now, revoked(first, THIRD), "--key", first.id)[0] == 1


@pytest.mark.parametrize("odd", ["", "[]", "{}", '{"a": 1, "a": 2}', '{"a": NaN}', "[" * 100_000, "\x00"])
def test_a_file_that_is_none_is_said(house, served, checked, odd):
    for place in range(2):
        files = list(served())
        files[place] = odd
        assert checked(*files)[0] == 2, place
    page, certificate, _keys = served()
    assert checked(page, certificate, odd)[0] in (1, 2)


numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | numbers | texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner)
)


@given(values)
def test_its_canonical_text_is_that_of_the_service(value):
    assert tool.canonical(value) == canonical(value)
