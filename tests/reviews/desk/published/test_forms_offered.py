"""A form stands on the page of a published page exactly where the act would be done for whoever reads it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from monographs.models import Monograph, Overlay
from reviews.access.refusals import Refused
from reviews.access.registrations import register
from reviews.workflow import perform
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PEOPLE = ("editor", "editor2", "clinician", "clinician2", "pharmacist", "publisher", "auditor")
PAGES = ("warnzumab", "endzumab", "retirezumab", "downzumab", "backzumab")


@pytest.fixture(scope="module")
def made(once_a_module):
    """Every kind of overlay in every state, of one page or another. `editor2` is on call, and nobody looked them up."""
    house = make.the_house()
    make.give_role(house.editor2, "on-call", actor=house.admin)
    make.give_role(house.editor2, "clinician", actor=house.admin)
    register(house.editor2, actor=house.editor2, name="E", profession="pharmacist", number="2000009", scope="both")
    pages = {}
    for slug in PAGES:
        make.published(house, slug)
        pages[slug] = Monograph.objects.get(slug=slug)
    make.warn(house.clinician, pages["warnzumab"])
    (second,) = make.warn(house.pharmacist, pages["warnzumab"], title="stop")
    make.countersign(second, house.clinician2)
    make.correct(house.pharmacist, pages["warnzumab"], "Tests go on for years.", "Tests go on for months.")
    make.withhold(pages["warnzumab"], make.key("prescribing"), house.publisher)
    (ended,) = make.warn(house.clinician, pages["endzumab"])
    make.lift(ended, house.pharmacist)
    make.lift(make.correct(house.pharmacist, pages["endzumab"], "Start slowly", "Start fast"), house.pharmacist)
    make.withdraw(pages["retirezumab"].live.edition, house.publisher)
    make.withdraw(pages["downzumab"].live.edition, house.clinician, "take_down")
    make.withdraw(pages["backzumab"].live.edition, house.clinician)
    confirm(pages["backzumab"], house.publisher)


def confirm(page, who):
    edition = page.live.edition
    perform("confirm-withdrawal", editions=[edition], actor=who, digest=make.seen(edition))


def is_done(act, *given):
    with make.undone():
        try:
            act(*given)
        except Refused:
            return False
        return True


def acts_on(page):
    """Each form that the page may hold, by its address, and the act that it does."""
    acts = {
        f"/desk/monographs/{page.slug}/erratum/": lambda who: make.correct(
            who, page, "Mind the heart", "Mind the liver"
        ),
        f"/desk/warnings/new/?monograph={page.slug}": lambda who: make.warn(who, page, title="recall"),
        f"/desk/monographs/{page.slug}/do/confirm-withdrawal/": lambda who: confirm(page, who),
    }
    for one in Overlay.objects.filter(monograph=page):
        acts[f"/desk/overlays/{one.pk}/countersign/"] = lambda who, one=one: make.countersign(one, who)
        acts[f"/desk/overlays/{one.pk}/lift/"] = lambda who, one=one: make.lift(one, who)
    return acts  # fmt: skip


@pytest.mark.parametrize("days", [0, 365])
@pytest.mark.parametrize("person", PEOPLE)
def test_a_form_is_on_the_page_if_and_only_if_the_act_is_done(house, enter, monkeypatch, person, days):
    """After 365 days every registration has lapsed."""
    moment = timezone.now() + timedelta(days=days)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    wrong = {}
    for slug in PAGES:
        page = Monograph.objects.get(slug=slug)
        html = enter(person).get(f"/desk/monographs/{slug}/withdraw/").content.decode()
        for address, act in acts_on(page).items():
            offered = bool(re.search(rf'(action|href)="{re.escape(address)}"', html))
            if offered != is_done(act, house.people[person]):
                wrong[address] = "offered" if offered else "done"
    assert wrong == {}


def test_every_form_is_offered_to_somebody(house, enter):
    found = set()
    for person in PEOPLE:
        for slug in PAGES:
            html = enter(person).get(f"/desk/monographs/{slug}/withdraw/").content.decode()
            found |= {re.sub(r"\d+|\w+zumab", "", one) for one in re.findall(r'(?:action|href)="(/desk/[^"]+)"', html)}
    assert found >= {
        "/desk/overlays//countersign/", "/desk/overlays//lift/", "/desk/monographs//erratum/",
        "/desk/warnings/new/?monograph=", "/desk/monographs//do/confirm-withdrawal/",
    }  # fmt: skip
