"""The form for a tier: offered to who may set it, and whatever is refused comes back with what was typed."""

import pytest

from monographs.models import Monograph
from reviews.audit.trail import WriteLockTimeout
from reviews.editing.monographs import set_tier
from reviews.models import AuditEvent
from tests import factories as make
from tests.forms import wrong
from tests.reviews.editing.test_tier_requests import with_notice

pytestmark = pytest.mark.any_database

WORKSPACE = "/desk/monographs/testazumab/"
ADDRESS = f"{WORKSPACE}tier/"
FORM = f'action="{ADDRESS}"'


def tier():
    return Monograph.objects.get(slug="testazumab").tier


def sent(**changes):
    return {"tier": "high", "reason": "Said <why>", "seen": "standard", **changes}


def test_the_form_is_shown_to_whoever_may_set_it_and_the_others_read_who_can(house, enter):
    make.draft(house, actor=house.clinician2)

    html = enter("clinician").get(WORKSPACE).content.decode()
    assert FORM in html
    assert "The floor is Low: by the drug’s traits, its class, and critical notices in force." in html
    assert (
        '<option value="high">High: a specialist doctor and a pharmacist sign; full review every 12 months</option>'
        in html
    )
    assert '<option value="standard" disabled>Standard (the tier now): ' in html
    assert '<option value="low" disabled>Low (not while an edition is open): ' in html
    html = enter("editor").get(WORKSPACE).content.decode()
    assert FORM not in html
    assert "To change the tier: You need the clinician role for" in html
    html = enter("clinician2").get(WORKSPACE).content.decode()
    assert FORM not in html
    assert "To change the tier: You worked on this edition. A clinician who did not can set the tier." in html


def test_what_cannot_be_chosen_is_told_where_nothing_can_be(house, enter):
    make.draft(house, traits=("opioid",))

    html = enter("clinician").get(WORKSPACE).content.decode()

    assert FORM not in html
    assert (
        "You cannot change the tier now: Low: not while an edition is open, below the floor; "
        "Standard: not while an edition is open, below the floor; High: the tier now." in html
    )


def test_it_is_set_with_its_reason(house, enter):
    make.draft(house)
    client = enter("clinician")

    answer = client.post(ADDRESS, sent())

    assert (answer.status_code, answer.headers["Location"], tier()) == (302, WORKSPACE, "high")
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.actor, entry.reason) == ("tier_set", house.clinician, "Said <why>")
    assert "The tier is High now" in client.get(WORKSPACE).content.decode()


@pytest.mark.parametrize(
    ("who", "status", "after"),
    [("clinician", 302, "high"), ("editor", 403, "standard"), ("nobody", 403, "standard"), ("", 302, "standard")],
)
def test_who_may(house, enter, who, status, after):
    make.draft(house)

    answer = enter(who).post(ADDRESS, sent())

    assert (answer.status_code, tier()) == (status, after)
    if who == "editor":
        html = answer.content.decode()
        assert "You need the clinician role for" in html
        assert "Said &lt;why&gt;</textarea>" in html
        assert FORM not in html
        assert AuditEvent.objects.latest("seq").data["codes"] == ["not_granted"]
    assert enter("clinician").get(ADDRESS).headers["Location"] == "/desk/monographs/testazumab/"


@pytest.mark.parametrize(
    ("changes", "status", "fields"),
    [
        ({"reason": " "}, 422, {"reason"}),
        ({"tier": ""}, 422, {"tier"}),
        ({"tier": "x", "reason": ""}, 422, {"tier", "reason"}),
        ({"tier": "low"}, 409, {"tier"}),
        ({"seen": "low"}, 409, {"tier"}),
        ({"reason": "a\u202eb"}, 422, {"reason"}),
        ({"reason": "x" * 2_001}, 422, {"reason"}),
        ({"reason": "NHS 943 476 5919"}, 422, {"reason"}),
    ],
)
def test_what_is_refused_stands_at_its_field_and_all_is_kept(house, enter, changes, status, fields):
    make.draft(house)
    given = sent(**changes)

    answer = enter("clinician").post(ADDRESS, given)

    html = answer.content.decode()
    assert (answer.status_code, tier()) == (status, "standard")
    assert set(wrong(answer)) == fields
    assert html.count('aria-invalid="true"') == len(fields)
    assert ('href="#tier-tier"' in html, 'href="#tier-reason"' in html) == ("tier" in fields, "reason" in fields)
    assert answer.context["form"]["reason"].value() == given["reason"]
    assert ('<option value="high" selected>' in html) == (given["tier"] == "high")
    assert 'name="seen" value="standard"' in html


def test_a_tier_that_was_set_meanwhile_is_shown_before_it_is_set_again(house, enter):
    edition = make.published(house)
    set_tier(edition.monograph, "high", actor=house.clinician2, reason="Dangerous.")

    answer = enter("clinician").post(ADDRESS, sent(tier="low"))

    html = answer.content.decode()
    assert (answer.status_code, tier()) == (409, "high")
    assert "Somebody set the tier to High meanwhile." in html
    assert '<option value="low" selected>' in html
    assert 'name="seen" value="high"' in html


def test_while_somebody_else_writes_what_was_typed_is_kept(house, enter, monkeypatch):
    make.draft(house)

    def busy(*_args, **_how):
        raise WriteLockTimeout

    monkeypatch.setattr("reviews.desk.monograph.tier.set_tier", busy)

    answer = enter("clinician").post(ADDRESS, sent())

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Said &lt;why&gt;</textarea>" in answer.content.decode()


def test_a_form_without_anything_in_it_is_refused(house, enter):
    make.draft(house, actor=house.clinician2)

    answer = enter("clinician").post(ADDRESS, {})

    assert answer.status_code == 422
    assert tier() == "standard"


# -- Too low, and asked for ----------------------------------------------------------------------------------------------


def test_an_editor_whose_notice_needs_a_higher_tier_asks_for_it_once_and_it_ends_when_it_is_raised(enter, house):
    edition = with_notice(make.draft(house, "askedumab"), house.editor)
    page, ask = "/desk/monographs/askedumab/", "/desk/monographs/askedumab/tier/ask/"
    client = enter("editor")
    html = client.get(page).content.decode()
    assert "It needs the high tier" in html
    assert f'action="{ask}"' in html
    assert "Ask for it</button>" in html

    done = client.post(ask, follow=True)

    assert "You asked for it. It stands in the queue of those who may raise the tier." in done.content.decode()
    assert f'action="{ask}"' not in done.content.decode()
    assert "editor asked for it on" in done.content.decode()
    again = enter("editor2").post(ask)
    assert (again.status_code, "Somebody asked already." in again.content.decode()) == (409, True)
    raising = enter("clinician").get(page).content.decode()
    assert ("You can raise it" in raising, f'action="{ask}"' in raising) == (True, False)
    set_tier(edition.monograph, "high", actor=house.clinician, reason="A boxed warning")
    assert "It needs the high tier" not in client.get(page).content.decode()


def test_whoever_asks_for_the_address_is_led_to_where_the_button_stands(enter, house):
    with_notice(make.draft(house, "ledumab"), house.editor)

    answer = enter("editor").get("/desk/monographs/ledumab/tier/ask/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/monographs/ledumab/#tier-low-t")


def test_nothing_is_said_of_it_where_the_tier_is_high_enough(enter, house):
    make.draft(house, "calmumab")

    assert "tier-low-t" not in enter("editor").get("/desk/monographs/calmumab/").content.decode()
