"""Where a published page is shown or named, and what each place must show of it now: one row a place.

A row says where the place is (`spots`), what it must show as long as the page stands (`stands`), what besides of each
thing that stands over it (`over`, by kind; `critical` is a safety notice of the document, `plain` whatever else only
tells), and what is left when the page was taken down (`removed`). Every public address that reads publications has a
row, or stands in `NO_PLACES` with the reason (tests/reviews/desk/published/test_where.py finds the others).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from reviews.desk.published import list_claims as in_lists
from reviews.desk.published import page_claims as on_page
from reviews.desk.published.claims import Claim, Maker, MakerOver, Spot
from reviews.desk.published.subject import Subject

PAGE: Mapping[str, MakerOver] = {
    "warning": on_page.its_notice,
    "erratum": on_page.its_correction,
    "withhold": on_page.its_stub,
    "retire": on_page.its_banner,
    "critical": on_page.its_critical_notice,
    "plain": on_page.its_note,
}
SHEET: Mapping[str, MakerOver] = {**PAGE, "retire": on_page.on_each_sheet}
OLD_EDITION = {kind: maker for kind, maker in PAGE.items() if kind != "critical"}  # its notices are its own
DATA: Mapping[str, MakerOver] = {
    **dict.fromkeys(("warning", "erratum", "retire", "plain"), on_page.in_data),
    "withhold": on_page.out_of_data,
}
LINE: Mapping[str, MakerOver] = dict.fromkeys(("warning", "retire", "critical", "plain"), in_lists.in_line)
ABOVE: Mapping[str, MakerOver] = dict.fromkeys(LINE, in_lists.beside_title)
COMPARED: Mapping[str, MakerOver] = {**ABOVE, "withhold": on_page.its_stub}
TOLD: Mapping[str, MakerOver] = dict.fromkeys(
    ("warning", "erratum", "withhold", "retire", "plain"), in_lists.in_updates
)
FED: Mapping[str, MakerOver] = dict.fromkeys(TOLD, in_lists.in_feed)
NONE: Mapping[str, MakerOver] = {}


@dataclass(frozen=True)
class Place:
    """One row. `is_long`: a list of several pages, which are looked at one by one."""

    route: str
    spots: Callable[[Subject], Iterable[Spot]]
    stands: Maker
    over: Mapping[str, MakerOver] = field(repr=False)
    removed: Maker
    is_long: bool = False

    def must_show(self, subject: Subject, spot: Spot) -> list[Claim]:
        """What it must show now. Nothing of what stood over it is left when the page was taken down."""
        if subject.removal:
            return [self.removed(subject, spot)]
        found: list[Claim | None] = [self.stands(subject, spot)]
        for one in subject.overlays:
            maker = self.over.get(one.kind) or (self.over.get("plain") if one.row.is_plain else None)
            found += [maker(subject, spot, one)] if maker else []
        if maker := self.over.get("critical"):
            found += [maker(subject, spot, one) for one in subject.critical]
        return [one for one in found if one]


def _at(name: str, address: str) -> Callable[[Subject], Iterable[Spot]]:
    """The same address for whatever page, or one below it."""
    return lambda subject: [Spot(name, address.replace("PAGE/", subject.path))]


def _old(subject: Subject) -> Iterator[Spot]:
    return (Spot(f"Edition {one}", f"{subject.path}editions/{one}/", one) for one in subject.old)


def _compared(subject: Subject) -> Iterator[Spot]:
    """Each pair of editions, those with the current one first."""
    in_order = sorted(subject.numbers)
    pairs = [(one, other) for other in reversed(in_order) for one in reversed(in_order) if one < other]
    for one, other in pairs:
        yield Spot(f"Comparison of editions {one} and {other}", f"{subject.path}editions/{one}...{other}/")


def _chosen(subject: Subject) -> Iterator[Spot]:
    if subject.old:
        asked = urlencode({"from": min(subject.numbers), "to": max(subject.numbers)})
        yield Spot("Form that compares editions", f"{subject.path}editions/compare/?{asked}")


def _classes(subject: Subject) -> Iterator[Spot]:
    names = {step.slug: step.name for step in subject.document.header.class_path}
    return (Spot(f"Class {names.get(one, one)}", f"/classes/{one}/") for one in subject.live.class_slugs)


def _searched(subject: Subject) -> Iterator[Spot]:
    header = subject.document.header
    several = (header.name, *(one.name for one in header.brands), *(one.name for one in header.names))
    return (Spot(f"Search for {one}", f"/search/?{urlencode({'q': one})}") for one in dict.fromkeys(several) if one)


def _reported(subject: Subject) -> Iterator[Spot]:
    yield Spot("Form to report a problem", f"/report/?{urlencode({'page': subject.path})}")


def _letter(subject: Subject) -> Iterator[Spot]:
    yield Spot("A to Z, its letter", f"/drugs/?{urlencode({'letter': subject.letter})}")


def _led(subject: Subject) -> Iterator[Spot]:
    return (Spot(f"Address of its drug or brand, {one}", f"/drugs/{one}/") for one in subject.led_from)


def _former(subject: Subject) -> Iterator[Spot]:
    return (Spot(f"Former address, {one}", f"/drugs/{one}/") for one in subject.former)


def _beside(subject: Subject) -> Iterator[Spot]:
    return (Spot(f"Page of {name}, which may lead to it", f"/drugs/{slug}/") for slug, name in subject.beside)


# fmt: off
PLACES = (
    #     address of                                       as long as it stands    with what is over it  taken down
    Place("monograph", _at("Page", "PAGE/"), on_page.the_page, PAGE, on_page.removed),
    Place("monograph", _at("Print of the page", "PAGE/"), on_page.the_sheet, SHEET, on_page.removed),
    Place("monograph_json", _at("The page as data", "PAGE/monograph.json"), on_page.the_data, DATA,
          on_page.removed_data),
    Place("editions", _at("List of editions", "PAGE/editions/"), in_lists.its_editions, ABOVE, on_page.removed),
    Place("edition", _old, on_page.the_page, OLD_EDITION, on_page.removed),
    Place("compare_editions", _compared, in_lists.its_comparison, COMPARED, on_page.removed),
    Place("compare_chosen", _chosen, in_lists.compares, NONE, in_lists.compares),
    Place("home", _at("Home", "/"), in_lists.its_line_if_any, LINE, in_lists.not_named),
    Place("drugs", _at("A to Z", "/drugs/"), in_lists.its_line, LINE, in_lists.not_named, is_long=True),
    Place("drugs", _letter, in_lists.its_line, LINE, in_lists.not_named, is_long=True),
    Place("class", _classes, in_lists.its_line, LINE, in_lists.not_named, is_long=True),
    Place("search", _searched, in_lists.its_line, LINE, in_lists.found_as_removed),
    Place("monograph", _led, in_lists.leads, NONE, in_lists.leads_nowhere),
    Place("monograph", _former, in_lists.moved, NONE, in_lists.moved),
    Place("monograph", _beside, in_lists.another_page, {"retire": in_lists.in_card}, in_lists.not_named),
    Place("updates", _at("Updates", "/updates/"), in_lists.nothing, TOLD, in_lists.only_its_removal, is_long=True),
    Place("feed", _at("Feed of updates", "/updates/feed/"), in_lists.nothing, FED, in_lists.only_its_removal_in_feed),
    Place("corrections", _at("Corrections", "/corrections/"), in_lists.nothing, {"erratum": in_lists.in_corrections},
          in_lists.not_named, is_long=True),
    Place("sitemap_file", _at("Sitemap", "/sitemap-1.xml"), in_lists.in_sitemap, NONE, in_lists.not_in_sitemap,
          is_long=True),
    Place("report", _reported, in_lists.its_form, NONE, in_lists.no_part_to_choose),
)
# fmt: on

# Public addresses that show nothing of a monograph, and why.
NO_PLACES = {
    "classes": "names classes and counts pages; names none",
    "sitemap": "numbers of sitemaps",
    "robots": "the same for ever",
    "opensearch": "the same for ever",
    "about": "how a page is made; names none",
    "keys": "public keys",
    "jwks": "public keys",
    "certificate": "digests and a signature: it holds no words, and is gone with the page",
    "receipt": "a reader's own words, at an address that the reader alone has",
    "live": "no page",
    "ready": "no page",
    "account_login": "no page",
    "account_link": "no page",
    "account_forgotten": "no page",
    "mfa_authenticate": "no page",
    "account_logout": "no page",
    "admin:login": "no page",
}


def all_of(subject: Subject) -> list[tuple[Place, Spot]]:
    return [(place, spot) for place in PLACES for spot in place.spots(subject)]
