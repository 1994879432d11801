"""The article by its sound, and one end to a sentence."""

import pytest

from monographs.texts.wording import ended, with_article

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    "words",
    [
        "a pharmacist", "an oncologist", "a urologist", "a Urologist", "a uro-oncologist", "a urogynaecologist",
        "a uterine surgeon", "a uveitis specialist", "a unit pharmacist", "a university lecturer", "a user",
        "an unimportant one", "an uninformed one", "an urgent care doctor", "an ultrasound nurse", "an underwriter",
        "an usher", "an utterly new one", "a European specialist", "a one-day clinic", "an old age psychiatrist",
        "an emergency physician", "an endocrinologist", "an hour", "an honorary consultant", "a haematologist",
        "a hospital doctor", "a hepatologist", "an ENT surgeon", "an MS nurse", "an NHS pharmacist", "an HIV physician",
        "an ICU nurse", "a GP", "a UK maker", "a COPD nurse", "a TB nurse", "an X-ray", "a U-turn", "a Neurologist",
        "an Oncologist", "an A & E doctor", "a NUL character", "a NICE appraisal", "a registered clinician", "an intensivist", "a ubiquitous error",
    ],
)  # fmt: skip
def test_the_article_goes_by_the_sound(words):
    assert with_article(words.partition(" ")[2]) == words


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("in doubt", "in doubt."),
        ("in doubt.", "in doubt."),
        ("in doubt. ", "in doubt."),
        ("Is it?", "Is it?"),
        ("Stop!", "Stop!"),
        ("and so on …", "and so on …"),
        ("It said “stop.”", "It said “stop.”"),
        ("It said “stop”", "It said “stop”."),
        ("(see below.)", "(see below.)"),
        ("(see below)", "(see below)."),
        ("see below:", "see below:"),
        ("1.5 mg", "1.5 mg."),
        ("", ""),
    ],
)
def test_a_sentence_ends_once(words, sentence):
    assert ended(words) == sentence
