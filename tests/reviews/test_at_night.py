"""docs/at_night.md, line by line: what the ward does when the only clinician on call cannot sign in."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from monographs.models import Overlay
from reviews.models import ProblemReport
from tests import factories as make
from tests.forms import forms_of
from tests.second_factor import codes_on, enrol, sign_in
from tests.totp import next_code_of

pytestmark = pytest.mark.django_db
WARD, PHONE = "203.0.113.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def needed(settings):
    settings.REQUIRE_MFA = True


@pytest.fixture
def page(house):
    return make.published(house).monograph


@pytest.fixture
def on_call(house):
    """(secret of the app, recovery codes) of the clinician on call."""
    client = Client()
    sign_in(client, "clinician")
    return enrol(client), codes_on(client)


def form_on(client, path, holding):
    html = client.get(path).content.decode()
    return next(form for form in forms_of(html) if holding in form.action)


def test_1_whoever_lost_the_phone_takes_the_page_down_with_a_recovery_code(page, on_call):
    client = Client()
    sign_in(client, "clinician")
    assert client.post("/accounts/login/second/", {"code": on_call[1][3]}).status_code == 302

    form = form_on(client, reverse("published", args=[page.slug]), "/do/withdraw/")
    answer = client.post(form.action, form.filled(kind="take_down", reason="The dose is wrong."))

    assert answer.status_code == 302, answer.content.decode()
    assert Client().get(f"/drugs/{page.slug}/").status_code == 410


def test_2_whoever_is_shut_out_in_the_ward_signs_in_from_elsewhere(page, on_call):
    for _ in range(6):
        Client(REMOTE_ADDR=WARD).post("/accounts/login/", {"login": "clinician", "password": "wrong wrong"})
    ward, phone = Client(REMOTE_ADDR=WARD), Client(REMOTE_ADDR=PHONE)
    assert sign_in(ward, "clinician").status_code == 429

    sign_in(phone, "clinician")
    phone.post("/accounts/login/second/", {"code": next_code_of(on_call[0])})

    assert phone.get("/desk/").status_code == 200


@pytest.mark.parametrize("name", ["publisher", "pharmacist"])
def test_3_somebody_else_takes_it_down_on_their_own(house, page, name):
    make.withdraw(page.live.edition, house.people[name], kind="take_down")

    assert Overlay.objects.unconfirmed().count() == 1


def test_4_anybody_reports_it_without_an_account_and_those_who_answer_are_told(house, page):
    sent = Client().post("/report/", {"text": "Ten times the dose.", "harm": "yes", "page": page.slug})

    assert sent.status_code == 303
    call_command("send_reminders", verbosity=0)
    assert ProblemReport.objects.get().harm
    assert house.clinician.email in {to for letter in mail.outbox for to in letter.to}


def test_5_each_page_names_where_to_read_and_whom_to_call(page, settings):
    html = Client().get(f"/drugs/{page.slug}/").content.decode()

    assert settings.SMPC_URL in html
