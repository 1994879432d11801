"""Corrections quote the page: the words are looked for as readers see them, and where they stand in several places it
is said which are meant, under the password."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from monographs.document import MonitoringItem, Section
from monographs.models import Monograph, Overlay
from monographs.pages.said import said
from reviews import overlay_words, overlays
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.overlay_words import CorrectionInput
from tests import factories as make
from tests.monographs.public.test_updates import again

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PAGE, OLD = "/drugs/testazumab/", "/drugs/testazumab/editions/1/"


def text(second="Bloods: monthly."):
    return make.document(
        sections=(
            Section(key=make.key("a"), kind="prescribing", heading="Practice", text="Look monthly [@trial2020]. Again **mon**thly."),
            Section(key=make.key("b"), kind="monitoring", heading="Monitoring", text=second),
        ),
        monitoring=(MonitoringItem(key=make.key("fbc"), test="Full blood count", when="before", how_often="monthly"),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(once_a_module):
    """Two editions; the second says "weekly" where the first said "monthly", in one of four places."""
    house = make.the_house()
    make.published(house, doc=text())
    again(house, make.live().edition, text("Bloods: weekly."))
    return SimpleNamespace(page=Monograph.objects.get())


def refused(house, page, corrected):
    with pytest.raises(Refused) as error:
        attestation = make.password(house.pharmacist, corrected.digest(page))
        overlays.correct(page, corrected=corrected, actor=house.pharmacist, attestation=attestation)
    assert not Overlay.objects.filter(kind="erratum").exists()
    return [(one.code, one.field, one.sentence) for one in error.value.refusals]


def test_where_words_stand_is_asked_and_stored(house, page):
    found = said(page, "monthly").choices
    assert [(one.label, one.editions) for one in found] == [
        ("Monitoring: Full blood count, when and how often", [1, 2]), ("Practice", [1, 2]), ("Practice", [1, 2]),
        ("Monitoring", [1]),
    ]  # fmt: skip

    assert refused(house, page, CorrectionInput("monthly", "weekly", "minor", ())) == [
        ("not_one_place", "places", "These words stand in 4 places. Choose those in which they are wrong.")
    ]
    overlay = make.correct(house.pharmacist, page, "monthly", "weekly", places=(found[3].key,))

    assert overlay.places == [{"edition": 1, "part": str(make.key("b")), "field": "text", "nth": 0}]
    assert (overlay.editions, overlay.last_edition) == ([1], 1)
    assert verify() == []


def test_the_editions_of_a_correction_are_those_of_the_chosen_places(house, page):
    found = said(page, "monthly").choices

    overlay = make.correct(house.pharmacist, page, "monthly", "weekly", places=(found[0].key, found[3].key))

    assert (overlay.editions, overlay.last_edition) == ([1, 2], 2)
    assert [(one["edition"], one["field"]) for one in overlay.places] == [(2, "schedule"), (1, "schedule"), (1, "text")]


def test_one_place_is_named_as_well(house, page):
    """Under the password too: what it is in later is another place."""
    assert refused(house, page, CorrectionInput("Before; monthly.", "x", "minor", ())) == [
        ("not_one_place", "places", "These words stand in one place. Say whether they are wrong there.")
    ]
    (found,) = said(page, "Before; monthly.").choices
    given = CorrectionInput("Before; monthly.", "x", "minor", (found.key,))
    attestation = make.password(house.pharmacist, given.digest(page))
    again(house, make.live().edition, text("Bloods: yearly."))

    with pytest.raises(Refused) as error:
        overlays.correct(page, corrected=given, actor=house.pharmacist, attestation=attestation)
    assert error.value.codes == ["places_changed"]


SWAPPED = ("Adults: 5 mg daily. Children: 2 mg daily.", "Adults: 2 mg daily. Children: 5 mg daily.")


@pytest.mark.parametrize("texts", [SWAPPED, SWAPPED[::-1]])
def test_right_words_of_the_live_edition_are_marked_by_nobody_who_was_not_asked(db, client, texts):
    house = make.the_house()
    make.published(house, doc=text(texts[0]))
    again(house, make.live().edition, text(texts[1]))
    page = Monograph.objects.get()

    assert [code for code, *_ in refused(house, page, CorrectionInput("5 mg", "3 mg", "minor", ()))] == [
        "not_one_place"
    ]
    old = next(one for one in said(page, "5 mg").choices if one.editions == [1])
    make.correct(house.pharmacist, page, "5 mg", "3 mg", places=(old.key,))

    assert marks(client, PAGE) == []
    assert [words for _id, words in marks(client, OLD)] == ["5&nbsp;mg"]


def test_of_one_place_nothing_is_asked(house, page):
    overlay = make.correct(house.pharmacist, page, "Before; monthly.", "before; weekly.")

    part = str(make.key("fbc"))
    assert overlay.places == [{"edition": n, "part": part, "field": "schedule", "nth": 0} for n in (2, 1)]


@pytest.mark.parametrize("keys", [("x",), ("x", "all"), ("",)])
def test_a_place_that_is_none_of_these_words_is_refused(house, page, keys):
    known = said(page, "monthly").choices[0].key
    for places in (keys, (known, *keys)):
        for wrong in ("monthly", "Before; monthly."):
            ((code, field, sentence),) = refused(house, page, CorrectionInput(wrong, "weekly", "minor", places))
            assert (code, field, sentence[:21]) == ("places_changed", "places", "The words do not stan")


def test_a_place_that_went_away_meanwhile_is_refused(house, page):
    known = said(page, "monthly").choices[0].key  # in editions 1 and 2
    again(house, make.live().edition, text("Bloods: yearly."))

    assert [code for code, *_ in refused(house, page, CorrectionInput("monthly", "x", "minor", (known,)))] == [
        "places_changed"
    ]


def test_a_password_is_given_for_just_these_places(house, page):
    first, second, *_ = (one.key for one in said(page, "monthly").choices)
    given = CorrectionInput("monthly", "weekly", "minor", (first,))
    attestation = make.password(house.pharmacist, given.digest(page))

    for places in ((second,), (first, second)):
        with pytest.raises(Refused) as error:
            corrected = replace(given, places=places)
            overlays.correct(page, corrected=corrected, actor=house.pharmacist, attestation=attestation)
        assert error.value.codes == ["stale"]

    assert not Overlay.objects.exists()
    overlays.correct(page, corrected=given, actor=house.pharmacist, attestation=attestation)


def test_words_that_stand_everywhere_are_to_be_quoted_with_more_around_them(house, page):
    again(house, make.live().edition, text(" ".join(["a monthly one"] * 51)))

    ((code, field, sentence),) = refused(house, page, CorrectionInput("a monthly one", "x", "minor", ()))
    assert (code, field, sentence[:35]) == ("not_one_place", "wrong", "These words stand in 51 places. Quo")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("before; monthly.", "No published edition says this. The page says “Before; monthly.”. Yours differs in capital letters: copy it so."),
        ("Look monthly1.", "No published edition says this. The page says “Look monthly.”. Yours differs in the numbers of references: copy it so."),
        ("**mon**thly", f"No published edition says this. {overlay_words.HOW_TO_QUOTE}"),
    ],
)  # fmt: skip
def test_words_that_nobody_saw_are_refused_with_how_to_quote(house, page, wrong, sentence):
    assert refused(house, page, CorrectionInput(wrong, "x", "minor", ())) == [("not_said", "wrong", sentence)]


def test_words_of_a_part_that_is_withheld_are_not_repeated(house, page):
    make.withhold(page, make.key("b"), house.publisher)

    assert [code for code, *_ in refused(house, page, CorrectionInput("Bloods", "x", "minor", ()))] == ["not_said"]
    assert [one.label for one in said(page, "monthly").choices][1:] == ["Practice", "Practice"]


# -- What readers see --------------------------------------------------------------------------------------------------


def marks(client, address):
    return re.findall(r'<mark class="wrong" id="([^"]+)">([^<]*)</mark>', client.get(address).content.decode())


def test_page_archive_and_data_mark_the_chosen_words(house, page, client):
    plain = [client.get(address).content for address in (PAGE, OLD)]
    found = said(page, "monthly").choices
    overlay = make.correct(house.pharmacist, page, "monthly", "weekly", places=(found[0].key, found[3].key))

    assert marks(client, PAGE) == [(f"wrong-{overlay.pk}-1", "monthly")]
    assert marks(client, OLD) == [(f"wrong-{overlay.pk}-1", "monthly"), (f"wrong-{overlay.pk}-2", "monthly")]
    (told,) = json.loads(client.get(f"{PAGE}monograph.json").content)["overlays"]
    assert told["places"] == [
        {
            "part": str(make.key("fbc")), "fields": ["when", "how_often", "how_long"], "nth": 1,
            "label": "Monitoring: Full blood count, when and how often",
            "address": f"https://clincalc.test/drugs/testazumab/#wrong-{overlay.pk}-1",
        }
    ]  # fmt: skip
    make.lift(overlay, house.pharmacist)
    assert [client.get(address).content for address in (PAGE, OLD)] == plain


def test_the_signed_text_stays_as_it_is_in_the_data(house, page, client):
    before = json.loads(client.get(f"{PAGE}monograph.json").content)
    make.correct(house.pharmacist, page, "Before; monthly.", "before; weekly.")
    after = json.loads(client.get(f"{PAGE}monograph.json").content)

    assert {**after, "overlays": []} == before


def test_a_correction_of_what_is_right_by_now_marks_old_editions_alone(house, page, client):
    overlay = make.correct(house.pharmacist, page, "Bloods: monthly.", "Bloods: weekly.")

    assert marks(client, PAGE) == []
    assert marks(client, OLD) == [(f"wrong-{overlay.pk}-1", "Bloods: monthly.")]
    assert "Marked where" not in client.get("/corrections/").content.decode()
    (told,) = json.loads(client.get(f"{PAGE}monograph.json").content)["overlays"]
    assert "places" not in told


PUBLIC = [
    PAGE, OLD, f"{PAGE}editions/1...2/", f"{PAGE}editions/", f"{PAGE}monograph.json", "/updates/", "/updates/feed/",
    "/corrections/", "/", "/drugs/", "/search/?q=Testazumab",
]  # fmt: skip


def test_a_correction_does_not_repeat_what_is_withheld_later(house, page, client):
    make.correct(house.pharmacist, page, "Bloods: monthly.", "Bloods: 77.25 mg.")
    assert [address for address in PUBLIC if "77.25" in client.get(address).content.decode()] == [
        PAGE, OLD, f"{PAGE}monograph.json", "/updates/", "/updates/feed/", "/corrections/",
    ]  # fmt: skip

    make.withhold(page, make.key("b"), house.publisher)

    for address in PUBLIC:
        said_there = client.get(address).content.decode()
        assert not re.search(r"77\.25|Bloods", said_there), address
    assert "Correction. What it quotes is withheld now." in client.get("/updates/").content.decode()
    assert "There is none so far." in client.get("/corrections/").content.decode()


def test_a_correction_that_stands_beside_what_is_withheld_is_told(house, page, client):
    found = said(page, "monthly").choices
    make.correct(house.pharmacist, page, "monthly", "weekly", places=tuple(one.key for one in found))
    make.withhold(page, make.key("b"), house.publisher)

    markup = client.get(OLD).content.decode()
    assert len(re.findall(r'<mark class="wrong" id=', markup)) == 3
    assert "Bloods" not in markup
    assert "“weekly”" in client.get("/corrections/").content.decode()
