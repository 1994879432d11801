"""Which monographs and which of their editions are written, and what stands in a line."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from monographs.digest import as_json
from monographs.document import Document
from tests import factories as make
from tests import whole

WHOLE = whole.whole()


@pytest.fixture(scope="module")
def made(once_a_module):
    """One monograph with a live edition and an open one, one that is a draft, one whose page was taken down."""
    house = make.the_house()
    first = make.published(house, "wholumab", WHOLE)
    make.reword(make.start(house, first), "watch", "Other words.", actor=house.editor)
    make.draft(house, "draftumab", WHOLE, traits=("biologic",))
    make.withdraw(make.published(house, "agoneumab", WHOLE), house.publisher, "take_down")
    return house


def lines(*arguments):
    out = StringIO()
    call_command("export_monographs", *arguments, stdout=out)
    return [json.loads(one) for one in out.getvalue().splitlines()]


@pytest.mark.each_case
@pytest.mark.parametrize(
    ("arguments", "slugs"),
    [
        ((), ["agoneumab", "wholumab"]),
        (("--edition", "live"), ["agoneumab", "wholumab"]),
        (("--edition", "open"), ["draftumab", "wholumab"]),
        (("--edition", "1"), ["agoneumab", "draftumab", "wholumab"]),
        (("--edition", "2"), ["wholumab"]),
        (("--edition", "3"), []),
        (("--slug", "wholumab"), ["wholumab"]),
        (("--slug", "draftumab"), []),
        (("--slug", "draftumab", "--edition", "open"), ["draftumab"]),
    ],
)
def test_which_monographs_are_written_in_the_order_of_their_addresses(world, arguments, slugs):
    assert [one["slug"] for one in lines(*arguments)] == slugs


def test_a_line_holds_the_drug_its_traits_tier_and_class_and_the_whole_document(world):
    (line,) = lines("--slug", "draftumab", "--edition", "open")

    assert line == {
        "schema": "clincalc-monograph/1",
        "slug": "draftumab",
        "drug": {"slug": "draftumab-drug", "name": "draftumab drug", "names": [], "brands": [], "codes": []},
        "traits": ["biologic"],
        "tier": "high",
        "class": "multiple-sclerosis",
        "document": as_json(WHOLE),
    }
    assert Document.model_validate(line["document"]) == WHOLE


def test_each_edition_is_written_as_it_is(world):
    texts = {
        which: lines("--slug", "wholumab", "--edition", which)[0]["document"]["sections"][1]["text"]
        for which in ("live", "open", "1", "2")
    }

    assert texts == {
        "live": "Watching goes on.", "open": "Other words.", "1": "Watching goes on.", "2": "Other words.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--slug", "nothing"), "There is no monograph “nothing”."),
        (("--edition", "newest"), "--edition is live, open, or a number."),
        (("--edition", "-1"), "--edition is live, open, or a number."),
    ],
)
def test_what_is_not_there_is_refused_with_a_sentence(world, arguments, sentence):
    with pytest.raises(CommandError) as error:
        call_command("export_monographs", *([f"{arguments[0]}={arguments[1]}"]), stdout=StringIO())

    assert str(error.value) == sentence
