"""What happens to a page after its publication, each told once by the people who do it, in a real browser."""

import re

from monographs.models import Overlay
from reviews.audit.verify import verify

PAGE, DESK = "/drugs/teriflunomide/", "/desk/monographs/teriflunomide/"


def presses(one, name: str | re.Pattern[str]) -> None:
    one.page.get_by_role("button", name=name).click()
    one.page.wait_for_load_state()


def signs_again(clinician) -> None:
    for tick in clinician.page.locator("[name^=tick_]").all():
        tick.check()
    clinician.page.get_by_label("I have none.").check()
    clinician.page.get_by_label("Your password, as your signature").first.fill("clincalc-demo")
    presses(clinician, "Sign that edition 1 is still correct")


def test_a_page_is_withdrawn_and_comes_back(person):
    publisher, clinician2, reader = person("publisher"), person("clinician2"), person()
    page = publisher.goes_to(DESK)
    page.get_by_role("link", name="As readers see it").click()
    publisher.is_accessible("published-page")
    presses(publisher, "Withdraw Teriflunomide")
    assert "Choose whether the page is retired" in publisher.reads()
    publisher.is_accessible("published-page-refused")

    page.get_by_label("Retire: the page stays").check()
    page.get_by_label("Reason, for readers").fill("the product was withdrawn from the market")
    presses(publisher, "Withdraw Teriflunomide")

    presses(publisher, re.compile("^Look at"))
    assert "places are as they should be" in publisher.reads()
    publisher.is_accessible("places")
    reader.goes_to(PAGE)
    assert "Retired on" in reader.reads()
    assert "the product was withdrawn from the market" in reader.reads()
    assert "Doses are not shown. Monitoring and counselling remain" in reader.reads()
    reader.is_accessible("retired")
    reader.goes_to("/drugs/")
    assert "Retired" in reader.reads()

    publisher.goes_to(f"{DESK}withdraw/")
    page.get_by_text("Withdraw it in another way").click()
    page.get_by_label("Take down: nothing").check()
    page.get_by_label("Reason, for readers").fill("its text could not be confirmed at the source")
    presses(publisher, "Withdraw Teriflunomide")
    answer = reader.page.goto(PAGE)
    assert answer.status == 410
    assert "its text could not be confirmed at the source" in reader.reads()
    reader.is_accessible("taken-down")
    assert reader.page.goto(f"{PAGE}editions/").status == 410

    clinician2.goes_to(f"{DESK}withdraw/")
    presses(clinician2, "Confirm the withdrawal")
    assert "You confirmed the withdrawal." in clinician2.reads()
    clinician2.is_accessible("published-page-withdrawn")
    signs_again(clinician2)
    assert "must sign." in clinician2.reads()
    pharmacist = person("pharmacist")
    pharmacist.goes_to(f"{DESK}withdraw/")
    signs_again(pharmacist)
    assert "A publisher can reinstate the page now." in pharmacist.reads()
    assert reader.page.goto(PAGE).status == 410

    publisher.goes_to(f"{DESK}withdraw/")
    presses(publisher, "Reinstate Teriflunomide")
    assert "The page is reinstated." in publisher.reads()
    assert reader.page.goto(PAGE).status == 200
    assert "Retired on" not in reader.reads()
    reader.goes_to("/updates/")
    assert "signed that it is still correct" in reader.reads()
    assert verify() == []


