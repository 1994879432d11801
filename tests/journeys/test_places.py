"""A page is retired, and one is taken down: what each place shows is looked at by who did it, and found so by a reader."""

import re

from reviews.audit.verify import verify

DESK, PLACES = "/desk/monographs/teriflunomide/withdraw/", "/desk/monographs/teriflunomide/withdraw/places/"


def withdraws(publisher, choice: str, reason: str) -> None:
    page = publisher.goes_to(DESK)
    page.get_by_label(choice).check()
    page.get_by_label("Reason, for readers").fill(reason)
    page.get_by_role("button", name="Withdraw Teriflunomide").click()
    page.wait_for_url(f"**{PLACES}")


def confirms(clinician) -> None:
    page = clinician.goes_to(DESK)
    page.get_by_role("button", name="Confirm the withdrawal").click()
    page.get_by_text("You confirmed the withdrawal.").wait_for()


def looks(one) -> dict[str, str]:
    """{place: what was found there}."""
    one.page.get_by_role("button", name=re.compile("^Look ")).click()
    one.page.get_by_role("heading", name=re.compile("^Looked at ")).wait_for()
    rows = one.page.get_by_role("region", name="Places").locator("tbody tr").all()
    return {row.locator("th a").inner_text(): row.locator("td").last.inner_text() for row in rows}


def test_a_page_is_retired_and_each_place_is_looked_at(person):
    publisher, clinician, reader = person("publisher"), person("clinician2"), person()
    withdraws(publisher, "Retire: the page stays", "the product was withdrawn from the market")
    assert "Not looked at yet" in publisher.reads()
    assert "No second person has signed it yet" in publisher.reads()
    publisher.is_accessible("places-before")

    found = looks(publisher)
    assert len(found) >= 15
    assert [place for place, words in found.items() if not words.startswith("As it should be.")] == []
    publisher.is_accessible("places-retired", everywhere=True)

    confirms(clinician)
    assert set(looks(publisher).values()) == set(found.values())
    assert "Signed by a second person, too." in publisher.reads()
    reader.goes_to("/drugs/teriflunomide/")
    assert "Retired on" in reader.reads()
    for path in ("/drugs/", "/drugs/?letter=T", "/search/?q=teriflunomide", "/drugs/teriflunomide/editions/"):
        assert path in found or path.startswith("/search/"), path
        reader.goes_to(path)
        assert "Retired" in reader.reads(), path
    assert verify() == []


def test_a_page_is_taken_down_by_two_and_each_place_is_looked_at(person):
    publisher, clinician = person("publisher"), person("clinician2")
    reader = person(java_script_enabled=False)
    withdraws(publisher, "Take down: nothing", "its text could not be confirmed at the source")
    confirms(clinician)

    found = looks(publisher)
    assert [place for place, words in found.items() if not words.startswith("As it should be.")] == []
    assert "At most 60 seconds, if they keep to the header" in publisher.reads()
    publisher.is_accessible("places-removed")
    for path in found:
        answer = reader.page.goto(path)
        if path.startswith("/drugs/teriflunomide/") and "compare/" not in path and answer.status == 200:
            raise AssertionError(path)
    assert reader.page.goto("/drugs/teriflunomide/").status == 410
    assert "its text could not be confirmed at the source" in reader.reads()
    reader.goes_to("/drugs/")
    assert "Teriflunomide" not in reader.reads()
    assert verify() == []
