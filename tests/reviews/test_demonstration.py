"""The monographs of the demonstration: the documents that they were agreed to be, with their class, tier and traits."""

from pathlib import Path

import pytest

from monographs.checks.misprints import misprints
from monographs.checks.problems import problems
from monographs.digest import digest
from reviews.exchange.files import read_file
from reviews.management import demonstration

FILES = sorted((Path(demonstration.__file__).parent / "monographs").glob("*.json"))
# Class, tier, traits and the digest of the document. A digest changes only where somebody meant to change the words.
AGREED = {
    "alemtuzumab": (
        "ms-other-antibodies", "high", ("biologic", "injectable"),
        "3b362dbaf33c3a6a5aa8e30040f0dc5905d1a853fe4c258512462e053f0b7079",
    ),
    "amoxicillin": (
        "penicillins", "standard", (),
        "3e9f412cbd1deb7b55b3f1a4558b0e1e2a609323081688158d56a1cf4087454d",
    ),
    "apixaban": (
        "doacs", "high", ("anticoagulant",),
        "af4ce3e3bd43147b8fed8ff3f7e0575287f148baaa77a1451598ef39d303d267",
    ),
    "cladribine": (
        "ms-purine", "high", ("cytotoxic", "teratogen"),
        "f6c614b39c3250c86374291c40ee14ec978aa0475ba433794a6c3d34a5d47c18",
    ),
    "dimethyl-fumarate": (
        "ms-fumarates", "standard", (),
        "2cfcb152f3c5e342cc44a8ee4586a7502f7af676411d24afd1bdc524654796d3",
    ),
    "fingolimod": (
        "ms-s1p", "high", ("teratogen",),
        "2e4fdc9dbfd081bb83410be487803732ae6cf8fa45718ee2aa8f9aa5a6dad9a8",
    ),
    "gentamicin": (
        "aminoglycosides", "high", ("injectable",),
        "36629c11dc8a294235c26f887f235f2bf554aa5c6bb4b7a916184cca349d9bda",
    ),
    "glatiramer-acetate": (
        "ms-injectables", "low", ("injectable",),
        "8299704b4a352623b2947ed4b5536b27cad461a0b49c3e84a54a77f7d548edd4",
    ),
    "interferon-beta-1a": (
        "ms-injectables", "low", ("biologic", "injectable"),
        "2dbf239a293dc74d4cc251e8c172b70844cbc2fb17a95c1ca87123da802e376f",
    ),
    "methotrexate-weekly-oral": (
        "dmards", "high", ("cytotoxic", "teratogen"),
        "46824de6118971da03464adfc0668e32c1b538c7a80124c7e27292788aabd28c",
    ),
    "morphine": (
        "opioids", "high", ("opioid",),
        "c5b4aecab87a3cce6ed5bcc280e6b51dafded273c3c6349bfcee9638c0d03412",
    ),
    "natalizumab": (
        "ms-other-antibodies", "high", ("biologic", "injectable"),
        "8f263da7d73a101d258ba1e8146d470969a857960e31e80458a08402dfb99ded",
    ),
    "ocrelizumab": (
        "ms-anti-cd20", "standard", ("biologic", "injectable"),
        "df345fe3f55b0f52ac948d652a375d8f9b4ce9d40b990fffd3a6672f417de1b8",
    ),
    "ofatumumab": (
        "ms-anti-cd20", "standard", ("biologic", "injectable"),
        "d4f25ea9930521deaf727075088a061c1ffe6671efbf616ad67d96efd6d159e2",
    ),
    "paracetamol": (
        "non-opioids", "standard", (),
        "9ac162ede0b80d2cc1c63eac48d7b7f88406003f164f42d365ea3573fe258299",
    ),
    "prednisolone": (
        "systemic-corticosteroids", "standard", (),
        "f23965fdd395fb06bde40cfb398d62f1038886107fe31f79c5fa1c5f9098a740",
    ),
    "teriflunomide": (
        "ms-pyrimidine", "high", ("teratogen",),
        "91f1ec5f322dc3633a7bc0dcc5946c857f6c60c461f2b3c8aada4ff1e5a66aa4",
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
