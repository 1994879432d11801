"""The list of known names, and what of it a typed name is like."""

import pytest

from monographs.known_names import KINDS, known_names, names_like
from monographs.rxnorm import read_rows
from monographs.texts.likeness import folded
from reviews.management.demonstration.load import HERE

pytestmark = pytest.mark.any_database

# Slips of the keys and of the ear that searches are made with, and what each meant. One of the 58 of the design is left
# out, “dimethylfumarate”: without its space it is the very name.
SLIPS = {
    "alemtuzumab": "alemtuzamab alemtuzumb alemtuzimab almetuzumab",
    "ocrelizumab": "ocrelizamab ocrelizimab ocrelezumab okrelizumab",
    "natalizumab": "natalizimab natalizamab nataluzimab",
    "fingolimod": "fingolomod fingolimode fyngolimod",
    "dimethyl fumarate": "dimethyl_fumerate dimetyl_fumarate",
    "teriflunomide": "teriflunamide terifluonmide terriflunomide",
    "cladribine": "cladribin cladrabine cladirbine",
    "glatiramer": "glatirimer glatiramar glateramer",
    "interferon beta-1a": "interferron_beta-1a interfeorn_beta-1a",
    "ofatumumab": "ofatumamab ofatumimab offatumumab",
    "methotrexate": "methotrexat methotrxate metotrexate",
    "gentamicin": "gentamycin gentimicin",
    "paracetamol": "paracetomol paracetemol parcetamol",
    "apixaban": "apixiban apixabam",
    "amoxicillin": "amoxycillin amoxicilin ammoxicillin ampicillin",
    "prednisolone": "prednisilone predisolone",
    "morphine": "morphene morfine",
    "Tysabri": "tysabry", "Ocrevus": "ocrevous", "Gilenya": "gilenia", "Tecfidera": "tecfidra", "Aubagio": "aubajio",
    "Mavenclad": "mavenclade", "Copaxone": "copaxon", "Eliquis": "elliquis", "Kesimpta": "kesympta",
    "Lemtrada": "lemtrado", "tacrolimus": "tacrolimuss",
}  # fmt: skip


def named(name):
    return {one.name for one, _how in names_like(name)}


def test_each_known_slip_is_found_with_what_was_meant():
    slips = [(slip.replace("_", " "), meant) for meant, all_of_it in SLIPS.items() for slip in all_of_it.split()]

    missed = [(slip, meant) for slip, meant in slips if meant not in named(slip)]

    assert (len(slips), missed) == (59, [])


def test_the_list_says_what_each_name_is_once():
    forms = [folded(one.name) for one in known_names()]

    assert len(set(forms)) == len(forms) == 118
    assert {one.kind for one in known_names()} == set(KINDS)
    assert {one.source for one in known_names()} == {"RxNorm", "monographs"}
    assert all(not one.of for one in known_names() if one.kind == "substance")


def test_it_holds_every_ingredient_and_brand_of_the_vocabulary_beside_it():
    rows = read_rows((HERE / "RXNCONSO.sample.RRF").read_text("utf-8"))
    wanted = {row.name for row in rows if row.source == "RXNORM" and row.term_type in {"IN", "PIN", "BN"}}
    known = {folded(one.name) for one in known_names()}

    assert {name for name in wanted if folded(name) not in known} == set()


@pytest.mark.parametrize("one", known_names(), ids=lambda one: one.name)
def test_a_substance_asks_nothing_and_any_other_name_asks_for_its_substance(one):
    assert list(names_like(one.name.upper())) == ([] if one.kind == "substance" else [(one, "same")])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Lemtrada", "a brand of alemtuzumab"), ("Acetaminophen", "another name of paracetamol"),
        ("Campath", "a brand"), ("Tobradex", "a brand of dexamethasone and tobramycin"),
    ],
)  # fmt: skip
def test_it_says_of_what(name, words):
    ((known, how),) = names_like(name)

    assert (known.what, how) == (words, "same")


def test_a_name_like_none_asks_nothing():
    assert [name for name in ("Newumab", "sirolimus", "zinc", "adalimumab", "", "Ж") if named(name)] == []
