"""Two monographs on one drug are told apart by their titles wherever the desk names one, and its pages say in title and
heading which one they are about."""

import re
from html import unescape

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone

from monographs.models import Drug, Monograph
from reviews.access import rechecks
from reviews.audit.trail import audited_write
from reviews.desk.published.urgent_tasks import waiting_for
from reviews.editing.monographs import begin
from reviews.models import ChangeSet, Recheck
from reviews.reports.reminders import wanted
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

OF_MS, OF_CROHN = "Testazumab in multiple sclerosis", "Testazumab: Crohn’s disease"
BY_SLUG = {"testazumab": OF_MS, "testazumab-crohn": OF_CROHN}


@pytest.fixture
def two(house):
    """Two on one drug, of one name; each live, withdrawn by a publisher, with the next edition as a draft. The title of
    the second names no drug."""
    first = make.published(house)
    doc = make.document()
    doc = doc.replaced(header=doc.header.replaced(title="Crohn’s disease", covers=""), related=())
    with audited_write(actor=house.editor) as trail:
        second = begin(
            trail, slug="testazumab-crohn", drug=Drug.objects.get(), therapeutic_class=house.leaf, document=doc,
            reason="Another use",
        )  # fmt: skip
    make.submit(house, second)
    make.sign(second, house.clinician)
    second = make.publish(house, make.sign(second, house.pharmacist))
    for edition in (first, second):
        make.withdraw(edition, house.publisher)
        make.start(house, edition)
    return house


def shown(client, path):
    html = client.get(path).content.decode()
    title = unescape(re.search("<title>(.*?)</title>", html, re.DOTALL)[1])
    heading = " ".join(unescape(re.sub("<.*?>", "", one)) for one in re.findall("<h1.*?</h1>", html, re.DOTALL))
    return title, heading, unescape(re.sub("<.*?>", "", html))


def below_monographs():
    """{name of an address below one of a monograph: what it takes beside the slug}"""
    found = {}
    for name, ways in get_resolver().reverse_dict.lists():
        for ((path, given),), *_rest in ways:
            if isinstance(name, str) and path.startswith("desk/monographs/%(slug)s"):
                found[name] = [one for one in given if one != "slug"]
    return found


def addresses(slug):
    change = ChangeSet.objects.filter(edition__monograph__slug=slug).first().pk
    given = {"key": make.key("prescribing"), "part": "header", "kind": "section"}
    for name, more in sorted(below_monographs().items()):
        values = {**given, "key": change if name == "restore" else given["key"]}
        if set(more) <= values.keys():
            yield name, reverse(name, kwargs={"slug": slug, **{one: values[one] for one in more}})


def test_every_page_of_a_monograph_says_in_title_and_heading_which_one_it_is(two, enter):
    client, read = enter("editor"), set()
    for slug, called in BY_SLUG.items():
        for name, path in addresses(slug):
            answer = client.get(path)
            if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
                continue
            if b"<title>" not in answer.content:
                continue  # a part of a page
            title, heading, _ = shown(client, path)
            assert called in title, (name, title)
            if name != "preview":  # its heading is the page’s own
                assert called in heading, (name, heading)
            read.add(name)
    assert read >= {
        "workspace", "edit", "edit_order", "part_edit", "preview", "history", "compare", "restore", "published", "move",
        "copy", "start_from", "start_sections", "review",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/desk/?show=all", "/desk/monographs/"])
def test_lists_of_monographs_tell_them_apart(two, enter, path):
    _, _, words = shown(enter("editor"), path)

    assert (OF_MS in words, OF_CROHN in words) == (True, True)


def test_what_waits_for_somebody_says_for_which_page(two, house):
    assert {one.name for one in waiting_for(house.clinician)} == {OF_MS, OF_CROHN}


def test_mails_say_of_which_page(two, house):
    words = [words for key, _, _, words, _ in wanted(timezone.now()) if key.startswith("second:")]

    assert sorted(one.partition(": ")[2] for one in words) == sorted(BY_SLUG.values())


def test_a_review_of_a_signature_and_the_page_of_a_person_say_which_page(two, house, enter):
    rechecks.open_rechecks(house.clinician.clinician_profile, actor=house.admin, reason="Looked up again")
    client = enter("pharmacist")
    for one in Recheck.objects.all():
        title, heading, _ = shown(client, reverse("recheck", args=[one.pk]))
        assert BY_SLUG[one.monograph.slug] in title
        assert BY_SLUG[one.monograph.slug] in heading


def test_whoever_chooses_a_page_to_copy_from_or_to_warn_on_reads_titles(two, enter):
    _, _, words = shown(enter("editor"), reverse("start_from", args=["testazumab"]))
    assert OF_CROHN in words
    _, _, words = shown(enter("clinician"), "/desk/warnings/new/")
    assert (OF_MS in words, OF_CROHN in words) == (True, True)


def test_a_monograph_that_was_never_published_is_called_by_its_newest_edition_and_at_first_by_its_drug(house):
    doc = make.document()
    edition = make.draft(house, doc=doc.replaced(header=doc.header.replaced(name="", title="")))
    assert Monograph.objects.get().called == edition.called == edition.monograph.drug.name.capitalize()

    other = make.draft(house, "otherzumab")
    assert Monograph.objects.get(slug="otherzumab").called == other.called == OF_MS
