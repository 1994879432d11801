"""The form that gives a monograph another address: to whom it is shown, and what it keeps."""

import pytest

from monographs.models import Monograph
from reviews.models import AuditEvent
from tests import factories as make
from tests.forms import wrong

pytestmark = pytest.mark.any_database

ADDRESS = "/desk/monographs/testazumab/move/"


def slug():
    return Monograph.objects.get().slug


@pytest.mark.parametrize(
    ("person", "shown", "status"),
    [("publisher", 200, 302), ("editor", 200, 403), ("clinician", 200, 403), ("nobody", 403, 403), ("", 302, 302)],
)
def test_who_may_move_it(house, enter, person, shown, status):
    make.draft(house)
    client, entries = enter(person), AuditEvent.objects.count()

    page = client.get(ADDRESS)
    answer = client.post(ADDRESS, {"slug": "second", "reason": " It has another name. "})

    assert (page.status_code, answer.status_code) == (shown, status)
    assert slug() == ("second" if person == "publisher" else "testazumab")
    if shown == 200:
        html = page.content.decode()
        assert ("Move the monograph</button>" in html) == (person == "publisher")
        assert ("You need the publisher role for" in html) == (person != "publisher")
        assert "Now it is /drugs/testazumab/." in html
        last = AuditEvent.objects.latest("seq")
        assert (last.verb, last.reason) == (
            "moved" if person == "publisher" else "refused",
            "It has another name." if person == "publisher" else last.reason,
        )
    else:
        assert AuditEvent.objects.count() == entries
    if person == "publisher":
        assert answer.headers["Location"] == "/desk/monographs/second/"
        workspace = client.get("/desk/monographs/second/").content.decode()
        assert "Its address is second; readers find it there from the next edition on." in workspace
        assert 'href="/desk/monographs/second/move/">Move it</a>' in workspace


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"slug": "Not one", "reason": "why"}, "slug", "“Not one” cannot be an address."),
        ({"slug": "new", "reason": "why"}, "slug", "“new” cannot be an address."),
        ({"slug": "testazumab", "reason": "why"}, "slug", "There is, or was, a monograph at “testazumab”."),
        ({"slug": "second", "reason": " "}, "reason", "Say why: the reason is kept."),
    ],
)
def test_what_is_refused_is_said_and_kept(house, enter, sent, field, said):
    make.draft(house)

    answer = enter("publisher").post(ADDRESS, sent)

    html = answer.content.decode()
    assert (answer.status_code, slug()) == (422, "testazumab")
    assert list(wrong(answer)) == [field]
    assert said in html
    assert {name: answer.context["form"][name].value() for name in sent} == sent
    assert f'name="slug" value="{sent["slug"]}"' in html
    assert f"{sent['reason']}</textarea>" in html


def test_while_somebody_else_writes_what_was_typed_is_kept(house, enter, monkeypatch):
    from reviews.audit.trail import WriteLockTimeout

    def busy(*_args, **_how):
        raise WriteLockTimeout

    make.draft(house)
    monkeypatch.setattr("reviews.editing.monographs.move", busy)

    answer = enter("publisher").post(ADDRESS, {"slug": "second", "reason": "It has another name."})

    assert answer.status_code == 503
    assert "It has another name.</textarea>" in answer.content.decode()
