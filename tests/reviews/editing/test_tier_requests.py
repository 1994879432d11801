"""Asking for a higher tier: by whoever writes, once, and no longer than something asks for one."""

import pytest
from django.utils import timezone

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.document import SafetyNotice
from monographs.models import Monograph
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.desk.published.urgent_tasks import waiting_for
from reviews.editing.monographs import set_tier
from reviews.editing.parts import remove_part
from reviews.editing.tier_requests import ask_for_tier
from reviews.models import AuditEvent
from reviews.reports.reminders import wanted
from reviews.review.asked_tiers import open_request, open_requests
from reviews.review.edition_review import EditionReview
from reviews.workflow import perform
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def boxed(**changes):
    given = {
        "key": make.key("boxed"), "type": "contraindication", "severity": "critical", "title": "Boxed",
        "text": "It harms.", "action": "Stop.", "issued": "2026-01-01", "source": "trial2020", **changes,
    }  # fmt: skip
    return SafetyNotice(**given)


def with_notice(edition, actor):
    """The draft with a critical notice, which somebody wrote after it began."""
    with (
        make.audited_write(actor=actor) as trail,
        make.change_set(trail, edition=edition, reason="A boxed warning") as change,
    ):
        change.append(boxed())
    return edition


@pytest.fixture
def edition(house):
    """A draft of the standard tier with a critical notice, which needs the high one."""
    return with_notice(make.draft(house), house.editor)


def codes(act, **given):
    with pytest.raises(Refused) as refused:
        act(**given)
    return [one.code for one in refused.value.refusals]


def asked():
    return list(open_requests(Monograph.objects.all()))


def take_out_notice(edition, house):
    (notice,) = [one for one in build(edition).notices if one.severity == "critical"]
    remove_part(edition, notice, seen=digest_of_part(notice), actor=house.editor)


def test_whoever_writes_asks_and_those_who_may_set_it_find_it_in_their_queue(house, edition):
    ask_for_tier(edition.monograph, actor=house.editor)

    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.subject, entry.actor) == ("tier_asked", "monograph:testazumab", house.editor)
    assert [entry.data[one] for one in ("edition", "from_tier", "to_tier")] == [1, "standard", "high"]
    for name in ("clinician", "clinician2", "pharmacist"):
        (task,) = waiting_for(house.people[name])
        assert (task.what, task.address) == ("Tier to be raised", "/desk/monographs/testazumab/#tier-low-t")
        assert task.why.startswith("Test editor asks for the high tier")
    for name in ("editor", "editor2", "publisher", "auditor"):
        assert waiting_for(house.people[name]) == []
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


def test_it_is_told_by_mail_to_clinicians(house, edition):
    ask_for_tier(edition.monograph, actor=house.editor)

    (found,) = [one for one in wanted(timezone.now()) if one[0].startswith("tier:")]
    assert found[3] == "Tier to be raised to high: Testazumab in multiple sclerosis"


def test_it_is_asked_once(house, edition):
    ask_for_tier(edition.monograph, actor=house.editor)

    assert codes(ask_for_tier, monograph=edition.monograph, actor=house.editor2) == ["asked_already"]
    assert AuditEvent.objects.filter(verb="tier_asked").count() == 1


def test_it_ends_when_the_tier_is_raised_and_cannot_be_asked_again(house, edition):
    ask_for_tier(edition.monograph, actor=house.editor)
    set_tier(edition.monograph, "high", actor=house.clinician, reason="A boxed warning")

    assert asked() == []
    assert waiting_for(house.clinician2) == []
    assert codes(ask_for_tier, monograph=edition.monograph, actor=house.editor) == ["tier_suffices"]


def test_it_ends_when_the_notice_goes(house, edition):
    ask_for_tier(edition.monograph, actor=house.editor)
    take_out_notice(edition, house)

    assert asked() == []
    assert open_request(EditionReview.load(edition)) is None


def test_nothing_is_asked_for_a_tier_that_is_high_enough(house):
    plain = make.draft(house)

    assert codes(ask_for_tier, monograph=plain.monograph, actor=house.editor) == ["tier_suffices"]


def test_a_request_of_another_edition_counts_no_more(house, edition):
    ask_for_tier(edition.monograph, actor=house.editor)
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="A fresh start")

    assert asked() == []


@pytest.mark.parametrize("name", ["publisher", "auditor", "admin"])
def test_nobody_asks_who_does_not_write(house, edition, name):
    assert codes(ask_for_tier, monograph=edition.monograph, actor=house.people[name])
    assert not AuditEvent.objects.filter(verb="tier_asked").exists()


def test_whoever_wrote_in_it_finds_no_task_though_they_are_a_clinician(house, edition):
    make.reword(edition, "monitoring", "Other words.", actor=house.clinician)
    ask_for_tier(edition.monograph, actor=house.clinician)

    assert waiting_for(house.clinician) == []
    assert [one.what for one in waiting_for(house.clinician2)] == ["Tier to be raised"]
