"""What says that it follows the second rules of text keeps saying so, whichever way it goes."""

from pathlib import Path

import pytest
from django.db import models
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import as_json, digest_of_part
from monographs.models import Edition, SafetyNotice, Section
from reviews.audit import hashes
from reviews.audit.verify import verify
from reviews.editing import parts
from reviews.exchange.files import ImportRefused
from reviews.exchange.importer import import_file
from reviews.models import ChangeSet
from tests import factories as make
from tests import tables, whole
from tests.reviews.exchange.test_importer import export, line, run, written

pytestmark = pytest.mark.django_db


def newer():
    """A document whose header, first section and notices follow the second rules."""
    document = whole.whole()
    return document.replaced(
        header=document.header.replaced(text_rules=2),
        sections=(document.sections[0].replaced(text_rules=2), *document.sections[1:]),
        notices=tuple(one.replaced(text_rules=2) for one in document.notices),
    )


def fresh(edition):
    return Edition.objects.get(pk=edition.pk)


def rules(edition):
    document = build(fresh(edition))
    return {
        "header": document.header.text_rules,
        **{part.label_for_people: part.text_rules for part in (*document.sections, *document.notices)},
    }


NEWER = {
    "header": 2,
    "What it is for": 2,
    "What to watch": None,
    "Safety notice: Stop after 6 days": 2,
    "Safety notice: Only in hospital": 2,
    "Safety notice: Little of it is there": 2,
}


def told(finding):
    return [sentence for _seq, sentence in finding if "checkpoint" not in sentence]


def test_they_stay_with_a_text_through_rows_publication_and_the_next_edition(house):
    first = make.draft(house, "wholumab", newer())
    assert (rules(first), build(first)) == (NEWER, newer())

    make.submit(house, first)
    make.sign(make.sign(first, house.clinician), house.pharmacist)
    make.publish(house, first)
    second = make.start(house, first)

    assert rules(second) == NEWER
    assert make.live("wholumab").document.value == newer()
    assert told(verify()) == []


def test_they_come_back_with_a_state_that_is_restored(house):
    edition = make.draft(house, "wholumab", newer())
    then = ChangeSet.objects.get(edition=edition)
    with (
        make.audited_write(actor=house.editor) as trail,
        make.change_set(trail, edition=edition, reason="As before") as change,
    ):
        change.load(whole.whole())
    assert set(rules(edition).values()) == {None}

    parts.restore(edition, change=then, digest=make.seen(fresh(edition)), actor=house.editor)

    assert rules(edition) == NEWER


def test_they_go_out_and_come_in_again_with_a_file(house, tmp_path):
    make.draft(house, "wholumab", newer())
    (out,) = export("--edition", "open")

    assert run(written(tmp_path, {**out, "slug": "otherumab"}))[1] == ""

    assert rules(Edition.objects.get(monograph__slug="otherumab")) == NEWER
    (again,) = export("--edition", "open", "--slug", "otherumab")
    assert again["document"] == out["document"] == as_json(newer())


@pytest.mark.parametrize(
    ("field", "change", "place"),
    [
        ("header", {"introduction": "1.5*10^9/L"}, "document.header.introduction"),
        ("sections", {"text": "HLA-B*15:02"}, "document.sections[0].text"),
        ("notices", {"text": "One:\n- 10 mg"}, "document.notices[0].text"),
        ("sections", {"text_rules": 3}, "document.sections[0].text_rules"),
        ("monitoring", {"text_rules": 2}, "document.monitoring[0].text_rules"),
    ],
)
def test_a_file_whose_text_a_page_of_today_shows_otherwise_is_refused_with_its_place(
    house, tmp_path, field, change, place
):
    form = as_json(newer())
    (form[field] if field == "header" else form[field][0]).update(change)

    with pytest.raises(ImportRefused) as refused:
        import_file(Path(written(tmp_path, line(document=form))), actor=house.editor)

    assert [one.path for one in refused.value.findings] == [place]
    assert not Edition.objects.exists()


# -- The desk ---------------------------------------------------------------------------------------------------------


def post(client, value, **fields):
    where = ("part_edit", value.key) if hasattr(value, "key") else ("edit_header",)
    address = reverse(where[0], args=["wholumab", *where[1:]])
    return client.post(address, {"seen": digest_of_part(value), **fields})


def test_a_form_leaves_the_rules_of_a_text_as_they_are(house, client):
    edition = make.draft(house, "wholumab", newer())
    client.force_login(house.editor)
    section, notice, header = build(edition).sections[0], build(edition).notices[0], build(edition).header

    post(client, section, heading=section.heading, text="Other plain words.")
    post(client, notice, type=notice.type, title=notice.title, text="More words.")
    post(client, header, title=header.title, name=header.name, introduction="Plain words too.", covers="all")

    document = build(fresh(edition))
    assert (document.sections[0].text, document.notices[0].text, document.header.covers) == ("Other plain words.", "More words.", "all")  # fmt: skip
    assert rules(edition) == NEWER


def test_words_that_a_page_would_show_otherwise_are_refused_at_their_field(house, client):
    edition = make.draft(house, "wholumab", newer())
    client.force_login(house.editor)
    section = build(edition).sections[0]

    response = post(client, section, heading=section.heading, text="Take *one*.")

    assert response.status_code == 422
    assert "newer rules (version 2)" in str(response.context["form"].errors["text"])
    assert build(edition) == newer()


# -- The trail --------------------------------------------------------------------------------------------------------


@pytest.fixture
def older(house, monkeypatch):
    """A draft that was written when there was no such column: its rows were hashed by the first lists."""
    with monkeypatch.context() as patch:
        for model in (Edition, Section, SafetyNotice):
            patch.setitem(hashes.guarded(), model._meta.label_lower, (model, {1: model.trail_columns[1]}))
        return make.draft(house)


def test_a_draft_of_before_is_whole_and_can_be_edited(house, older):
    assert told(verify()) == []

    make.reword(older, "monitoring", "New words.", actor=house.editor)

    assert told(verify()) == []
    assert set(rules(older).values()) == {None}


@pytest.mark.parametrize("model", [Edition, Section, SafetyNotice], ids=lambda model: model.__name__)
def test_rules_that_no_entry_tells_of_are_found(older, model):
    row = model._base_manager.order_by("pk").first()
    with tables.no_triggers():
        models.QuerySet(model).filter(pk=row.pk).update(text_rules=2)

    found = told(verify())

    assert [one for one in found if one.startswith(f"{model._meta.label_lower}:{row.pk}: the row is not as entry ")]
