"""What may be called a correction, and what never is: the tables of docs/clinical/corrections.md, and their kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.document import Citation, Section
from monographs.proofing.correction import is_correction, is_same_source, more_than_spelling, why_not
from tests import factories as make
from tests import whole

WHOLE = whole.whole()
NAMES = ("Cefalexin", "Alemtuzumab", "Lemtrada", "Prednisolone", "Neurology")


def judged(was, now):
    return more_than_spelling(was, now, NAMES) == ""


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("They recieve it.", "They receive it."),
        ("Recieve it at home.", "Receive it at home."),
        ("It is in the the liver.", "It is in the liver."),
        ("The patient patient rests.", "The patient rests."),
        ("Rashes are common.They fade.", "Rashes are common. They fade."),
        ("Nausea,headache and fatigue", "Nausea, headache and fatigue"),
        ("It is a part ofthe liver.", "It is a part of the liver."),
        ("Rashes are common", "Rashes are common."),
        ("Rashes are common [@one]", "Rashes are common [@one]."),
        ("Rashes are common\n\nFever", "Rashes are common.\n\nFever"),
        ("- rashes are common\n- fever", "- rashes are common.\n- fever"),
        ("Ask for symtoms early", "Ask for symptoms early"),
        ("the thyriod gland", "the thyroid gland"),
        ("Tell the pateint", "Tell the patient"),
        ("is likley", "is likely"),
        ("with tratment", "with treatment"),
        ("It is forpatients", "It is for patients"),
        ("- rashes are common", "- Rashes are common"),
        ("They fade. rashes return.", "They fade. Rashes return."),
        ("They recieve it. rashes are common", "They receive it. Rashes are common"),
    ],
)
def test_what_is_allowed(was, now):
    assert judged(was, now)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("causes hypotension", "causes hypertension"),
        ("an inter muscular way", "an intra muscular way"),
        ("an increase of it", "a decrease of it"),
        ("an increase of it", "an decrease of it"),
        ("form the liver", "from the liver"),
        ("12 mg", "1.2 mg"),
        ("1.2 mg", "1. 2 mg"),
        ("1,2 mg", "1, 2 mg"),
        ("12 12 mg", "12 mg"),
        ("5 mg mg daily", "5 mg daily"),
        ("5 mg", "5 micrograms"),
        ("tested monthly", "tested weekly"),
        ("give cefalexn", "give cefalexin"),
        ("give predisolone", "give prednisolone"),
        ("give lemtrda", "give lemtrada"),
        ("give methotrexat", "give methotrexate"),
        ("give simvastatn", "give simvastatin"),
        ("give penicilin", "give penicillin"),
        ("give amoxicilin", "give amoxicillin"),
        ("give warfarrin", "give warfarin"),
        ("do not not stop", "do not stop"),
        ("do nott stop", "do not stop"),
        ("it is withuot risk", "it is without risk"),
        ("it maybe given", "it may be given"),
        ("cannotbe given", "cannot be given"),
        ("TA312 says", "TA321 says"),
        ("as said [@one].", "as said [@two]."),
        ("as said [@one] here.", "as said here [@one]."),
        ("see [there](https://a.example)", "see [there](https://b.example)"),
        ("It is *fatal*.", "It is fatal."),
        ("Rashes.\n\nFever.", "Rashes.\nFever."),
        ("Rashes are common", "Rashes were common"),
        ("Rashes are common", ""),
        ("", "Rashes are common."),
        ("a < b", "a > b"),
        ("seen in men", "seen in mеn"),
        ("over-the-counter", "over the counter"),
        ("common; rare", "common, rare"),
        ("he rests. she works", "he rests, she works"),
        ("give DMARd", "give DMARD"),
        ("after 5 days", "after 5  days"),
        ("twelv days", "twelve days"),
        # the opposite, or another word, is as near
        ("causes hyptension", "causes hypotension"),
        ("causes hypertesnion", "causes hypertension"),
        ("in asymtomatic patients", "in asymptomatic patients"),
        ("in symptomatc patients", "in symptomatic patients"),
        ("is unlikley", "is unlikely"),
        ("is disscontinued", "is discontinued"),
        ("an intravenuos line", "an intravenous line"),
        ("subclincal", "subclinical"),
        ("bradycardai", "bradycardia"),
        ("niduce it", "induce it"),
        ("it was suspeded", "it was suspended"),
        ("it was suspeted", "it was suspected"),
        ("in alkalsois", "in alkalosis"),
        ("it was ithdrawn", "it was withdrawn"),
        # words of medicine that everyday English does not know are words, and no misprint of others
        ("aplastic anaemia", "plastic anaemia"),
        ("the peroneal nerve", "the perineal nerve"),
        # two words of one
        ("atopical cream", "a topical cream"),
        ("anonsmoker", "a nonsmoker"),
        ("nonsmokers", "non smokers"),
        ("inpatints", "in patients"),
        ("twentyone days", "twenty one days"),
        ("isnot given", "is not given"),
        ("overdosed", "over dosed"),
        ("Treatment iscontinued", "Treatment is continued"),
        ("it isplaced", "it is placed"),
        ("it isconnected", "it is connected"),
        ("withoutcomes", "with outcomes"),
        ("it isatypical", "it is atypical"),
        ("they areactive", "they are active"),
        ("a type a a reaction", "a type a reaction"),
        ("a log log plot", "a log plot"),
        ("beta beta", "beta"),
        # a sentence goes on in the next line, or in a list, or behind a short form
        ("you do\nstop it", "you do.\nstop it"),
        ("do not\nstop it", "do not.\nstop it"),
        ("Do not give unless\n- asthma", "Do not give unless.\n- asthma"),
        ("Give it with\n- food", "Give it with.\n- food"),
        ("Give it when\n\nthey rest", "Give it when.\n\nthey rest"),
        ("patients\nrest", "patients\nRest"),
        ("give 5 mg", "give 5 mg."),
        ("give 5 mg. daily", "give 5 mg. Daily"),
        ("e.g. rash", "e.g. Rash"),
        ("5 - rash", "5 - Rash"),
        ("www.example.org", "www. example.org"),
        ("common.they fade", "common. they fade"),
        ("a,b", "a, b"),
    ],
)
def test_what_never_is(was, now):
    assert not judged(was, now)


def with_text(text):
    return WHOLE.replaced(sections=[Section(key=make.key("words"), kind="cautions", text=text)])


def test_a_document_is_a_correction_where_every_difference_is():
    old, new = with_text("They recieve it."), with_text("They receive it.")
    assert is_correction(old, new, NAMES)
    assert not is_correction(old, old, NAMES)
    assert not is_correction(None, new, NAMES)
    assert not is_correction(old, new.replaced(citations=new.citations[::-1]), NAMES)
    other = new.replaced(monitoring=[WHOLE.monitoring[0].replaced(note="After 4 weeks again")])
    assert why_not(old, other, NAMES) == ["Monitoring: Blood count of 5 mL: nothing there is ever a correction."]


@pytest.mark.parametrize("other", [other for _path, _was, _now, other in whole.changed()])
def test_no_field_changed_to_other_words_is_a_correction(other):
    assert not is_correction(WHOLE, other, NAMES)


def test_the_address_of_the_same_source():
    doi = {"DOI": "10.1/x", "URL": "https://a.example", "title": "T"}
    home = {**doi, "URL": "https://doi.org/10.1/X"}
    assert is_same_source(doi, home)
    assert is_same_source(doi, {**doi, "URL": "https://doi.org/10.1%2Fx"})
    for url in (
        "https://b.example",
        "https://b.example/10.1/x",
        "http://doi.org/10.1/x",
        "https://doi.org/10.1/xy",
        "",
    ):
        assert not is_same_source(doi, {**doi, "URL": url})
    assert not is_same_source(doi, {**home, "DOI": "10.1/y"})
    assert not is_same_source(doi, {**home, "title": "U"})
    paper = {"PMID": "12345", "URL": "http://a.example"}
    assert is_same_source(paper, {**paper, "URL": "https://pubmed.ncbi.nlm.nih.gov/12345/"})
    assert not is_same_source(paper, {**paper, "URL": "https://pubmed.ncbi.nlm.nih.gov/123456/"})
    assert not is_same_source({"URL": "https://a.example/x"}, {"URL": "https://b.example/x"})
    nice = {"URL": "https://www.nice.org.uk/guidance/ta312"}
    assert is_same_source(nice, {"URL": "https://nice.org.uk/guidance/TA312/chapter/1"})
    assert not is_same_source(nice, {"URL": "https://nice.example/guidance/TA312/chapter/1"})
    assert not is_same_source(nice, {"URL": "https://nice.org.uk/guidance/TA321"})
    citation = Citation(key=make.key("c"), label="c", csl=doi)
    old, new = (
        WHOLE.replaced(citations=[*WHOLE.citations, one])
        for one in (citation, citation.replaced(csl={**doi, "URL": "https://doi.org/10.1/x"}))
    )
    assert is_correction(old, new, NAMES)
    assert not is_correction(old, old.replaced(citations=[*WHOLE.citations, citation.replaced(label="d")]), NAMES)


@given(st.text(alphabet="ab 12.,\nnot", max_size=12), st.text(alphabet="ab 12.,\nnot", max_size=12))
def test_no_figure_and_no_negation_ever_changes(was, now):
    if judged(was, now):
        for signs in ("1", "2"):
            assert was.count(signs) == now.count(signs)
        assert was.split().count("not") == now.split().count("not") or "not" not in (was + now).split()


def test_words_that_look_the_same_by_the_rules_of_today_may_be_corrected():
    old, new = with_text("They recieve it."), with_text("They receive it.")
    assert is_correction(old, new.replaced(sections=[new.sections[0].replaced(text_rules=2)]), NAMES)
    old, new = with_text("They recieve 5*10^9/L*."), with_text("They receive 5*10^9/L*.")
    assert not is_correction(old, new.replaced(sections=[new.sections[0].replaced(text_rules=2)]), NAMES)