def test_one_urgent_warning_stands_over_three_pages(person):
    clinician, clinician2, reader = person("clinician"), person("clinician2"), person()
    page = clinician.goes_to(f"{DESK}withdraw/")
    page.get_by_role("link", name="Add an urgent warning").click()
    clinician.is_accessible("warning-form")
    presses(clinician, "Add the urgent warning")
    assert "Not added yet" in clinician.reads()
    clinician.is_accessible("warning-form-errors")
    for slug in ("ocrelizumab", "natalizumab"):
        page.locator(f'input[name="monographs"][value="{slug}"]').check()
    page.get_by_label("What must readers do?").select_option("new-reaction")
    page.get_by_label("How severe?").select_option("critical")
    page.get_by_label("Who says so?").select_option("mhra")
    page.get_by_label("Issued on").fill("2026-11-23")
    page.get_by_label("Address of their own text").fill("https://www.gov.uk/drug-safety-update")
    page.get_by_label("Their sentence, word for word").fill("This sentence is invented for a demonstration.")
    page.locator("#id_password").fill("clincalc-demo")
    presses(clinician, "Add the urgent warning")
    assert "over 3 pages now" in clinician.reads()

    for slug in ("teriflunomide", "ocrelizumab", "natalizumab"):
        reader.goes_to(f"/drugs/{slug}/")
        assert "Urgent warning There is a new severe reaction" in reader.reads()
        assert "second signature due by" in reader.reads()
    reader.is_accessible("warned")
    reader.goes_to("/")
    assert reader.reads().count("Urgent warning: There is a new severe reaction") >= 1

    clinician2.goes_to("/desk/")
    assert "Urgent warning unsigned" in clinician2.reads()
    clinician2.is_accessible("queue-urgent")
    clinician2.goes_to(f"{DESK}withdraw/")
    clinician2.page.get_by_label("Your password, as the second signature").fill("clincalc-demo")
    presses(clinician2, "Countersign the warning")
    reader.goes_to(PAGE)
    assert "Countersigned by a specialist in general medicine on" in reader.reads()
    assert Overlay.objects.filter(kind="warning").count() == 3
    assert verify() == []


def test_a_correction_stands_on_the_page_the_archive_and_in_the_list(person):
    pharmacist, publisher, reader = person("pharmacist"), person("publisher"), person()
    slug = "/desk/monographs/dimethyl-fumarate/"
    before = "Flushing looks alarming but usually fades within weeks."
    after = "Flushing may look alarming, but it usually fades within weeks."
    publisher.goes_to(slug)
    presses(publisher, "Publish edition 2")

    page = pharmacist.goes_to(f"{slug}withdraw/")
    page.get_by_label("What did the page say?").fill("No page says this.")
    page.get_by_label("What should it say?").fill(after)
    page.get_by_label("What harm could it do?").select_option("minor")
    page.locator("#id_password").fill("clincalc-demo")
    presses(pharmacist, "Add the correction")
    assert "No published edition says this." in pharmacist.reads()
    page.get_by_label("What did the page say?").fill(before)
    page.locator("#id_password").fill("clincalc-demo")
    presses(pharmacist, "Add the correction")
    assert "The correction stands on the page" in pharmacist.reads()

    for path in ("/drugs/dimethyl-fumarate/", "/drugs/dimethyl-fumarate/editions/1/", "/corrections/"):
        reader.goes_to(path)
        assert before in reader.reads()
        assert "Affected: edition 1. Possible harm: minor, as judged by a pharmacist" in reader.reads()
    reader.is_accessible("corrections")
    reader.goes_to("/drugs/dimethyl-fumarate/")
    reader.is_accessible("corrected")
    assert verify() == []


def test_the_archive_and_what_changed(person):
    publisher, reader = person("publisher"), person()
    publisher.goes_to("/desk/monographs/dimethyl-fumarate/")
    presses(publisher, "Publish edition 2")
    page = reader.goes_to("/drugs/dimethyl-fumarate/")
    page.get_by_role("link", name="All editions").click()
    assert "Edition 2, current" in reader.reads()
    reader.is_accessible("editions")
    page.get_by_role("link", name="Edition 1").first.click()
    assert "Do not use" in reader.reads()
    assert "Superseded on" in reader.reads()
    assert page.locator("meta[name=robots]").get_attribute("content") == "noindex"
    assert page.locator("link[rel=canonical]").get_attribute("href").endswith("/drugs/dimethyl-fumarate/")
    reader.is_accessible("edition-old")
    page.get_by_role("link", name="What changed since").click()
    assert "In short" in reader.reads()
    assert "Counselling" in reader.reads()
    reader.is_accessible("comparison")
    page.get_by_role("button", name="Compare").click()
    assert "What changed" in reader.reads()


def test_every_other_public_page(person):
    reader = person()
    for path, kind in (
        ("/", "home"), ("/drugs/", "a-to-z"), ("/drugs/?letter=M", "a-to-z-letter"), ("/classes/", "classes"),
        ("/classes/neurology/", "class"), ("/search/", "search-empty"), ("/search/?q=mul", "search"),
        ("/search/?q=zzyzx", "search-none"), ("/updates/", "updates"), ("/corrections/", "corrections-none"),
        ("/search/?q=cladribine+zzyzx", "search-aside"), ("/search/?q=mtx", "search-unsafe"),
        ("/about/", "about"), ("/nowhere/", "not-found"),
    ):  # fmt: skip
        reader.goes_to(path)
        reader.is_accessible(f"public-{kind}")
    page = reader.goes_to("/")
    page.get_by_label("Drug, brand name or class").fill("Lemt")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=Lemt")
    page.get_by_role("link", name="Alemtuzumab").click()
    assert page.url.endswith("/drugs/alemtuzumab/")


