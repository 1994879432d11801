"""The page that restores an earlier state: what it shows first, what it refuses, and what it keeps of what was typed."""

from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from monographs.assemble import build
from monographs.models import Edition
from reviews.audit.trail import WriteLockTimeout
from reviews.models import AuditEvent, ChangeSet
from tests import factories as make
from tests.forms import wrong

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def made(once_a_module):
    """Edition 2, reworded: edition 1 is what can come back."""
    house = make.the_house()
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Quite other words.", actor=house.editor)
    return SimpleNamespace(edition=edition)


@pytest.fixture
def then(edition):
    return ChangeSet.objects.get(edition__number=1)


def address(change):
    return reverse("restore", args=["testazumab", change.pk])


def words(edition):
    return build(Edition.objects.get(pk=edition.pk)).by_key()[make.key("monitoring")].text


def test_the_page_shows_what_would_change_and_changes_nothing(house, edition, then, enter):
    entries = AuditEvent.objects.count()

    answer = enter("editor2").get(address(then))

    html = answer.content.decode()
    assert [change.title for change in answer.context["changes"]] == ["Monitoring: changed"]
    assert f'name="digest" value="{make.seen(edition)}"' in html
    assert "You and Test editor will count as authors of what changes" in html
    assert "Restore this state</button>" in html
    assert (words(edition), AuditEvent.objects.count()) == ("Quite other words.", entries)


def test_the_button_restores_it_with_the_reason(house, edition, then, enter):
    answer = enter("editor2").post(address(then), {"digest": make.seen(edition), "reason": " Too soon "})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/monographs/testazumab/edit/")
    assert words(edition) == "Tests go on for years."
    change = ChangeSet.objects.filter(edition=edition).latest("at", "revision_id")
    assert (change.actor, change.after_id) == (house.editor2, then.after_id)
    assert change.reason.endswith(": Too soon")
    assert AuditEvent.objects.latest("seq").data["change_set"] == str(change.pk)


@pytest.mark.parametrize(
    ("who", "status"), [("clinician", 302), ("publisher", 403), ("auditor", 403), ("nobody", 403), ("", 302)]
)
def test_who_may(house, edition, then, enter, who, status):
    entries = AuditEvent.objects.count()

    answer = enter(who).post(address(then), {"digest": make.seen(edition), "reason": "My <reason>"})

    assert answer.status_code == status
    restored = who == "clinician"
    assert words(edition) == ("Tests go on for years." if restored else "Quite other words.")
    if who in ("publisher", "auditor"):
        html = answer.content.decode()
        assert "You need the editor role for" in html
        assert "My &lt;reason&gt;</textarea>" in html
        assert '<button class="btn">Restore' not in html
        assert AuditEvent.objects.latest("seq").data["codes"] == ["not_granted"]
    elif not restored:
        assert AuditEvent.objects.count() == entries


def test_whoever_may_only_read_sees_the_change_and_why_not(house, edition, then, enter):
    answer = enter("auditor").get(address(then))

    html = answer.content.decode()
    assert answer.status_code == 200
    assert "You cannot restore an earlier state now. You need the editor role for" in html
    assert [change.title for change in answer.context["changes"]] == ["Monitoring: changed"]
    assert "Restore this state</button>" not in html


def test_a_draft_that_changed_meanwhile_is_a_conflict_that_keeps_both(house, edition, then, enter):
    seen = make.seen(edition)
    make.reword(edition, "monitoring", "Newer words.", actor=house.clinician)

    answer = enter("editor2").post(address(then), {"digest": seen, "reason": "Too soon"})

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed this draft while you were reading." in html
    assert words(edition) == "Newer words."
    assert "Too soon</textarea>" in html
    assert "What happened meanwhile" in html
    assert "Newer" in html
    assert f'name="digest" value="{make.seen(edition)}"' in html
    again = enter("editor2").post(address(then), {"digest": make.seen(edition), "reason": "Too soon"})
    assert (again.status_code, words(edition)) == (302, "Tests go on for years.")


@pytest.mark.parametrize("digest", ["", "x", "0" * 64])
def test_a_digest_that_was_never_shown_is_a_conflict(house, edition, then, enter, digest):
    answer = enter("editor2").post(address(then), {"digest": digest})

    assert (answer.status_code, words(edition)) == (409, "Quite other words.")
    assert AuditEvent.objects.latest("seq").data["codes"] == ["stale"]


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("NHS 943 476 5919", "This holds an NHS number."),
        ("a\u202eb", "U+202E"),
        ("x" * 2_001, "Keep it to 2,000 characters."),
    ],
)
def test_a_reason_that_may_not_be_kept_stands_at_its_field(house, edition, then, enter, reason, sentence):
    entries = AuditEvent.objects.count()

    answer = enter("editor2").post(address(then), {"digest": make.seen(edition), "reason": reason})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert list(wrong(answer)) == ["reason"]
    assert reason in html
    assert 'aria-invalid="true"' in html
    assert 'href="#reason"' in html
    assert sentence in html
    assert (words(edition), AuditEvent.objects.count()) == ("Quite other words.", entries)


