"""The corpus for measurement: rows as the verbs leave them, the same for the same seed, and never beside content."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from reversion.models import Version

from monographs.assemble import build
from monographs.checks.problems import problems
from monographs.document import PathStep
from monographs.models import PARTS, Drug, Edition, Monograph, Publication, TherapeuticClass
from monographs.texts.text import CITATION
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.editing.library import make_drug
from reviews.editing.monographs import begin
from reviews.management.demonstration.load import sign
from reviews.models import AuditEvent, ChangeSet, SignOff
from reviews.workflow import perform
from tests import factories as make
from tests.bench import history
from tests.bench.content import SAYS_SO, generated
from tests.bench.management.commands.load_corpus import Command

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


with_nobody_there = pytest.mark.usefixtures("empty_database")


def load(count=4, **options):
    out = StringIO()
    call_command(Command(), count, **{"classes": 3, **options}, stdout=out)
    return out.getvalue()


def leaves():
    return [
        (PathStep(slug="generated", name="Generated"), PathStep(slug=f"class-{one}", name="A class")) for one in "ab"
    ]


@with_nobody_there
def test_a_corpus_is_published_and_the_trail_is_whole(client):
    said = load()

    assert "4 monographs in" in said
    assert verify() == []
    assert Publication.objects.live().count() == Monograph.objects.count() == 4
    assert TherapeuticClass.objects.filter(children=None).count() == 3
    for monograph in Monograph.objects.all():
        page = client.get(reverse("monograph", args=[monograph.slug]))
        assert page.status_code == 200
        assert SAYS_SO in page.content.decode()


@with_nobody_there
def test_batches_follow_one_another(monkeypatch):
    monkeypatch.setattr("tests.bench.load.A_BATCH", 2)

    load(5)

    assert verify() == []
    loaded = AuditEvent.objects.filter(verb="corpus_loaded").order_by("seq").values_list("data", flat=True)
    assert [one["monographs"] for one in loaded] == [2, 2, 1]


@with_nobody_there
def test_the_rows_are_those_that_the_verbs_leave(django_user_model):
    """The same document, brought through the verbs beside it, leaves the same rows but for keys, times and reasons."""
    load(1)
    people = {one.username: one for one in django_user_model.objects.all()}
    loaded = Edition.objects.select_related("monograph").get()
    with audited_write(actor=people["editor"]) as trail:
        edition = begin(
            trail,
            slug="by-the-verbs",
            drug=make_drug(trail, name="another", traits=loaded.monograph.drug.traits),
            therapeutic_class=loaded.monograph.therapeutic_class,
            document=build(loaded),
            reason=SAYS_SO,
        )
    perform("submit", editions=[edition], actor=people["editor"], digest=make.seen(edition))
    sign(edition, people["clinician"])
    sign(edition, people["pharmacist"])
    written = perform(
        "publish", editions=[edition], actor=people["publisher"], digest=make.seen(edition), reason=SAYS_SO
    )[0].edition

    assert facts(loaded) == facts(Edition.objects.get(pk=written.pk))


def facts(edition):
    """What the rows of an edition say, without what is of this one alone."""
    own = ("id", "edition_id", "monograph_id", "revision_id", "seal", "head", "slug", "at", "signed_at", "published_at")

    def said(row):
        columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        return {name: value for name, value in columns.items() if name not in own}

    (change_set,) = ChangeSet.objects.filter(edition=edition)
    versions = Version.objects.filter(revision=change_set.revision).select_related("content_type")
    publication = said(edition.publication)
    publication["signatures"] = [{**one, "signed_at": ""} for one in publication["signatures"]]
    monograph = Monograph.objects.get(pk=edition.monograph_id)
    return {
        "edition": said(edition),
        "parts": sorted(
            map(repr, (said(row) for model in PARTS.values() for row in model.objects.filter(edition=edition)))
        ),
        "change set": said(change_set),
        "versions": sorted((one.content_type.model, one.db, one.format, *_kept(one)) for one in versions),
        "sign-offs": [said(one) for one in SignOff.objects.filter(edition=edition)],
        "publication": publication,
        "monograph": (monograph.tier, monograph.next_review_due, monograph.live_id == edition.publication.pk),
    }


def _kept(version):
    """The words of a part's version. The edition's row is saved in an earlier state by the verbs."""
    (form,) = json.loads(version.serialized_data)
    told = {
        name: value for name, value in form["fields"].items() if name not in ("edition", "monograph", "state", "round")
    }
    return form["model"], json.dumps(told, sort_keys=True), version.object_repr if "edition" in form["fields"] else ""


@with_nobody_there
def test_work_goes_on_from_a_generated_edition(django_user_model):
    """The next edition goes all the way by the verbs, so nothing that they need is missing."""
    load(1)
    people = {one.username: one for one in django_user_model.objects.all()}
    live = Edition.objects.get()

    edition = perform("start", editions=[live], actor=people["editor2"], digest=make.seen(live))[0].edition

    assert build(edition) == build(live)
    assert [one.code for one in make.available(edition, people["editor2"])["submit"]] == ["nothing_changed"]
    assert verify() == []


@with_nobody_there
def test_the_history_of_a_generated_monograph_is_told(client, django_user_model):
    load(1)
    client.force_login(django_user_model.objects.get(username="editor"))

    page = client.get(reverse("history", args=[Monograph.objects.get().slug]))

    assert page.status_code == 200
    assert SAYS_SO in page.content.decode()


@pytest.mark.parametrize("number", range(12))
def test_a_generated_document_could_be_submitted(number):
    document = generated(1, number, leaves()).document

    assert problems(document) == []
    assert 5 <= len(document.sections) <= 9
    assert 5 <= len(document.monitoring) <= 40
    assert 5 <= len(document.citations) <= 40
    assert SAYS_SO in document.header.introduction
    assert all(SAYS_SO in section.text for section in document.sections)
    assert not any(re.search(r"\d", CITATION.sub("", section.text)) for section in document.sections)


def test_the_seed_alone_decides_the_words():
    assert generated(1, 7, leaves()) == generated(1, 7, leaves())
    assert generated(1, 7, leaves()) != generated(2, 7, leaves())
    assert generated(1, 7, leaves()).slug != generated(1, 8, leaves()).slug


@with_nobody_there
def test_the_same_seed_loads_the_same_documents():
    found = []
    for count in (3, 5):
        with make.undone():
            load(count, seed=3)
            found.append(list(Publication.objects.order_by("pk").values_list("slug", "document_id")))

    assert found[0] == found[1][:3]
    assert len(found[1]) == 5


def test_a_database_with_content_keeps_it(house):
    make.draft(house)
    before = AuditEvent.objects.count()

    with pytest.raises(CommandError, match="This database has content"):
        load()

    assert list(Monograph.objects.values_list("slug", flat=True)) == ["testazumab"]
    assert (Drug.objects.count(), AuditEvent.objects.count()) == (1, before)


@with_nobody_there
def test_a_second_corpus_is_refused():
    load(1)

    with pytest.raises(CommandError, match="This database has content"):
        load(1)

    assert Monograph.objects.count() == 1


@with_nobody_there
def test_a_house_that_was_begun_in_earnest_is_refused():
    with audited_write(actor=None) as trail:
        trail.record("begun_in_earnest", "site")

    with pytest.raises(CommandError, match="not begun as a demonstration"):
        load()

    assert AuditEvent.objects.count() == 1


@with_nobody_there
@pytest.mark.parametrize("options", [{"count": 0}, {"classes": 0}])
def test_nothing_to_load_is_refused(options):
    with pytest.raises(CommandError, match="at least one"):
        load(**options)

    assert not AuditEvent.objects.exists()


@with_nobody_there
def test_a_long_history_and_a_long_trail_are_whole(client, django_user_model, monkeypatch):
    """And what people read of it: whose change set it was, and of which section."""
    monkeypatch.setattr(history, "A_BATCH", 3)
    monkeypatch.setattr(history, "MANY", 4)
    load(1)

    edition = history.with_history(8)
    history.fill_trail(10)

    assert verify() == []
    assert len(list(build(edition).parts())) == history.PARTS
    assert edition.change_sets.count() == 8
    client.force_login(django_user_model.objects.get(username="auditor"))
    page = client.get(reverse("history", args=[edition.monograph.slug])).content.decode()
    assert ("Demo editor 2" in page, page.count("tried to change it")) == (True, 2)