def test_a_reader_reports_a_problem_and_reads_the_answer(person):
    reader, clinician = person(java_script_enabled=False), person("clinician")
    page = reader.goes_to(PAGE)
    page.get_by_role("link", name="Report a problem with this page").click()
    page.get_by_role("button", name="Send the report").click()
    assert "Not sent yet" in reader.reads()
    page.get_by_label("Part").select_option("Monitoring")
    page.get_by_label("What is wrong?").fill("The interval that stands there is not the one of the source.")
    page.get_by_label("Yes, or I am not sure").check()
    page.get_by_role("button", name="Send the report").click()
    page.wait_for_url("**/report/*/")
    receipt = page.url
    assert "You said that it could harm: a clinician looks by" in reader.reads()

    looks = person()
    looks.goes_to("/report/?page=/drugs/teriflunomide/&edition=1")
    looks.is_accessible("report-form")
    presses(looks, "Send the report")
    looks.is_accessible("report-form-errors")
    looks.page.goto(receipt)
    looks.is_accessible("receipt")

    clinician.goes_to("/desk/")
    assert "Report: could harm" in clinician.reads()
    clinician.page.get_by_role("link", name="Reports", exact=True).click()
    clinician.is_accessible("reports")
    clinician.page.get_by_role("link", name="R-", exact=False).first.click()
    clinician.is_accessible("report")
    clinician.page.get_by_label("What came of it?").select_option("next-edition")
    clinician.page.get_by_label("Answer to the reader").fill("Thank you: the next edition names the source.")
    clinician.page.get_by_label("Why can it be closed?").fill("The interval is the one of the source.")
    presses(clinician, "Send the answer")
    clinician.goes_to("/desk/reports/?show=answered")
    assert "The next edition will say it better" in clinician.reads()

    page.goto(receipt)
    assert "Thank you: the next edition names the source." in reader.reads()
    assert verify() == []


def closes_by_hand(one, address: str, **fields: str):
    """What somebody sends whose page has no such form: with the tokens of a form that it has."""
    sent = {
        name: one.page.locator(f"main [name={name}]").first.input_value() for name in ("csrfmiddlewaretoken", "act")
    }
    headers = {"Origin": one.server, "Referer": f"{one.server}{address}"}
    return one.page.request.post(address, form={**sent, **fields}, headers=headers, max_redirects=0)


