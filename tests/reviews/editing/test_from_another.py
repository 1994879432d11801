"""Parts that begin as copies of another monograph's: what comes along, whose words they stay, and what is refused."""

from types import SimpleNamespace

import pytest

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.document import Brand, Citation, MonitoringItem, Section
from monographs.models import Monograph, Reference
from reviews.access.refusals import Conflict, Refused
from reviews.audit.verify import verify
from reviews.editing.from_another import copy_parts, source_of
from reviews.models import AuditEvent, ChangeSet
from reviews.review.copied_from import names_told
from reviews.review.edition_review import EditionReview
from reviews.workflow import TRANSITIONS, refusals
from tests import factories as make

pytestmark = pytest.mark.django_db
PRESCRIBING, FBC = make.key("prescribing"), make.key("fbc")


@pytest.fixture(scope="module")
def made(once_a_module):
    """A published monograph whose reader knows it as Elsezumab, with two sources; another that is a draft."""
    house, base = make.the_house(), make.document()
    test = base.monitoring[0].replaced(source="leaflet")
    source = base.replaced(
        header=base.header.replaced(name="Elsezumab", title="Elsezumab", brands=(Brand(name="Elsera", country="GB"),)),
        sections=(
            base.sections[0].replaced(text="- Start **Elsezumab** slowly [@trial2020], [@leaflet]."),
            *base.sections[1:],
        ),
        monitoring=(test,),
        citations=(
            *base.citations,
            Citation(key=make.key("leaflet"), label="leaflet", csl={"type": "report", "title": "A leaflet", "id": ""}),
            Citation(
                key=make.key("never"), label="never", csl={"type": "report", "title": "Not cited there", "id": ""}
            ),
        ),
    )
    make.published(house, "elsezumab", source)
    mine = make.document(
        sections=(Section(key=make.key("own"), kind="cautions", heading="Cautions", text="Mind it [@leaflet]."),),
        monitoring=(),
        citations=(
            Citation(
                key=make.key("mine"), label="pivotal", csl={"type": "article-journal", "title": "A trial", "id": ""}
            ),
            Citation(
                key=make.key("other"), label="leaflet", csl={"type": "report", "title": "Another leaflet", "id": ""}
            ),
        ),
        notices=(),
        related=(),
    )
    return SimpleNamespace(edition=make.draft(house, "minezumab", mine, actor=house.editor2))


@pytest.fixture
def edition(made):
    return made.edition


@pytest.fixture
def source(made):
    return Monograph.objects.get(slug="elsezumab")


def copied(edition, source, house, *keys, actor=None, **how):
    given = {"seen": 1, "actor": actor or house.editor2, **how}
    return copy_parts(edition, source=source, keys=keys or [PRESCRIBING], **given)


def test_what_is_offered_is_what_readers_see_and_nothing_of_one_drug_alone(house, source):
    offered = source_of(source)

    assert [one.part_kind for one in offered.parts] == ["section", "section", "monitoring"]
    assert source_of(Monograph.objects.get(slug="minezumab")) is None


def test_the_words_come_with_their_references_under_labels_that_are_free_here(house, edition, source):
    section, test = copied(edition, source, house, PRESCRIBING, FBC)

    now = build(edition)
    by_key = now.by_key()
    assert [one.label for one in now.citations] == ["pivotal", "leaflet", "leafletb"]
    assert by_key[section].text == "- Start **Elsezumab** slowly [@pivotal], [@leafletb]."
    assert by_key[test].source == "leafletb"
    assert {section, test} & set(source.live.document.value.by_key()) == set()
    assert Reference.objects.filter(title="A leaflet").exists()
    assert verify() == []


def test_it_is_one_change_set_that_says_where_the_words_are_from(house, edition, source):
    count = ChangeSet.objects.count()

    (key,) = copied(edition, source, house, reason="The same class")

    change = ChangeSet.objects.latest("at")
    assert ChangeSet.objects.count() == count + 1
    assert change.reason == "Copied from Elsezumab, edition 1: The same class"
    entry = AuditEvent.objects.get(verb="parts_copied")
    assert (entry.actor, entry.subject) == (house.editor2, "monograph:minezumab")
    assert entry.data == {
        "edition": 1,
        "from": "elsezumab",
        "publication": source.live.pk,
        "of": 1,
        "parts": {str(key): str(PRESCRIBING)},
    }


def test_whoever_wrote_the_words_stays_their_author_however_short_they_are(house, edition, source):
    keys = copied(edition, source, house, PRESCRIBING, FBC, make.key("monitoring"))

    written = EditionReview.load(edition).written_by
    for key in keys:
        assert written[str(key)] == {house.editor.pk, house.editor2.pk}


