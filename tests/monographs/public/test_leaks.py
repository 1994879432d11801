"""Nothing unpublished is public: a marker in every field of drafts, comments of the trail and discarded editions is on
no public address, in no form and no header."""

import json
from uuid import uuid4

import pytest
from django.urls import reverse

from monographs.document import Brand, Citation, Code, DrugName, MonitoringItem, RelatedLink, SafetyNotice, Section
from reviews.workflow import perform
from tests import factories as make
from tests.test_access import PUBLIC, routes

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

MARKER = "zqxmarker"


def marked(doc):
    """The document with the marker in every field that takes words."""
    header = doc.header.replaced(
        title=f"{MARKER} title", name=f"{MARKER} name", names=(DrugName(kind="other", name=f"{MARKER} other"),),
        brands=(Brand(name=f"{MARKER} brand", country="GB"),),
        codes=(Code(system="RxNorm", code="117055", name=f"{MARKER} code"),), covers=f"{MARKER} covers",
        not_covered=f"{MARKER} not", introduction=f"{MARKER} introduction",
    )  # fmt: skip
    return doc.replaced(
        header=header,
        sections=(Section(key=uuid4(), kind="cautions", heading=f"{MARKER} heading", text=f"{MARKER} text"),),
        monitoring=(
            MonitoringItem(
                key=uuid4(), **{name: f"{MARKER} {name}" for name in ("test", "when", "how_often", "how_long", "note")}
            ),
        ),
        notices=(
            SafetyNotice(
                key=uuid4(), type="boxed_warning", severity="critical", title=f"{MARKER} notice", text=f"{MARKER} text",
                action=f"{MARKER} action", issued="2026-01-01", source=MARKER,
            ),
        ),
        citations=(Citation(key=uuid4(), label=MARKER, csl={"title": f"{MARKER} record", "DOI": f"10.1234/{MARKER}"}),),
        related=(RelatedLink(key=uuid4(), target=MARKER, reason=f"{MARKER} reason"),),
    )  # fmt: skip


@pytest.fixture
def house():
    """A live page with an open marked edition, a marked draft, a marked edition in review, a marked discarded one."""
    house = make.the_house()
    live = make.published(house)
    draft = make.start(house, live)
    with make.audited_write(actor=house.editor) as trail:
        with make.change_set(trail, edition=draft, reason=f"{MARKER} reason") as change:
            change.load(marked(make.document()))
    make.draft(house, f"{MARKER}-draft", marked(make.document()))
    make.submit(house, make.draft(house, f"{MARKER}-review", marked(make.document())))
    gone = make.draft(house, f"{MARKER}-gone", marked(make.document()))
    perform("discard", editions=[gone], actor=house.editor, digest=make.seen(gone), reason=f"{MARKER} reason")
    return house


def addresses():
    values = {"number": 1, "one": 1, "other": 2}
    for name, pattern, _entry in routes():
        if name not in PUBLIC or name.startswith(("admin", "account", "mfa")):
            continue
        for slug in ("testazumab", f"{MARKER}-draft", f"{MARKER}-review", f"{MARKER}-gone", "multiple-sclerosis"):
            given = {field: value for field, value in values.items() if f":{field}>" in pattern}
            if "token>" in pattern:
                given["token"] = "nothing"
            if "slug>" in pattern:
                given["slug"] = slug
            yield reverse(name, kwargs=given)
    yield from (
        f"/search/?q={MARKER}",
        f"/search/?q={MARKER}+text",
        "/drugs/?letter=Z",
        f"/drugs/?letter={MARKER}"[:16],
    )
    yield f"/drugs/{MARKER}-brand/"


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_public_address_tells_of_what_is_not_published(client, house, signed_in):
    seen = {}
    if signed_in:
        client.force_login(house.editor)

    for address in sorted(set(addresses())):
        answer = client.get(address)
        seen[address] = answer.status_code
        body = answer.content.decode().replace(address, "").replace(f'value="{MARKER}', "")
        said = body.replace(f"“{MARKER}", "").replace(f"Search: {MARKER}", "")
        assert MARKER not in said.lower(), address
        assert MARKER not in json.dumps(dict(answer.headers)).lower(), address
        assert "Set-Cookie" not in answer.headers, address
        assert "cookie" not in answer.headers.get("Vary", "").lower(), address

    assert seen["/drugs/testazumab/"] == 200
    assert {seen[f"/drugs/{MARKER}-{name}/"] for name in ("draft", "review", "gone", "brand")} == {404}


def test_a_draft_is_answered_like_what_never_was(client, house):
    for path in ("", "editions/", "editions/1/", "editions/1...2/", "monograph.json"):
        assert client.get(f"/drugs/{MARKER}-draft/{path}").content == client.get(f"/drugs/neverwas/{path}").content, (
            path
        )


def test_work_on_an_edition_changes_no_byte_for_readers(client, house):
    paths = ("/", "/drugs/", "/drugs/testazumab/", "/updates/feed/", "/sitemap-1.xml", "/classes/")
    before = {path: (client.get(path).content, client.get(path).headers["ETag"]) for path in paths}
    edition = make.draft(house, "anotherumab")
    make.reword(edition, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)

    assert {path: (client.get(path).content, client.get(path).headers["ETag"]) for path in paths} == before
