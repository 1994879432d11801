"""Comparing two states: any two change sets, what readers see, what stands now; and nothing of another monograph."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from monographs.assemble import build
from monographs.digest import digest_of_part
from reviews.editing import parts
from reviews.models import AuditEvent, ChangeSet
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.any_database

ADDRESS = "/desk/monographs/testazumab/compare/"


def state(edition):
    return ChangeSet.objects.filter(edition=edition).latest("at", "revision_id")


def shown(client, query=""):
    answer = client.get(f"{ADDRESS}{query}")
    assert answer.status_code == 200
    return answer


def titles(answer):
    return [change.title for change in answer.context["changes"]]


@pytest.fixture
def edition(house):
    """Edition 2, with a section reworded and a notice taken out."""
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Quite other words.", actor=house.editor)
    notice = build(edition).by_key()[make.key("notice")]
    parts.remove_part(edition, notice, seen=digest_of_part(notice), actor=house.editor2)
    return edition


def test_the_right_one_reads_it_the_wrong_one_and_a_stranger_do_not(house, edition, enter):
    assert enter("auditor").get(ADDRESS).status_code == 200
    assert enter("nobody").get(ADDRESS).status_code == 403
    assert enter("").get(ADDRESS).status_code == 302
    assert enter("editor").post(ADDRESS).status_code == 405


def test_without_a_choice_what_readers_see_is_compared_with_what_stands_now(house, edition, enter):
    answer = shown(enter("editor"))

    assert titles(answer) == ["Monitoring: changed", "Safety notice: Mind the heart: removed"]
    assert (answer.context["old"].asked, answer.context["new"].asked) == ("live", "now")
    html = answer.content.decode()
    assert "From edition 1, which readers see, to edition 2, draft, as it is now." in html
    assert "<del>" in html
    assert answer.context["unchanged"] == (
        "Header",
        "Prescribing in practice",
        "Monitoring: Full blood count",
        "Reference: trial2020",
        "Related: otherzumab",
    )


def test_in_short_safety_notices_come_first_and_lead_to_their_words(house, edition, enter):
    answer = shown(enter("editor"))

    assert [(change.label, fields) for change, fields in answer.context["short"]] == [
        ("Safety notice: Mind the heart", ""),
        ("Monitoring", "text"),
    ]
    html = answer.content.decode()
    assert html.index("<strong>Safety notice: Mind the heart: removed</strong>") < html.index("Monitoring: changed</a>")
    for change in answer.context["changes"]:
        assert f'href="#{change.anchor}"' in html
        assert f'id="{change.anchor}"' in html


def test_any_two_change_sets_of_any_editions_in_either_direction(house, edition, enter):
    first = ChangeSet.objects.get(edition__number=1)
    reworded = ChangeSet.objects.filter(edition=edition).order_by("at", "revision_id")[1]
    client = enter("editor")

    assert titles(shown(client, f"?from={first.pk}&to={reworded.pk}")) == ["Monitoring: changed"]
    assert titles(shown(client, f"?from={reworded.pk}&to={first.pk}")) == ["Monitoring: changed"]
    assert titles(shown(client, f"?from={reworded.pk}&to=now")) == ["Safety notice: Mind the heart: removed"]
    assert titles(shown(client, f"?from={state(edition).pk}&to=live")) == [
        "Monitoring: changed",
        "Safety notice: Mind the heart: added",
    ]
    same = shown(client, f"?from={first.pk}&to=live")
    assert titles(same) == []
    assert "Nothing differs." in same.content.decode()


def test_both_lists_hold_every_change_set_and_what_was_chosen(house, edition, enter):
    first = ChangeSet.objects.get(edition__number=1)

    html = shown(enter("editor"), f"?from={first.pk}&to=live").content.decode()

    for change in ChangeSet.objects.all():
        assert html.count(f'<option value="{change.pk}"') == 2
    assert f'<option value="{first.pk}" selected>' in html
    assert html.count(" selected>") == 2
    assert "Reworded for a test" in html


def test_before_the_first_publication_everything_is_new(house, enter):
    make.draft(house)

    answer = shown(enter("editor"))

    assert len(titles(answer)) == 7
    assert {change.kind for change in answer.context["changes"]} == {"added"}
    assert enter("editor").get(f"{ADDRESS}?to=live").status_code == 404


def test_a_change_set_of_another_monograph_is_not_there_and_the_try_is_recorded(house, enter):
    make.draft(house)
    change = state(make.draft(house, "otherzumab", make.document(related=())))

    for query in (f"?from={change.pk}", f"?to={change.pk}"):
        assert enter("editor").get(f"{ADDRESS}{query}").status_code == 404
        refused = AuditEvent.objects.latest("seq")
        assert (refused.verb, refused.subject, refused.data["codes"]) == (
            "refused",
            "monograph:testazumab",
            ["not_of_this_monograph"],
        )


@pytest.mark.parametrize("query", ["?from=x", "?to=%00", f"?from={'0' * 32}", "?from=LIVE"])
def test_what_is_not_there_is_a_404(house, enter, query):
    make.draft(house)

    assert enter("editor").get(f"{ADDRESS}{query}").status_code == 404


def test_restoring_is_offered_to_who_can_and_the_others_read_why_not(house, edition, enter):
    change = ChangeSet.objects.get(edition__number=1)
    offered = reverse("restore", args=["testazumab", change.pk])
    query = f"?from={change.pk}"

    html = shown(enter("editor2"), query).content.decode()
    assert html.count(f'href="{offered}"') == 1
    assert "You cannot restore" not in html
    html = shown(enter("publisher"), query).content.decode()
    assert offered not in html
    assert "You cannot restore an earlier state now. You need the editor role for" in html
    make.submit(house, edition)
    html = shown(enter("editor2"), query).content.decode()
    assert offered not in html
    assert "Edition 2 is in review. Send it back first, with a reason" in html
    perform("send-back", editions=[edition], actor=house.pharmacist, digest=make.seen(edition), reason="More.")
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Given up")
    html = shown(enter("editor2"), f"?from={state(edition).pk}").content.decode()
    assert "/restore/" not in html
    assert "No draft is open. Start an edition first" in html


def test_what_readers_see_can_be_restored_too(house, edition, enter):
    live = ChangeSet.objects.get(edition__number=1)

    assert reverse("restore", args=["testazumab", live.pk]) in shown(enter("editor")).content.decode()


def test_what_the_draft_says_already_is_not_offered(house, edition, enter):
    query = f"?from={state(edition).pk}&to=live"

    html = shown(enter("editor"), query).content.decode()

    assert reverse("restore", args=["testazumab", state(edition).pk]) not in html
    assert "Restore this state" in html


def test_a_longer_history_asks_no_more_queries(house, edition, enter, queries):
    client = enter("editor")
    client.get(ADDRESS)
    few = queries(client, ADDRESS)
    for number in range(5):
        make.reword(edition, "monitoring", f"Words {number}.", actor=house.editor2)

    assert queries(client, ADDRESS) == few


def test_the_first_choice_is_on_the_left_and_the_second_on_the_right(house, edition, enter):
    first = ChangeSet.objects.get(edition__number=1)
    reworded = ChangeSet.objects.filter(edition=edition).order_by("at", "revision_id")[1]

    def sides(query):
        html = " ".join(shown(enter("editor"), query).content.decode().split())
        part = html.split(f'<section class="panel" id="change-{make.key("monitoring")}"')[1]
        names = re.findall(r"<h4>Text, ([^<]*)</h4>", part)
        return names, part.index("Tests go on for") < part.index("Quite other words")

    def name(change):
        moment = timezone.localtime(change.at)
        return f"edition {change.edition.number} on {moment.day} {moment:%B %Y, %H:%M:%S}"

    assert sides(f"?from={first.pk}&to={reworded.pk}") == ([name(first), name(reworded)], True)
    assert sides(f"?from={reworded.pk}&to={first.pk}") == ([name(reworded), name(first)], False)
    assert sides("?from=live&to=now") == (["edition 1, which readers see", "edition 2, draft, as it is now"], True)
    assert sides("?from=now&to=live") == (["edition 2, draft, as it is now", "edition 1, which readers see"], False)


def test_the_states_to_choose_from_stand_newest_first_edition_by_edition(house, edition, enter):
    client = enter("editor")
    make.reword(edition, "monitoring", "Newest words.", actor=house.editor2)

    groups = shown(client).context["groups"]

    changes = ChangeSet.objects.order_by("-edition__number", "-at", "-revision_id")
    assert [(number, key) for number, options in groups for key, _ in options] == [
        (change.edition.number, str(change.pk)) for change in changes
    ]
    assert [number for number, _ in groups] == [2, 1]
    moment = timezone.localtime(changes[0].at)
    assert groups[0][1][0][1] == f"{moment.day} {moment:%B %Y, %H:%M:%S}, Test editor2: Reworded for a test"
    html = shown(client).content.decode()
    assert html.count('<option value="live" selected>What readers see: edition 1</option>') == 1
    assert html.count('<option value="now" selected>As it is now: edition 2, draft</option>') == 1


def test_a_long_reason_is_cut_in_the_list(house, edition, enter):
    monitoring = build(edition).by_key()[make.key("monitoring")]
    make.save_part(
        edition, monitoring.replaced(text="x"), seen=digest_of_part(monitoring), actor=house.editor, reason="y" * 61
    )  # fmt: skip

    (_number, ((_key, words), *_rest)), *_ = shown(enter("editor")).context["groups"]

    assert words.endswith(f": {'y' * 59}…")


def test_a_long_history_is_listed_a_page_at_a_time_and_found_by_its_day(house, edition, enter, monkeypatch, queries):
    """What was chosen stands in the list however old it is."""
    client = enter("editor")
    first = state(edition)
    assert 'id="until"' not in shown(client).content.decode()
    monkeypatch.setattr("reviews.desk.monograph.compare.LISTED", 3)
    few = queries(client, ADDRESS)
    for number in range(4):
        make.reword(edition, "monitoring", f"Words {number}.", actor=house.editor2)

    def listed(query=""):
        groups = shown(client, query).context["groups"]
        return [key for _number, options in groups for key, _words in options]

    newest = [str(one.pk) for one in ChangeSet.objects.filter(edition__number=2).order_by("-at")[:3]]
    live = str(ChangeSet.objects.get(edition__number=1).pk)
    assert listed() == [*newest, live]
    assert listed(f"?from={first.pk}&to=now") == [*newest, str(first.pk)]
    yesterday = timezone.localdate() - timedelta(days=1)
    assert listed(f"?until={yesterday}") == [live]
    assert listed("?until=soon") == [*newest, live]
    assert f'value="{yesterday}"' in shown(client, f"?until={yesterday}").content.decode()
    assert queries(client, ADDRESS) == few