def test_what_is_there_already_says_so_and_offers_nothing(house, edition, enter):
    change = ChangeSet.objects.filter(edition=edition).latest("at", "revision_id")
    client, made = enter("editor2"), ChangeSet.objects.count()

    html = client.get(address(change)).content.decode()
    assert "Nothing differs: edition 2 says just that already." in html
    assert "Restore this state</button>" not in html
    answer = client.post(address(change), {"digest": make.seen(edition)})

    assert answer.status_code == 422
    assert ChangeSet.objects.count() == made


def test_a_double_click_restores_once(house, edition, then, enter):
    client, sent = enter("editor2"), {"digest": make.seen(edition)}
    assert client.post(address(then), sent).status_code == 302
    made, entries = ChangeSet.objects.count(), AuditEvent.objects.count()

    assert client.post(address(then), sent).status_code == 422

    assert (ChangeSet.objects.count(), AuditEvent.objects.count()) == (made, entries)


def test_an_edition_in_review_is_no_draft(house, edition, then, enter):
    edition = make.submit(house, edition)

    answer = enter("editor2").post(address(then), {"digest": make.seen(edition), "reason": "Too soon"})

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Only a draft can be edited. Send this edition back first, with a reason." in html
    assert "Too soon</textarea>" in html
    assert words(edition) == "Quite other words."


def test_a_state_of_another_monograph_is_not_there_and_the_try_is_recorded(house, edition, enter):
    other = make.draft(house, "otherzumab", make.document(related=()))
    change = ChangeSet.objects.get(edition=other)

    for method in ("get", "post"):
        assert getattr(enter("editor2"), method)(address(change)).status_code == 404
        assert AuditEvent.objects.latest("seq").data["codes"] == ["not_of_this_monograph"]

    assert words(edition) == "Quite other words."


def test_while_somebody_else_writes_the_reason_is_kept(house, edition, then, enter, monkeypatch):
    def busy(*_args, **_how):
        raise WriteLockTimeout

    monkeypatch.setattr("reviews.editing.parts.restore", busy)

    answer = enter("editor2").post(address(then), {"digest": make.seen(edition), "reason": "Too soon"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Too soon</textarea>" in answer.content.decode()


def test_the_history_leads_there_for_whoever_can(house, edition, then, enter):
    history = "/desk/monographs/testazumab/history/"
    compare = reverse("compare", args=["testazumab"])

    html = enter("editor2").get(history).content.decode()
    assert f'href="{address(then)}"' in html
    assert address(ChangeSet.objects.filter(edition=edition).latest("at", "revision_id")) not in html
    assert f'href="{compare}?from={then.pk}&amp;to=now"' in html
    assert f'href="{compare}?from={then.pk}&amp;to=live"' in html
    html = enter("auditor").get(history).content.decode()
    assert address(then) not in html
    assert f'href="{compare}?from={then.pk}&amp;to=now"' in html
    assert "You cannot restore an earlier state now." in html


def test_what_stands_now_is_on_the_left_and_what_would_come_on_the_right(house, edition, then, enter):
    html = " ".join(enter("editor2").get(address(then)).content.decode().split())

    old, new = html.index("Text, as it is now</h4>"), html.index("Text, as it would be</h4>")
    assert old < html.index("Quite other words", old) < new < html.index("Tests go on for", new)
    moment = timezone.localtime(then.at)
    assert (
        f"<h1>Restore edition 1 on {moment.day} {moment:%B %Y, %H:%M:%S} of Testazumab in multiple sclerosis</h1>"
        in html
    )
    assert "Into Testazumab in multiple sclerosis, edition 2" in html
    assert "in text</li>" in html


def test_whoever_restores_their_own_words_is_their_only_author(house, edition, then, enter):
    html = enter("editor").get(address(then)).content.decode()

    assert "You will count as author of what changes, and cannot sign for those parts." in html


def test_a_reason_may_stay_empty(house, edition, then, enter):
    assert enter("editor2").post(address(then), {"digest": make.seen(edition)}).status_code == 302

    moment = timezone.localtime(then.at)
    change = ChangeSet.objects.filter(edition=edition).latest("at", "revision_id")
    assert change.reason == f"Restored edition 1 as it was on {moment.day} {moment:%B %Y, %H:%M:%S}"


def test_words_that_came_back_are_told_with_those_whose_words_they_were(house, edition, then, enter):
    enter("editor2").post(address(then), {"digest": make.seen(edition)})
    make.reword(edition, "monitoring", "Third words.", actor=house.editor2)

    html = " ".join(enter("auditor").get("/desk/monographs/testazumab/review/").content.decode().split())

    assert "Changed by Test editor, <time" in html
    assert "; Test editor2, <time" in html
    change = ChangeSet.objects.filter(edition=edition, actor=house.editor2).earliest("at", "revision_id")
    assert change.credits == {str(make.key("monitoring")): [house.editor.pk]}
