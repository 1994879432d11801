"""What stands over a publication: days are London's, and a date counts from the day that it names."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from monographs.models import Monograph, Overlay, Publication, SecondSignature
from monographs.standing import Gone, Standing, draft, names_found, overlays_of, quotes_withheld, shown, standing, today
from tests import factories as make
from tests import whole


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC), date(2026, 1, 31)),  # winter: London is UTC
        (datetime(2026, 2, 1, 0, 0, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC), date(2026, 6, 30)),  # summer: midnight comes an hour earlier
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_the_day_turns_at_midnight_in_london(at, day):
    assert today(at) == day


@pytest.mark.parametrize(
    ("due", "days"),
    [(None, 0), (date(2026, 7, 5), 0), (date(2026, 7, 4), 0), (date(2026, 7, 3), 1), (date(2026, 4, 5), 90)],
)
def test_a_review_is_overdue_from_the_day_after_it_was_due(due, days):
    standing = Standing(today=date(2026, 7, 4), next_review_due=due)

    assert standing.days_overdue == days
    assert standing.overdue is (days > 0)


@pytest.mark.parametrize(
    ("tier", "due", "expected"),
    [
        ("high", date(2026, 4, 4), True),  # 91 days
        ("high", date(2026, 4, 5), False),  # 90 days
        ("standard", date(2020, 1, 1), False),
        ("low", date(2020, 1, 1), False),
        ("high", None, False),
    ],
)
def test_only_a_high_tier_page_overdue_for_more_than_90_days_gets_a_banner(tier, due, expected):
    assert Standing(today=date(2026, 7, 4), next_review_due=due).is_long_overdue(tier) is expected


@pytest.mark.parametrize(
    ("effective", "expires", "expected"),
    [
        ("", "", True),
        ("2026-07-04", "", True),
        ("2026-07-05", "", False),
        ("", "2026-07-05", True),
        ("", "2026-07-04", False),
        ("2026-07-01", "2026-07-04", False),
    ],
)
def test_a_notice_is_shown_while_it_is_in_force(effective, expires, expected):
    notice = make.document().notices[0].replaced(effective=effective, expires=expires)
    document = make.document(notices=(notice,))

    seen = shown(document, Standing(today=date(2026, 7, 4)))

    assert seen.notices == ((notice,) if expected else ())
    assert seen.notices_of("major") == seen.notices
    assert seen.notices_of("critical") == ()
    assert seen.document is document  # what was signed is not touched


def check(system="RxNorm", status="found", name="testazumab"):
    return SimpleNamespace(system=system, status=status, matched_name=name, release="sample")


def test_only_a_name_found_in_rxnorm_is_said_to_readers():
    assert names_found([check()]) == (("testazumab", "sample"),)
    assert names_found([check(status="failed")]) == ()
    assert names_found([check(system="ATC"), check(system="SNOMED CT"), check(system="dm+d")]) == ()
    assert names_found([]) == ()


# -- Old editions, and every kind of overlay ---------------------------------------------------------------------------

DAY = date(2026, 7, 4)
AT = datetime(2026, 7, 4, 9, 0, tzinfo=UTC)
WHOLE = whole.whole()


def overlay(kind, at=AT, second=None, until=None, **fields):
    one = Overlay(kind=kind, at=at, **fields)
    Overlay._meta.get_field("second_signature").set_cached_value(one, second)
    one.said_until = until
    return one


@pytest.mark.parametrize(
    ("effective", "expires", "live", "archived"),
    [
        ("", "", True, True),
        ("2026-07-04", "", True, True),
        ("2026-07-05", "", False, False),
        ("", "2026-07-05", True, True),
        ("", "2026-07-04", False, True),
        ("2026-07-01", "2026-07-02", False, True),
        ("2026-07-05", "2026-07-06", False, False),
    ],
)
def test_an_old_edition_keeps_the_notices_that_have_ended_and_hides_those_that_have_not_begun(
    effective, expires, live, archived
):
    notice = WHOLE.notices[0].replaced(effective=effective, expires=expires)
    document, standing = WHOLE.replaced(notices=[notice]), Standing(today=DAY)

    assert shown(document, standing).notices == (notice,) * live
    assert shown(document, standing, edition=1).notices == (notice,) * archived


@pytest.mark.parametrize("edition", [None, 1])
@pytest.mark.parametrize(
    ("overlays", "gone", "retired", "warnings", "errata", "withheld"),
    [
        ([], False, False, 0, 0, 0),
        ([overlay("retire")], False, True, 0, 0, 0),
        ([overlay("take_down")], True, False, 0, 0, 0),
        ([overlay("warning"), overlay("warning")], False, False, 2, 0, 0),
        ([overlay("erratum", editions=[1])], False, False, 0, 1, 0),
        ([overlay("withhold", part=make.key("uses"))], False, False, 0, 0, 1),
        ([overlay("withhold", part=make.key("count"))], False, False, 0, 0, 1),
        ([overlay("withhold", part=make.key("boxed"))], False, False, 0, 0, 0),
        ([overlay("withhold", part=make.key("record"))], False, False, 0, 0, 0),
        ([overlay("withhold", part=make.key("link"))], False, False, 0, 0, 0),
        ([overlay("withhold", part=make.key("of another edition"))], False, False, 0, 0, 0),
        ([overlay("retire"), overlay("warning"), overlay("erratum", editions=[1])], False, True, 1, 1, 0),
        ([overlay("retire"), overlay("take_down"), overlay("warning")], True, True, 0, 0, 0),
        ([overlay("lift")], False, False, 0, 0, 0),
    ],
)
def test_what_is_shown_under_each_kind_of_overlay(overlays, gone, retired, warnings, errata, withheld, edition):
    standing = Standing(today=DAY, overlays=tuple(overlays), at=AT)

    seen = shown(WHOLE, standing, edition)

    assert (seen.standing, isinstance(seen, Gone)) == (standing, gone)
    assert standing.retired is (next(one for one in overlays if one.kind == "retire") if retired else None)
    if gone:
        assert seen.overlay is standing.taken_down is next(one for one in overlays if one.kind == "take_down")
        return
    assert standing.taken_down is None
    assert seen.retired is standing.retired
    assert seen.warnings == tuple(one for one in overlays if one.kind == "warning")
    assert len(seen.warnings) == warnings
    assert seen.errata == tuple(one for one in overlays if one.kind == "erratum")
    assert len(seen.errata) == errata
    assert seen.notices == WHOLE.notices
    if not withheld:
        assert (seen.withheld, seen.document) == ((), WHOLE)
        return
    (held,) = seen.withheld
    assert held.overlay is overlays[0]
    assert held.part == WHOLE.by_key()[overlays[0].part]
    assert [part for part in WHOLE.parts() if part not in list(seen.document.parts())] == [held.part]
    assert seen.document.header == WHOLE.header


USES = WHOLE.by_key()[make.key("uses")]


@pytest.mark.parametrize(
    ("words", "part", "is_told"),
    [
        (" ".join(USES.text.split()[:3]), "uses", False),  # all that it quotes stands in what is withheld
        (f"  {USES.text.split()[0]}\n{USES.text.split()[1]} ", "uses", False),
        (" ".join(USES.text.split()[:3]), "count", True),  # another part is
        (WHOLE.header.name, "uses", True),  # it stands elsewhere too
        ("Words of no edition", "count", False),
    ],
)
def test_a_correction_of_before_is_hidden_with_the_part_whose_words_it_quotes(words, part, is_told):
    """It names no places: whatever is left of the document is asked."""
    erratum, held = overlay("erratum", editions=[1], wrong=words), overlay("withhold", part=make.key(part))
    erratum.places = None

    assert shown(WHOLE, Standing(today=DAY, overlays=(erratum, held), at=AT)).errata == (erratum,) * is_told
    assert shown(WHOLE, Standing(today=DAY, overlays=(erratum,), at=AT)).errata == (erratum,)
    assert quotes_withheld(erratum, [make.key(part)])  # in a list, where no document is at hand
    assert not quotes_withheld(erratum, [])


@pytest.mark.parametrize(
    ("editions", "until", "at", "live", "first", "second"),
    [
        ([1], AT, AT, True, True, False),
        ([1, 2], AT, AT, True, True, True),
        ([2], AT, AT - timedelta(days=89), True, False, True),
        ([2], AT, AT - timedelta(days=90), False, False, True),
        ([1], AT, datetime(2026, 4, 5, 22, 59, tzinfo=UTC), False, True, False),  # still the 5th in London: 90 days
        ([1], AT, datetime(2026, 4, 5, 23, 0, tzinfo=UTC), True, True, False),  # the 6th in London
        ([1, 2], None, AT - timedelta(days=900), True, True, True),  # the page says it still
    ],
)
def test_a_correction_stands_for_90_days_on_the_page_and_for_ever_on_the_editions_that_were_wrong(
    editions, until, at, live, first, second
):
    one = overlay("erratum", at=at, until=until, editions=editions)
    standing = Standing(today=DAY, overlays=(one,), at=AT)

    assert [bool(shown(WHOLE, standing, edition).errata) for edition in (None, 1, 2)] == [live, first, second]


@pytest.mark.parametrize(
    ("asked", "second", "late"),
    [
        (AT + timedelta(hours=24) - timedelta(microseconds=1), None, False),
        (AT + timedelta(hours=24), None, True),
        (AT + timedelta(days=9), None, True),
        (AT + timedelta(days=9), SecondSignature(at=AT), False),
        (None, None, False),
    ],
)
def test_a_second_signature_is_late_from_the_instant_at_which_it_was_due(asked, second, late):
    one = overlay("warning", second=second)

    assert Standing(today=DAY, at=asked).is_late(one) is late


def test_a_draft_is_seen_as_it_would_be_today_and_nothing_stands_over_it(monkeypatch):
    monkeypatch.setattr("monographs.standing.timezone.now", lambda: datetime(2033, 12, 30, 23, 0, tzinfo=UTC))
    seen = draft(WHOLE, found=(("wholumab", "of July"),))

    assert seen.standing == Standing(today=date(2033, 12, 30), names_found=(("wholumab", "of July"),))
    assert seen.notices == WHOLE.notices
    monkeypatch.setattr("monographs.standing.timezone.now", lambda: datetime(2033, 12, 31, 0, 0, tzinfo=UTC))
    assert draft(WHOLE).notices == WHOLE.notices[1:]


# -- The same over a real page -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(once_a_module):
    """A monograph of the whole document, whose second edition says something else in one section."""
    house = make.the_house()
    first = make.published(house, "wholumab", WHOLE)
    second = make.start(house, first)
    make.reword(second, "watch", "Watching ends after a year.", actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    make.sign(second, house.pharmacist)
    return house, make.publish(house, second), Monograph.objects.get(slug="wholumab")


BANNERS = ("Retired on", "was taken down", "Urgent warning<", ">Correction<", "withheld on")


def told(client, path="/drugs/wholumab/"):
    """Status of the answer, and which kinds of overlay its words tell of."""
    answer = client.get(path)
    return answer.status_code, [one for one in BANNERS if one in answer.content.decode()]


def test_each_overlay_is_told_on_the_page_and_in_its_editions_and_gone_when_it_is_lifted(client, world):
    house, _edition, monograph = world
    old = "/drugs/wholumab/editions/1/"
    assert (told(client), told(client, old)) == ((200, []), (200, []))

    (warning,) = make.warn(house.clinician, monograph)
    assert (told(client), told(client, old)) == ((200, ["Urgent warning<"]),) * 2
    assert overlays_of(monograph.pk) == (warning,)
    make.lift(warning, house.pharmacist)
    assert (told(client), told(client, old)) == ((200, []), (200, []))
    assert overlays_of(monograph.pk) == ()

    erratum = make.correct(house.pharmacist, monograph, "Watching goes on.", "Watching ends after a year.")
    assert (told(client), told(client, old)) == ((200, [">Correction<"]),) * 2
    make.lift(erratum, house.pharmacist)
    assert (told(client), told(client, old)) == ((200, []), (200, []))

    erratum = make.correct(house.pharmacist, monograph, "Watching ends after a year.", "It goes on.")
    assert (told(client), told(client, old)) == ((200, [">Correction<"]), (200, []))
    make.lift(erratum, house.pharmacist)

    held = make.withhold(monograph, make.key("uses"), house.publisher)
    assert (told(client), told(client, old)) == ((200, ["withheld on"]),) * 2
    assert overlays_of(monograph.pk) == (held,)


@pytest.mark.parametrize(
    ("kind", "status", "banner"), [("retire", 200, "Retired on"), ("take_down", 410, "was taken down")]
)
def test_a_withdrawal_is_told_until_the_page_comes_back(client, world, kind, status, banner):
    house, edition, monograph = world

    make.withdraw(edition, house.publisher, kind)

    assert told(client) == (status, [banner])
    assert told(client, "/drugs/wholumab/editions/1/") == (status, [banner])
    live = monograph.live
    stands = standing(live, live.document.value)
    assert [one.kind for one in stands.overlays] == [kind]
    make.reinstate(house, edition)
    assert told(client) == (200, [])
    assert told(client, "/drugs/wholumab/editions/1/") == (200, [])
    assert overlays_of(monograph.pk) == ()


def test_the_standing_of_a_publication_is_asked_for_an_instant(world, django_assert_num_queries):
    house, _edition, monograph = world
    other = Monograph.objects.get(pk=make.published(house, "otherumab").monograph_id)
    make.warn(house.clinician, other)
    make.warn(house.clinician, monograph)
    at = datetime(2030, 7, 4, 23, 30, tzinfo=UTC)
    live = Publication.objects.live().for_page().get(slug="wholumab")
    document = live.document.value

    with django_assert_num_queries(2):
        found = standing(live, document, at)

    assert (found.today, found.at) == (date(2030, 7, 5), at)
    assert found.next_review_due == monograph.next_review_due
    assert found.overlays == overlays_of(monograph.pk)
    assert [one.monograph_id for one in found.overlays] == [monograph.pk]
    former = monograph.publications.get(number=1)
    assert standing(former, document, at).next_review_due is None


def test_the_text_below_was_signed_before_a_warning_until_it_is_published_again(client, world):
    house, edition, monograph = world
    sentence = "The text below was signed before this warning."
    make.warn(house.clinician, monograph)
    assert sentence in client.get("/drugs/wholumab/").content.decode()

    third = make.start(house, edition)
    make.reword(third, "watch", "Watching goes on, as the warning asks.", actor=house.editor)
    make.submit(house, third)
    make.sign(third, house.clinician)
    make.publish(house, make.sign(third, house.pharmacist))

    page = client.get("/drugs/wholumab/").content.decode()
    assert "Urgent warning" in page
    assert sentence not in page
    assert sentence in client.get("/drugs/wholumab/editions/2/").content.decode()


def test_an_old_edition_tells_of_a_notice_that_has_ended(client, world, monkeypatch):
    """The page drops it on its last day; the edition that was published with it stays what it was."""
    monkeypatch.setattr("monographs.standing.timezone.now", lambda: datetime(2033, 12, 31, 12, tzinfo=UTC))

    assert "The heart slows" not in client.get("/drugs/wholumab/").content.decode()
    assert "The heart slows" in client.get("/drugs/wholumab/editions/1/").content.decode()
