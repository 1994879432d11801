"""The second factor at the sign-in: who is asked, what opens, and what opens a second time."""

import pytest
from django.core.cache import cache
from django.test import Client

from reviews.access import policy
from reviews.access.refusals import Refused
from reviews.audit.trail import mark_recovering
from reviews.audit.verify import verify
from reviews.models import AuditEvent, SignOff
from tests import factories as make
from tests.second_factor import codes_on, enrol, sign_in
from tests.totp import next_code_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def needed(settings):
    settings.REQUIRE_MFA = True
    cache.clear()


@pytest.fixture
def mine(client, house):
    """A clinician who set up an app in the session at hand: its secret."""
    sign_in(client, "clinician")
    return enrol(client)


def entries(verb):
    return list(AuditEvent.objects.filter(verb=verb))


def test_whoever_has_none_is_led_to_set_one_up_from_desk_and_admin_alike(client, house):
    sign_in(client, "admin")

    for path in ("/desk/", "/admin/", "/admin/auth/user/", "/accounts/codes/"):
        assert client.get(path).headers["Location"] == "/accounts/", path
    html = client.get("/accounts/").content.decode()
    assert "Set up a second factor first" in html


def test_at_the_next_sign_in_the_password_alone_opens_nothing(client, house, mine):
    other = Client()

    answer = sign_in(other, "clinician")

    assert answer.headers["Location"] == "/accounts/login/second/"
    assert other.get("/desk/").headers["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in other.session


def test_each_recovery_code_signs_in_once_with_an_entry(client, house, mine):
    code, *_others = codes_on(client)
    first, second = Client(), Client()
    for one in (first, second):
        sign_in(one, "clinician")

    first.post("/accounts/login/second/", {"code": code})
    again = second.post("/accounts/login/second/", {"code": code})

    assert first.get("/desk/").status_code == 200
    assert again.status_code == 200
    assert "_auth_user_id" not in second.session
    (entry,) = entries("recovery_code_used")
    assert entry.data["left"] == 9
    assert verify() == []


def test_after_five_wrong_codes_none_is_looked_at(client, house, mine):
    other = Client()
    sign_in(other, "clinician")
    for _ in range(5):
        other.post("/accounts/login/second/", {"code": "000000"})

    answer = other.post("/accounts/login/second/", {"code": next_code_of(mine)})

    assert "Too many wrong ones" in answer.content.decode()
    assert "_auth_user_id" not in other.session
    assert len(entries("second_factor_failed")) == 5


def test_a_session_that_never_gave_the_factor_is_asked_for_it_and_then_goes_on(client, house, mine):
    other = Client()
    other.force_login(house.clinician)

    asked = other.get("/desk/monographs/")

    assert asked.headers["Location"] == "/accounts/login/second/"
    assert "_auth_user_id" not in other.session
    went_on = other.post("/accounts/login/second/", {"code": next_code_of(mine)})
    assert went_on.headers["Location"] == "/desk/monographs/"
    assert other.get("/desk/monographs/").status_code == 200


def test_where_none_is_needed_a_password_is_enough(client, house, settings):
    settings.REQUIRE_MFA = False
    sign_in(client, "clinician")

    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/accounts/login/passkey/", "/accounts/2fa/", "/accounts/2fa/webauthn/login/", "/accounts/webauthn/signup/"],
)
def test_there_is_no_sign_in_without_a_password(client, path):
    assert client.get(path).status_code == 404


# -- A session that was begun with a recovery code ---------------------------------------------------------------------


@pytest.fixture
def recovering(client, house, mine):
    """A clinician who lost the phone, signed in with a code."""
    code = codes_on(client)[0]
    other = Client()
    sign_in(other, "clinician")
    other.post("/accounts/login/second/", {"code": code})
    return other


def marked(person):
    mark_recovering(person)
    return person


@pytest.mark.parametrize("action", policy.RULES)
def test_each_action_is_closed_to_it_or_on_the_list(house, action):
    """Asked of somebody whom every other rule lets through."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(policy.RULES, action, lambda user, thing: None)

        assert policy.can(house.clinician, action)
        found = [one.code for one in policy.refusals(marked(house.clinician), action)]

    allowed = {"use_desk", "read", "read_trail", "warn", "withdraw", "withhold"}
    assert found == ([] if action in allowed else ["recovery_session"])


def test_it_signs_nothing_and_the_attempt_is_recorded(house):
    edition = make.submit(house, make.draft(house))

    with pytest.raises(Refused) as refused:
        make.sign(edition, marked(house.clinician))

    assert "recovery_session" in refused.value.codes
    assert not SignOff.objects.exists()
    assert "recovery_session" in AuditEvent.objects.get(verb="refused").data["codes"]


def test_it_warns_and_withdraws(house):
    page = make.published(house).monograph

    make.warn(marked(house.clinician), page)
    make.withhold(page, make.key("prescribing"), marked(house.publisher))

    assert AuditEvent.objects.filter(verb="refused").count() == 0


def test_the_desk_knows_it_by_the_session_and_the_admin_is_closed(recovering, house):
    make.draft(house)
    path = "/desk/monographs/testazumab/do/submit/"

    assert recovering.get("/desk/").status_code == 200
    assert recovering.post(path, {}).status_code == 403
    assert "recovery_session" in AuditEvent.objects.get(verb="refused").data["codes"]
    assert recovering.get("/admin/").status_code == 403


def test_setting_up_a_new_app_in_it_makes_it_no_other_session(recovering, house):
    newer = enrol(recovering)
    other = Client()
    sign_in(other, "clinician")
    other.post("/accounts/login/second/", {"code": next_code_of(newer)})
    make.draft(house)
    path = "/desk/monographs/testazumab/do/submit/"

    assert recovering.post(path, {}).status_code == 403
    assert other.post(path, {}).status_code != 403