def test_a_clinician_who_wrote_there_signs_no_copy(house, edition, source):
    again = make.start(house, source.live.edition)
    make.reword(again, "monitoring", "Tests, said by a clinician.", actor=house.clinician2)
    make.submit(house, again)
    for person in (house.clinician, house.pharmacist):
        make.sign(again, person)
    make.publish(house, again)

    (key,) = copied(edition, source, house, make.key("monitoring"), seen=2)

    review = EditionReview.load(edition)
    assert house.clinician2.pk in review.written_by[str(key)]
    assert str(key) not in review.counts_for(house.clinician2.pk)


def test_names_of_the_other_drug_stand_against_a_submission_until_they_are_gone(house, edition, source):
    (key,) = copied(edition, source, house)
    shown = build(edition).by_key()[key]
    assert names_told(edition.monograph)[str(key)] >= {"elsezumab", "elsera", "elsezumab drug"}

    def against():
        review = EditionReview.load(edition)
        found = refusals(review, TRANSITIONS["submit"], house.editor2)
        return [one for one in found if one.code == "proofing"]

    (one,) = against()
    assert (one.part, one.field) == (str(key), "text")
    assert "“**Elsezumab**”: This was copied from its page." in one.sentence
    make.save_part(edition, shown.replaced(text="- Start it slowly."), seen=digest_of_part(shown), actor=house.editor2)
    assert against() == []


def test_a_part_of_ones_own_may_name_any_drug(house, edition, source):
    copied(edition, source, house)
    own = MonitoringItem(key=make.key("new"), test="Elsezumab level", when="before treatment", how_often="monthly")
    make.add_part(edition, own, actor=house.editor2)

    assert str(own.key) not in names_told(edition.monograph)


def test_names_that_are_those_of_this_drug_too_are_none(house, edition, source):
    (key,) = copied(edition, source, house)
    drug = edition.monograph.drug
    drug.name = "Elsezumab"

    assert "elsezumab" not in names_told(edition.monograph)[str(key)]


# -- Refused ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["publisher", "auditor", "nobody", "admin"])
def test_nobody_without_the_grant_copies(house, edition, source, who):
    before = build(edition)

    with pytest.raises(Refused, match="You need the editor role"):
        copied(edition, source, house, actor=house.people[who])

    assert build(edition) == before
    assert AuditEvent.objects.latest("seq").data["action"] == "edit"


def test_another_edition_of_the_page_is_looked_at_first(house, edition, source):
    with pytest.raises(Conflict, match="Its page was changed"):
        copied(edition, source, house, seen=2)


@pytest.mark.parametrize(
    "keys", [[make.key("notice")], [make.key("trial")], [make.key("nowhere")], [PRESCRIBING, FBC, make.key("link")]]
)
def test_what_was_not_offered_is_not_copied(house, edition, source, keys):
    before = build(edition)

    with pytest.raises(Conflict):
        copied(edition, source, house, *keys)

    assert build(edition) == before


def test_nothing_is_copied_without_a_choice_from_itself_or_from_a_draft(house, edition, source):
    with pytest.raises(Refused, match="Choose what to copy"):
        copy_parts(edition, source=source, seen=1, keys=[], actor=house.editor2)
    other = make.draft(house, "draftzumab")
    for one, into in ((other.monograph, edition), (source, make.start(house, source.live.edition))):
        with pytest.raises(Refused, match="Choose another monograph that is published"):
            copied(into, one, house)


@pytest.mark.parametrize("kind", ["retire", "take_down"])
def test_nothing_of_a_withdrawn_page_goes_on(house, edition, source, kind):
    make.withdraw(source.live.edition, house.clinician, kind)

    with pytest.raises(Refused, match="Its page is withdrawn"):
        copied(edition, source, house)


def test_a_part_that_is_withheld_or_corrected_is_not_offered(house, edition, source):
    make.withhold(source, PRESCRIBING, house.publisher)
    make.correct(house.pharmacist, source, "Tests go on for years.", "Tests go on for months.")

    assert [one.key for one in source_of(source).parts] == [FBC]
    for key in (PRESCRIBING, make.key("monitoring")):
        with pytest.raises(Conflict):
            copied(edition, source, house, key)


def test_an_edition_in_review_takes_nothing(house, source):
    sent = make.submit(house, make.draft(house, "sentzumab"))

    with pytest.raises(Refused, match="Only a draft can be edited"):
        copied(sent, source, house)
