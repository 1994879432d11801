"""A monograph that moves: old links lead to it for ever, and the trail still tells of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monographs.models import FormerAddress, Monograph, Publication
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.editing import monographs
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db


def again(house, slug):
    """The next edition of the monograph, published."""
    edition = make.start(house, Monograph.objects.get(slug=slug).live.edition)
    make.reword(edition, "monitoring", f"Words of {slug}.", actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    return make.publish(house, make.sign(edition, house.pharmacist))


def test_old_addresses_lead_to_the_new_one_for_ever(house, client):
    make.published(house)
    monographs.move(Monograph.objects.get(), slug="second", actor=house.publisher, reason="It has another name.")
    assert client.get("/drugs/testazumab/").status_code == 200  # what is published is sealed with its address
    assert client.get("/drugs/second/").status_code == 404
    again(house, "second")
    monographs.move(Monograph.objects.get(), slug="third", actor=house.publisher, reason="And another one.")
    again(house, "third")

    for old in ("testazumab", "second"):
        for path in ("", "editions/", "editions/1/", "editions/1...2/", "monograph.json"):
            answer = client.get(f"/drugs/{old}/{path}")
            assert (answer.status_code, answer.headers["Location"]) == (301, f"/drugs/third/{path}"), (old, path)
    assert client.get("/drugs/third/editions/1/").status_code == 200
    assert verify() == []
    client.force_login(house.editor)
    history = client.get("/desk/monographs/third/history/").content.decode()
    assert "moved it from second to third" in history
    assert "published edition 1" in client.get("/desk/monographs/third/history/?page=2").content.decode() + history


@pytest.mark.parametrize(
    ("slug", "code"),
    [
        ("otherumab", "slug_taken"),
        ("testazumab", "slug_taken"),
        ("Not an address", "slug"),
        ("new", "slug"),
        ("", "slug"),
        ("a" * 101, "slug"),
    ],
)
def test_an_address_is_free_and_can_be_one(house, slug, code):
    make.published(house, "otherumab")
    make.published(house)

    with pytest.raises(Refused) as refused:
        monographs.move(Monograph.objects.get(slug="testazumab"), slug=slug, actor=house.publisher, reason="why")

    assert refused.value.codes == [code]
    assert sorted(Monograph.objects.values_list("slug", flat=True)) == ["otherumab", "testazumab"]


def test_no_other_monograph_is_ever_put_at_a_former_address(house):
    make.draft(house)
    monographs.move(Monograph.objects.get(), slug="second", actor=house.publisher, reason="why")

    with pytest.raises(Refused) as refused:
        monographs.new(
            actor=house.editor, slug="testazumab", title="Another", therapeutic_class=house.leaf,
            new_drug={"name": "another"},
        )  # fmt: skip

    assert refused.value.codes == ["slug_taken"]


@pytest.mark.parametrize("who", ["editor", "clinician", "auditor", "nobody"])
def test_only_a_publisher_moves_it(house, who):
    make.published(house)

    with pytest.raises(Refused) as refused:
        monographs.move(Monograph.objects.get(), slug="second", actor=house.people[who], reason="why")

    assert refused.value.codes == ["not_granted"]
    assert Monograph.objects.get().slug == "testazumab"


def test_the_desk_finds_a_monograph_at_its_old_addresses_for_whoever_may_read_it(house, client):
    make.draft(house)
    for slug in ("second", "third"):
        monographs.move(Monograph.objects.get(), slug=slug, actor=house.publisher, reason="why")

    client.force_login(house.editor)
    for old in ("testazumab", "second"):
        page = client.get(f"/desk/monographs/{old}/")
        assert (page.status_code, page.context["monograph"].slug) == (200, "third")
    assert client.get("/desk/monographs/nowhere/").status_code == 404
    client.force_login(house.nobody)
    assert client.get("/desk/monographs/testazumab/").status_code == 403
    client.logout()
    assert client.get("/drugs/testazumab/").status_code == 404  # readers were never told of it


def test_the_form_keeps_what_was_typed(house, client):
    make.published(house)
    client.force_login(house.publisher)
    address = "/desk/monographs/testazumab/move/"

    refused = client.post(address, {"slug": "Not One", "reason": "Typed with care"})
    assert (refused.status_code, "Typed with care" in refused.content.decode()) == (422, True)
    done = client.post(address, {"slug": "second", "reason": "why"})
    assert (done.status_code, done.headers["Location"]) == (302, "/desk/monographs/second/")
    client.force_login(house.editor)
    assert "You need the publisher role" in client.get("/desk/monographs/second/move/").content.decode()


def test_a_discarded_monograph_that_moved_starts_again(house):
    edition = make.draft(house)
    monographs.move(Monograph.objects.get(), slug="second", actor=house.publisher, reason="why")
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Given up")

    assert make.start(house, edition).number == 2
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


def send_back(edition, actor, reason):
    return perform("send-back", editions=[edition], actor=actor, digest=make.seen(edition), reason=reason)[0]


def test_what_was_sent_back_before_it_moved_waits_with_its_reason(house, client):
    """And its neighbour, sent back at its own address, is told apart from it."""
    send_back(make.submit(house, make.draft(house)), house.pharmacist, "Say which test.")
    send_back(make.submit(house, make.draft(house, "neighbumab")), house.clinician, "Say how often.")
    monographs.move(Monograph.objects.get(slug="testazumab"), slug="second", actor=house.publisher, reason="why")
    client.force_login(house.editor)

    tasks = client.get("/desk/").context["tasks"]

    assert sorted((task.what, task.work.monograph.slug, task.reason) for task in tasks) == [
        ("Sent back", "neighbumab", "Say how often."),
        ("Sent back", "second", "Say which test."),
    ]


def test_whoever_meets_a_conflict_reads_what_was_done_before_the_move(house, client):
    edition = make.submit(house, make.draft(house))
    monographs.move(Monograph.objects.get(), slug="second", actor=house.publisher, reason="why")
    client.force_login(house.editor)

    answer = client.post("/desk/monographs/second/do/submit/", {"digest": make.seen(edition)})

    told = [one.event.verb for one in answer.context["meanwhile"].entries]
    assert (answer.status_code, told) == (409, ["moved", "submitted", "edited"])


def test_nothing_looks_through_the_whole_trail_for_moves(house, client):
    make.published(house)
    page = Monograph.objects.get()
    client.force_login(house.editor)

    with CaptureQueriesContext(connection) as queries:
        monographs.move(page, slug="second", actor=house.publisher, reason="why")
        for address in ("", "history/"):
            assert client.get(f"/desk/monographs/second/{address}").status_code == 200

    assert [one["sql"] for one in queries if "'moved'" in one["sql"] and one["sql"].startswith("SELECT")] == []


def linked_from(client):
    """Where the links of the editors lead, by the page as readers get it."""
    return [(one.slug, one.reason) for one in client.get("/drugs/testazumab/").context["page"].chosen]


def elsewhere():
    """A document that prints the class above: a link alone leads to its page."""
    header = make.document().header
    return make.document(header=header.replaced(class_path=header.class_path[:1]))


def moved(house, slug, to):
    return monographs.move(Monograph.objects.get(slug=slug), slug=to, actor=house.publisher, reason="why")


def test_a_link_of_the_editors_follows_a_monograph_that_moves(house, client):
    make.published(house, "otherzumab", elsewhere())
    make.published(house)
    assert linked_from(client) == [("otherzumab", "comparator")]

    moved(house, "otherzumab", "second")
    assert linked_from(client) == [("otherzumab", "comparator")]  # readers find it there until its next edition
    again(house, "second")
    assert linked_from(client) == [("second", "comparator")]
    moved(house, "second", "third")
    again(house, "third")
    assert linked_from(client) == [("third", "comparator")]
    make.withdraw(Monograph.objects.get(slug="third").live.edition, house.clinician, kind="take_down")
    assert linked_from(client) == []


def test_a_link_to_an_address_that_readers_were_never_told_of_leads_to_the_page(house, client):
    """Whoever writes a link takes the address that the desk shows: one from before the first edition, or after a move
    that readers do not know of yet."""
    draft = make.draft(house, "otherzumab", elsewhere())
    moved(house, "otherzumab", "second")
    make.published(house)
    assert linked_from(client) == []  # it is a draft

    make.submit(house, draft)
    make.sign(draft, house.clinician)
    make.publish(house, make.sign(draft, house.pharmacist))
    assert linked_from(client) == [("second", "comparator")]
    make.published(house, "thirdumab")
    moved(house, "thirdumab", "fourth")
    found = Publication.objects.at(["fourth", "second", "otherzumab", "nothing"])
    assert sorted(found.values_list("slug", flat=True)) == ["second", "thirdumab"]


def test_a_monograph_may_have_its_own_address_again_and_nobody_else_may(house, client):
    make.published(house)
    moved(house, "testazumab", "second")
    again(house, "second")
    other = make.draft(house, "otherzumab").monograph
    with pytest.raises(Refused) as refused:
        monographs.move(other, slug="testazumab", actor=house.publisher, reason="why")
    assert refused.value.codes == ["slug_taken"]

    moved(house, "second", "testazumab")
    assert client.get("/drugs/testazumab/").headers["Location"] == "/drugs/second/"  # until the next edition
    again(house, "testazumab")
    assert client.get("/drugs/testazumab/").status_code == 200
    assert client.get("/drugs/second/editions/1/").headers["Location"] == "/drugs/testazumab/editions/1/"
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["second"]
    assert verify() == []
    moved(house, "testazumab", "second")
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["testazumab"]
    assert verify() == []


def test_a_page_without_links_of_its_editors_leads_to_the_rest_of_its_class(house, client):
    make.published(house, "otherzumab")
    make.published(house, doc=make.document(related=()))

    page = client.get("/drugs/testazumab/").context["page"]

    assert ([one.slug for one in page.same_class], list(page.chosen)) == (["otherzumab"], [])
