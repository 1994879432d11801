"""A space that became another one is called by its name on every page that shows the difference, and marks no figure."""

import pytest

from monographs.models import Monograph
from reviews.models import ChangeSet
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db

NAMED = '5<ins><span class="vh">Added: </span>␣</ins><span class="called"> no-break space U+00A0 (was: space) </span>mg'
ONLY = "Only spaces changed."


def test_it_is_named_on_the_desk_and_for_readers(house, client):
    doc = make.document()
    doc = doc.replaced(sections=(doc.sections[0].replaced(text="Give 5 mg daily."), *doc.sections[1:]))
    first = make.published(house, doc=doc)
    edition = make.start(house, first)
    make.reword(edition, "prescribing", "Give 5\u00a0mg daily.", actor=house.editor)
    make.submit(house, edition)
    change = ChangeSet.objects.filter(edition=edition).latest("at")
    desk = "/desk/monographs/testazumab/"
    client.force_login(house.clinician)

    for path in ("review/", f"history/?change={change.pk}", "compare/?from=live&to=now"):
        html = client.get(f"{desk}{path}").content.decode()
        assert (html.count(NAMED), html.count(ONLY)) == (1, 1), path
        assert "Prescribing in practice: only spaces changed" in html, path

    make.sign(edition, house.clinician)
    make.sign(edition, house.pharmacist)
    perform("publish", editions=[edition], actor=house.publisher, digest=make.seen(edition))
    html = client.get("/drugs/testazumab/editions/1...2/").content.decode()
    assert (html.count(NAMED), html.count(ONLY)) == (1, 1)
    for path in (
        "/",
        "/updates/",
        "/updates/feed/",
        "/drugs/testazumab/editions/",
        "/drugs/testazumab/editions/1...2/",
    ):
        assert "Prescribing in practice: only spaces changed." in client.get(path).content.decode(), path
    assert Monograph.objects.get().live.number == 2
