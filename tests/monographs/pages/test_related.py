"""Where a page leads: to what the editors chose, in their order, and to the rest of its class by name."""

from dataclasses import dataclass, field

from monographs.document import RelatedLink
from monographs.pages.related import Related, related
from tests import factories as make


@dataclass
class Live:
    slug: str
    called: str
    class_slugs: list = field(default_factory=lambda: ["neurology", "ms"])
    said: str = ""


LIVE = [
    Live("here", "Here"),
    Live("zeta", "zeta"),
    Live("alpha", "Alpha"),
    Live("twin-b", "Twin"),
    Live("twin-a", "Twin"),
    Live("above", "Above", ["neurology"]),
    Live("below", "Below", ["neurology", "ms", "relapsing"]),
    Live("elsewhere", "Elsewhere", ["cardiology", "rhythm"]),
    Live("unclassed", "Unclassed", []),
]


NOW = {one.slug: one.slug for one in LIVE}


def links(*targets):
    return [RelatedLink(key=make.key(one), target=one, reason=f"why {one}") for one in targets]


def test_links_stand_in_the_order_of_the_editors_with_their_reasons_and_lead_to_live_pages_only():
    chosen, _ = related("here", links("zeta", "nowhere", "elsewhere", "here"), "ms", LIVE, NOW)

    assert chosen == [Related("zeta", "zeta", "why zeta"), Related("elsewhere", "Elsewhere", "why elsewhere")]


def test_the_rest_of_the_last_printed_class_stands_by_name_and_each_page_once():
    chosen, same = related("here", links("zeta"), "ms", LIVE, NOW)

    assert [one.slug for one in chosen] == ["zeta"]
    assert same == [Related("alpha", "Alpha"), Related("twin-a", "Twin"), Related("twin-b", "Twin")]
    _, without_links = related("here", [], "ms", LIVE, NOW)
    assert [one.slug for one in without_links] == ["alpha", "twin-a", "twin-b", "zeta"]


def test_a_page_without_a_class_has_no_others_of_its_class():
    assert related("here", [], "", LIVE, NOW) == ([], [])


def test_a_link_follows_a_monograph_that_moved_and_no_page_stands_twice():
    chosen, _ = related("here", links("old", "zeta", "was-here"), "ms", LIVE, NOW | {"old": "zeta", "was-here": "here"})

    assert chosen == [Related("zeta", "zeta", "why old")]


def test_what_keeps_its_doses_from_readers_is_said_beside_its_name():
    live = [Live("alpha", "Alpha", said="Retired"), Live("beta", "Beta", said="Retired"), Live("gamma", "Gamma")]

    chosen, same = related("here", links("alpha"), "ms", live, {"alpha": "alpha"})

    said = [(one.slug, one.said) for one in (*chosen, *same)]
    assert said == [("alpha", "Retired"), ("beta", "Retired"), ("gamma", "")]
