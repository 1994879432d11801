"""Where the demonstration is told, so that nobody takes it for real; and that a house that is real tells none of it."""

from xml.etree import ElementTree

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from clincalc import start
from clincalc.context import site
from monographs.models import Monograph
from tests import factories as make

pytestmark = pytest.mark.django_db

BANNER = (
    "<strong>Demonstration content, not for clinical use.</strong>"
    " <span>No clinician has signed any of it for real.</span>"
)


@pytest.mark.parametrize("demo", [True, False])
def test_every_page_of_the_demonstration_says_that_it_is_one(house, client, settings, demo):
    make.published(house)
    first = make.live().edition
    second = make.start(house, first)
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    make.publish(house, make.sign(second, house.pharmacist))
    settings.DEMO, settings.DEMO_PASSWORD = demo, "known-to-all"
    page = "/drugs/testazumab/"

    for path in ("/", "/drugs/", page, f"{page}editions/", f"{page}editions/1/", f"{page}editions/1...2/", "/search/",
                 "/updates/", "/about/", "/report/", "/nothing/", "/accounts/login/"):  # fmt: skip
        html = client.get(path).content.decode()
        assert (BANNER in html) == demo, path
        assert ("known-to-all" in html) == (demo and path == "/accounts/login/"), path
    for path in (page, f"{page}editions/1/"):
        stamp = 'data-stamp="Demonstration content, not for clinical use · '
        assert (stamp in client.get(path).content.decode()) == demo, path
    assert client.get(f"{page}monograph.json").json()["demonstration"] is demo
    feed = ElementTree.fromstring(client.get("/updates/feed/").content)
    title = "ClinCalc Pro: what changed" + (" (demonstration content)" if demo else "")
    assert feed.findtext("{http://www.w3.org/2005/Atom}title") == title
    make.withdraw(Monograph.objects.get().live.edition, house.publisher, "take_down")
    assert (BANNER in client.get(page).content.decode()) == demo


def test_templates_know_the_house_and_the_password_of_the_demonstration_alone(settings):
    settings.DEMO_PASSWORD = "known-to-all"
    known = {
        "DEMO": False, "DEMO_PASSWORD": "", "SITE_URL": "https://clincalc.test",
        "SMPC_URL": "https://www.medicines.org.uk/emc/", "MEDICINES_INFORMATION_URL": "https://www.sps.nhs.uk/",
        "SIDE_EFFECT_URL": "https://yellowcard.mhra.gov.uk/",
    }  # fmt: skip
    assert site() == known
    settings.DEMO = True
    assert site() == known | {"DEMO": True, "DEMO_PASSWORD": "known-to-all"}


def test_a_database_that_is_no_demonstration_is_not_served_as_one(settings, monkeypatch):
    asked = []
    monkeypatch.setattr(start, "is_demonstration", lambda: asked.append(True) or False)
    start.refuse_foreign_demonstration()
    assert asked == []  # a house that is real is served whatever its database says of demonstrations

    settings.DEMO = True
    with pytest.raises(ImproperlyConfigured, match="was not begun as a demonstration"):
        start.refuse_foreign_demonstration()
    monkeypatch.setattr(start, "is_demonstration", lambda: True)
    start.refuse_foreign_demonstration()

    def broken():
        raise OperationalError

    monkeypatch.setattr(start, "is_demonstration", broken)
    with pytest.raises(ImproperlyConfigured, match=r"Run `manage\.py migrate` first"):
        start.refuse_foreign_demonstration()