def test_a_harm_report_comes_to_its_honest_end_after_it_was_closed_falsely_three_times(person):
    reader, pharmacist = person(java_script_enabled=False), person("pharmacist")
    before = "Flushing looks alarming but usually fades within weeks."
    page = reader.goes_to("/report/?page=/drugs/Dimethyl-Fumarate/")
    page.get_by_label("What is wrong?").fill("Flushing does not fade within weeks, as the page says.")
    page.get_by_label("Yes, or I am not sure").check()
    page.get_by_role("button", name="Send the report").click()
    page.wait_for_url("**/report/*/")
    receipt = page.url
    pharmacist.goes_to("/desk/reports/")
    pharmacist.page.get_by_role("link", name="R-", exact=False).first.click()
    pharmacist.page.wait_for_url("**/desk/reports/*/")
    report = pharmacist.page.url.removeprefix(pharmacist.server)
    lie = {"outcome": "corrected", "answer": "It is corrected.", "reason": "It is corrected."}

    for name in ("editor", "publisher"):
        other = person(name)
        other.goes_to(report)
        assert "closes it, and nobody else." in other.reads()
        assert "Whom to ask: Demo " in other.reads()
        assert other.page.get_by_role("button", name="Send the answer").count() == 0
        refused = closes_by_hand(other, report, **lie)
        assert (refused.status, "closes it, and nobody else." in refused.text()) == (403, True)
        if name == "editor":
            presses(other, "I am looking at it")
            assert "You are looking at it, since" in other.reads()
            other.is_accessible("report-looked-at")

    pharmacist.goes_to(report)
    assert "Demo editor is looking at it, since" in pharmacist.reads()
    assert "no correction was put over the page since the report came" in pharmacist.reads()
    assert "corrected" not in pharmacist.page.get_by_label("What came of it?").inner_html()
    pharmacist.is_accessible("report-could-harm")
    refused = closes_by_hand(pharmacist, report, **lie)
    assert (refused.status, "would not be true" in refused.text()) == (409, True)
    page.goto(receipt)
    assert "You said that it could harm: a clinician looks by" in reader.reads()

    pharmacist.page.get_by_role("link", name="Withdraw or correct the page").click()
    pharmacist.page.get_by_label("What did the page say?").fill(before)
    pharmacist.page.get_by_label("What should it say?").fill("Flushing may last for as long as it is taken.")
    pharmacist.page.get_by_label("What harm could it do?").select_option("minor")
    pharmacist.page.locator("#id_password").fill("clincalc-demo")
    presses(pharmacist, "Add the correction")
    assert "The correction stands on the page" in pharmacist.reads()
    pharmacist.goes_to("/desk/reports/?grade=wording&whose=me")
    assert "No report is like that" in pharmacist.reads()
    pharmacist.is_accessible("reports-narrowed")
    shown = pharmacist.goes_to(report)
    choice = shown.get_by_label("What came of it?").locator("option", has_text="is corrected: correction of")
    shown.get_by_label("What came of it?").select_option(choice.get_attribute("value"))
    shown.get_by_label("Answer to the reader").fill("Thank you: you were right.")
    shown.get_by_label("Why can it be closed?").fill("The correction says it rightly.")
    presses(pharmacist, "Send the answer")
    shown.wait_for_url("**/desk/reports/")
    assert "is answered. The reader sees it at the receipt." in pharmacist.page.inner_text("body")

    page.goto(receipt)
    assert "we put a correction over the page" in reader.reads()
    assert "Thank you: you were right." in reader.reads()
    assert "The correction says it rightly." not in reader.reads()
    assert "Demo" not in reader.reads()
    page.get_by_role("link", name="Read the correction").click()
    page.wait_for_url("**/drugs/dimethyl-fumarate/#erratum-*")
    assert "Flushing may last for as long as it is taken." in reader.reads()

    pharmacist.goes_to("/desk/monographs/dimethyl-fumarate/withdraw/")
    ends = pharmacist.page.locator("details", has_text="End this correction").last
    ends.locator("summary").click()
    ends.get_by_label("Why").fill("It was wrong itself")
    ends.locator("input[type=password]").fill("clincalc-demo")
    ends.get_by_role("button", name="End this correction").click()
    pharmacist.goes_to("/desk/reports/")
    assert "Open again: what closed it was undone" in pharmacist.reads()
    pharmacist.goes_to(report)
    assert "Correction ended: It was wrong itself." in pharmacist.reads()
    pharmacist.is_accessible("report-open-again")
    page.goto(receipt)
    assert "Open again: report R-" in reader.reads()
    assert "a clinician looks by" in reader.reads()
    assert verify() == []


def test_junk_is_ticked_shown_and_closed_together(person):
    reader, editor = person(java_script_enabled=False), person("editor", java_script_enabled=False)
    for words in ("Buy watches, cheap watches, at this address.", "asdf asdf asdf asdf", "A comma is missing here."):
        page = reader.goes_to("/report/?page=/drugs/teriflunomide/")
        page.get_by_label("What is wrong?").fill(words)
        page.get_by_label("No: wording, spelling, a link").check()
        page.get_by_role("button", name="Send the report").click()
        page.wait_for_url("**/report/*/")
    page = editor.goes_to("/desk/reports/")
    for words in ("watches", "asdf"):
        page.get_by_role("listitem").filter(has_text=words).get_by_label("Junk").check()
    page.get_by_role("button", name="Close what is ticked as junk").click()
    page.wait_for_url("**/desk/reports/close/?*")
    assert "Close 2 reports as junk" in editor.reads()
    assert "asdf asdf" in editor.reads()
    looks = person("editor2")
    looks.goes_to("/desk/reports/")
    looks.is_accessible("reports-ticks")
    looks.goes_to(page.url)
    looks.is_accessible("reports-close")

    page.get_by_label("What the readers are told").fill("We found nothing in it about a page of ours.")
    page.get_by_role("button", name="Close 2 reports").click()
    page.wait_for_url("**/desk/reports/")
    assert "2 reports closed as not about our pages." in page.inner_text("body")
    assert "A comma is missing here." in editor.reads()
    assert "asdf" not in editor.reads()
    assert verify() == []
