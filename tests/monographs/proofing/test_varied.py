"""Each kind of misspelt dose with other units, other drugs and other figures, in capitals, without spaces: all are found."""

from itertools import product

import pytest

from monographs.proofing.proof import proof

UNITS = (
    "mg",
    "g",
    "micrograms",
    "nanograms",
    "mL",
    "units",
    "mmol",
    "kg",
    "ml",
    "mcg",
    "IU",
    "MG",
    "mg/kg",
    "units/kg",
)
FORMS = (
    "tablet", "tablets", "capsules", "puffs", "drops", "sachets", "sprays", "patches", "lozenges", "suppositories",
    "ampoules", "doses", "caps", "tabs",
)  # fmt: skip
DRUGS = ("warfarin", "Warfarin", "WARFARIN", "insulin glargine", "St John’s wort", "co-amoxiclav", "ciclosporin")
SPACES = ("", " ", "\xa0")
DASHES = ("-", "–", "—", "‑", "‒", "−", " - ", " – ")
FIGURES = ("5", "20", "0.5", "1,000")
WHO = ("Take", "TAKE", "Give it", "Use", "Inject", "Apply", "Swallow the tablets")

# Rule -> words, each of which stands in turn beside each of the others.
VARIED = {
    "L01": [("", "give ", "(", "of ", "–", "≥"), (".5 ", ".25 "), UNITS],
    "L02": [("1.0", "10.0", "2.50", "0.10", "1,000.0", "1·0"), SPACES, (*UNITS, *FORMS)],
    "L03": [FIGURES, SPACES, ("mcg", "MCG", "Mcg", "mCg", "mcgs", "µg", "μg", "ug", "UG", "µgram", "micro-g", "mcg/kg")],
    "L04": [FIGURES, SPACES, ("ng", "ngs", "NG", "ng/kg")],
    "L05": [FIGURES, SPACES, ("U", "u", "Us", "MU", "U/kg", "U,")],
    "L06": [FIGURES, SPACES, ("IU", "iu", "I.U.", "IUs", "MIU", "Iu")],
    "L07": [("", "5 mg ", *(f"{one} " for one in DRUGS)), ("od", "OD", "o.d.", "qd", "QD", "qod", "Od", "o/d", "EOD"), ("", ",", " for 5 days")],
    "L08": [("5 mg ", "500mg ", "2 mL ", "20mcg ", "10 mmol ", *(f"1 {one} " for one in FORMS)), ("bd", "BD", "b.d.", "bid", "Bid", "stat", "STAT", "ac", "pc", "tds", "QDS", "prn", "qqh", "Nocte")],
    "L09": [("for ", "over ", "every ", "after ", "×", "then "), ("5/7", "2/52", "10/12", "1-2/52")],
    "L10": [("", "5 mg ", *(f"{one} " for one in DRUGS)), ("q", "Q"), ("4", "6 ", "4-6"), ("h", "hrs", "hourly", "H")],
    "L12": [FIGURES, SPACES, ("cc", "CC", "Cc", "ccs", "cm3", "CM3", "cm³", "cm^3")],
    "L13": [("5", "10 ", "24-"), ("mgs", "MG", "MGS", "Mg", "gm", "GM", "mls", "MLS", "Mls", "hr", "Hrs", "HRS", "mins", "Mins", "yrs", "KG")],
    "L14": [FIGURES, ("mg", "MG", "Mg", "g", "GM", "micrograms", "mL", "ml", "units", "mmol", "IU", "kg", "cm", "tablets", "hours")],
    "L15": [("warfarin", "Warfarin", "WARFARIN", "co-amoxiclav", "with", "of"), FIGURES, SPACES, ("mg", "MG", "g", "micrograms", "mL", "units", "mmol", "mcg", "IU")],
    "L17": [("1000", "10000", "1500.5", "10 000", "10\xa0000"), SPACES, (*UNITS, "Units", "international units")],
    "L18": [("", "age ", "if "), ("<", ">", "≤", "≥", "<=", "≦", "⩽", "＜"), ("", " "), ("30", ".5", "18 years")],
    "L19": [("5 mg", "10 mL", "20 units", "5mg"), ("&", "+", " & ", " + ", " @ "), ("2 mg", "10 mL", *DRUGS)],
    "L20": [FIGURES, ("mg", "MG", "g", "mcg", "IU", "mL", "units"), ("/", " / "), ("10",), ("",)],
    "L21": [("5", "0.5", "1,000"), DASHES, ("10 ",), (*UNITS, *FORMS, "hours", "hourly", "weeks", "times")],
    "L22": [("0.1", "0.25", "0·5"), SPACES, ("mg", "MG", "Mg", "g", "milligrams", "grams")],
    "L25": [("methotrexate", "Methotrexate", "METHOTREXATE"), (" 10 ", " of 10 ", " (2.5-", " tablets, 10 "), ("mg", "MG", "milligrams"), (" daily", "", " weekly")],
    "L26": [("Take 1 tablet ", "Give 10 mg ", "Inhale 2 puffs ", "500 mg ", "Use 1 spray "), ("as required", "AS REQUIRED", "as needed", "when necessary", "if required", "on demand")],
    "L27": [("", "for ", "After "), ("several weeks", "a few months", "many years", "a couple of weeks", "a number of months", "some years")],
    "L31": [(*FIGURES, "2.5"), SPACES, ("mg", "MG", "g", "micrograms", "mL", "units", "mmol", "mg/kg", "mcg", "IU"), (" once daily", " a day", " every 6 hours", " at night", " by mouth", " orally", " stat", " weekly")],
    "L37": [WHO, (" as directed", " As Directed", " as instructed", " as your doctor says", " per instructions", " according to the label")],
    "L38": [("1,5", "0,25", "0,125"), SPACES, UNITS],
    "L40": [("10 mg ", "5 ml ", "10mg ", *(f"1 {one} " for one in FORMS)), ("ON", "OM", "om", "O.N.", "on."), ("", ",")],
}  # fmt: skip


@pytest.mark.parametrize("rule", VARIED)
def test_each_kind_is_found_with_other_units_drugs_and_figures(rule):
    cases = ["".join(words) for words in product(*VARIED[rule])]
    if rule == "L20":
        cases = [f"{first}{unit}{slash}10{unit}" for first, unit, slash, *_rest in product(*VARIED[rule])]

    missed = [words for words in cases if rule not in {one.rule for one in proof(words)}]

    assert len(cases) >= 18
    assert missed == []


def test_a_drug_before_or_after_its_figure_is_no_hit_where_it_is_written_well():
    doses = ("5 mg", "1,000 units", "500 micrograms", "2 mL", "10 mmol", "2 tablets", "1.5 mg/kg")
    cases = [f"{drug} {dose}, once daily, is enough" for drug in DRUGS for dose in doses]
    cases += [f"{dose} of {drug} twice a day" for drug in DRUGS for dose in doses]

    assert {words: rules for words in cases if (rules := {one.rule for one in proof(words)} - {"L31"})} == {}
