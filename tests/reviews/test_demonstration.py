"""The monographs of the demonstration: the documents that they were agreed to be, with their class, tier and traits."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from monographs.checks.misprints import misprints
from monographs.checks.problems import gaps, problems
from monographs.difference.dose_changes import dose_changes
from monographs.digest import digest
from monographs.doses.fhir import dosages, to_text
from monographs.doses.fhir_reading import from_text, structure
from monographs.doses.lines import text
from monographs.doses.reading import build
from monographs.doses.rules import Asked
from monographs.doses.rules import problems as faults
from monographs.doses.signable import KEPT
from monographs.regimens import regimen_of
from monographs.signable import signable
from reviews.exchange.files import read_file
from reviews.management import demonstration
from tests.monographs.doses.examples import changed
from tests.monographs.doses.test_fhir import PARSERS, VERSIONS, by_number, essence

FILES = sorted((Path(demonstration.__file__).parent / "monographs").glob("*.json"))
# Class, tier, traits and the digest of the document. A digest changes only where somebody meant to change the words.
AGREED = {
    "alemtuzumab": (
        "ms-other-antibodies", "high", ("biologic", "injectable"),
        "4dd38afa499610e3d71156496f96880c5dddbffe81ad7a7516cf00217f60152a",
    ),
    "amoxicillin": (
        "penicillins", "standard", (),
        "0b2ac6723035058f3e661756fd11053a2754eff4b52efcbf651f873bd41cfbd6",
    ),
    "apixaban": (
        "doacs", "high", ("anticoagulant",),
        "6965fea9fa7221ad3d3fb6dd9008f1d88b60644db25f597c230b03555c998de1",
    ),
    "cladribine": (
        "ms-purine", "high", ("cytotoxic", "teratogen"),
        "274406288dfb8939b8a2306ef8d6aad3ee94e17544307d5b2c3e08fc705428ce",
    ),
    "demotuzumab": (
        "infused-antibodies", "high", ("biologic", "injectable"),
        "ed42b8e8ee8dad76193349f5d16ce1a1199dd00947d817767ecf918d405fea66",
    ),
    "dimethyl-fumarate": (
        "ms-fumarates", "standard", (),
        "62aebad95f9ea25d5971d769a82bab342ed118659e4db11d93dbba02a7cd0ca2",
    ),
    "examplizumab": (
        "demonstration-tablets", "standard", ("injectable",),
        "2b7b9e706c7191c75590329e4f957ae528f56961f1a6ab08c31bd1792b959739",
    ),
    "fingolimod": (
        "ms-s1p", "high", ("teratogen",),
        "bf970a3ffe3709c3fa97fe572bc475477e4d0bd86992ff7e31b899f3c04b52f1",
    ),
    "gentamicin": (
        "aminoglycosides", "high", ("injectable",),
        "a47396547829b06d497d18f7758522c54df1852cd1c8c6e59339321c47bee9cb",
    ),
    "glatiramer-acetate": (
        "ms-injectables", "low", ("injectable",),
        "58c89380d927967bd15e30ce4cd192700efb23e1187affeab5696a2f5ed08f8a",
    ),
    "interferon-beta-1a": (
        "ms-injectables", "low", ("biologic", "injectable"),
        "c8a0e1b1022c4772144355dbf598b5922526bcabe7b6c5d4c0b84fecf976fe93",
    ),
    "methotrexate-weekly-oral": (
        "dmards", "high", ("cytotoxic", "teratogen"),
        "83284bae32213e60c348c29ab297c533687bac5cf8260bb3bf98b638ec0ab0c1",
    ),
    "morphine": (
        "opioids", "high", ("opioid",),
        "d504be89ad3a512c839716bd96978903739d0a34fb1c34f17eaeaa71e1ced45b",
    ),
    "natalizumab": (
        "ms-other-antibodies", "high", ("biologic", "injectable"),
        "0cbf871f4679c51dc73919ce5c6b3fae19c1ce08c2d682784d4a5ba4aab8cafd",
    ),
    "ocrelizumab": (
        "ms-anti-cd20", "standard", ("biologic", "injectable"),
        "b719c641679a3e3ce7110e87796ae7e97737de1ce8b80213f53c7bc1419ca976",
    ),
    "ofatumumab": (
        "ms-anti-cd20", "standard", ("biologic", "injectable"),
        "75650e17acdb5f13e12c032bcc790a073fc01dc3f3312cf66b2339bf47d516d4",
    ),
    "paracetamol": (
        "non-opioids", "standard", (),
        "2dfaca6044471b89d49e53eda34fd6dabcb851ba7109356ca502807b2bf9db8a",
    ),
    "prednisolone": (
        "systemic-corticosteroids", "standard", (),
        "3da5c163b74bcead5b3cea09af1e95ad1658c325bb34bb1a3cf0fe23b5271b61",
    ),
    "teriflunomide": (
        "ms-pyrimidine", "high", ("teratogen",),
        "9f6ee15120d0a7233fe0b0680ebaaf1d5b73ddb9f5293d57ae24c4cad825a6bc",
    ),
}  # fmt: skip


def test_there_are_as_many_as_were_agreed_on():
    assert [path.stem for path in FILES] == list(AGREED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_holds_the_document_that_was_agreed_on(path):
    (one,) = read_file(path.read_bytes(), path.name)

    assert one.slug == path.stem
    assert (one.therapeutic_class, one.tier, one.traits, digest(one.document)) == AGREED[path.stem]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_document_can_be_submitted_and_says_that_it_has_no_doses(path):
    (one,) = read_file(path.read_bytes(), path.name)

    assert problems(one.document) == []
    assert (one.document.header.dosing.status, one.document.header.dosing.since) == ("unpublished", "2026-07-04")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_text_is_printed_as_it_was_typed(path):
    (one,) = read_file(path.read_bytes(), path.name)

    assert misprints(one.document) == []


INVENTED = ("demotuzumab", "examplizumab")
# What a regimen may be like -> whether one is.
SHAPES = {
    "courses": lambda one: any(step.course for step in one.steps),
    "weekly": lambda one: one.weekly_only,
    "when required": lambda one: one.prn is not None,
    "per kilogram with a cap": lambda one: any(step.cap and step.unit == "mg/kg" for step in one.steps),
    "loading": lambda one: any(step.phase == "loading" for step in one.steps),
    "a band of kidney function": lambda one: one.renal is not None,
    "rising": lambda one: any(step.increase for step in one.steps),
}


# Doses of all files, and of how many of them each rule says that something is missing.
COUNTED = (57, {"V17": 48, "V21": 48, "V07": 8, "V11": 5})


def documents():
    return {path.stem: read_file(path.read_bytes(), path.name)[0] for path in FILES}


def test_the_two_invented_ones_are_whole_say_that_they_are_and_have_a_dose_of_every_shape():
    found = [documents()[slug] for slug in INVENTED]

    regimens = [regimen_of(part.structure) for one in found for part in one.document.regimens]
    assert [name for name, is_like in SHAPES.items() if not any(map(is_like, regimens))] == []
    for one in found:
        header, traits = one.document.header, set(one.traits)
        assert (gaps(one.document, traits), header.introduction[:29]) == ([], "Demonstration only, invented.")
        for part in one.document.regimens:
            structure = {**json.loads(part.structure), "key": str(part.key)}
            assert faults(structure, Asked(date(2026, 7, 4)))[1] == []


def test_doses_of_real_medicines_are_working_figures_that_say_what_they_lack():
    """No date on which a source was read, and no infusion time, was made up."""
    lacked = Counter()
    for slug, one in documents().items():
        for part in one.document.regimens:
            structure = {**json.loads(part.structure), "key": str(part.key)}
            found = {fault.rule for fault in faults(structure, Asked(date(2026, 7, 4)))[1]}
            assert slug in INVENTED or found >= {"V17", "V21"}
            assert "accessed" not in structure["source"] or slug in INVENTED
            lacked.update(found)
    assert (sum(len(one.document.regimens) for one in documents().values()), lacked) == COUNTED


def test_nothing_of_a_dose_is_signed_of_any_of_them():
    for one in documents().values():
        for part in signable(one.document).regimens:
            assert json.loads(part.structure).keys() <= set(KEPT)
            assert len(json.loads(part.lines)) == 1


def test_a_lost_decimal_point_in_apixaban_is_the_first_thing_that_is_told_and_is_refused():
    """The error that was planted in its second edition: 25 mg for 2.5 mg, and 113 for 133 micromol/L."""
    before = documents()["apixaban"].document
    wrong = before.regimens[1]
    structure = changed(
        json.loads(wrong.structure), steps__0__dose="25", criteria__of__2="serum creatinine 113 micromol/L or more"
    )
    after = before.replaced(regimens=(before.regimens[0], wrong.replaced(structure=structure), *before.regimens[2:]))

    (change,) = dose_changes(before, after)

    told = [re.sub("<[^>]*>", "", one.words).replace("&nbsp;", " ") for one in change.lines if one.is_critical]
    assert "10 times more: 2.5 mg → 25 mg" in told
    assert [one for one in told if "133" in one and "113" in one]
    assert {"V08", "V09"} <= {
        one.rule for one in faults({**structure, "key": str(wrong.key)}, Asked(date(2026, 7, 4)))[1]
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_each_dose_says_all_of_itself_as_fhir_is_parsed_by_another_reader_and_comes_back(version):
    """For machines of the desk alone: nothing of it is published."""
    count = 0
    for one in documents().values():
        for part in one.document.regimens:
            regimen = build(json.loads(part.structure))
            made = dosages(regimen, version)
            parsed = [PARSERS[version].model_validate_json(to_text(each)) for each in made]
            assert parsed[0].text == text(regimen)
            assert len(parsed) == len(regimen.steps)
            back = structure([from_text(to_text(each)) for each in made], version)
            assert by_number(back) == by_number(essence(regimen, version))
            count += 1
    assert count == COUNTED[0]
