"""The sources that are offered while somebody writes, and where they are offered."""

import json
import re
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monographs.assemble import build
from monographs.document import Citation
from monographs.models import Reference
from reviews.audit.trail import audited_write
from reviews.desk.editor.citing import MOST_OF_LIBRARY, MOST_OWN, by, offer
from reviews.editing.citable import visible
from reviews.editing.library import keep_references, make_class
from reviews.models import AuditEvent, ChangeSet
from tests import factories as make

pytestmark = pytest.mark.django_db
CARE = {
    "type": "article-journal", "title": "Alemtuzumab after <relapse>", "author": [{"family": "Coles", "given": "A. J."}],
    "issued": {"date-parts": [[2012, 11, 24]]}, "container-title": "Lancet", "DOI": "10.1016/S0140-6736(12)61768-1", "PMID": "23122650",
}  # fmt: skip
OWN = {"type": "report", "title": "A trial of thyroid tests", "issued": {"date-parts": [[2020]]}, "PMID": "31000000"}
TWIN = {"type": "report", "title": "Another source", "DOI": "10.1000/twin"}


def source(label, csl):
    return Citation(key=make.key(f"source {label}"), label=label, csl=csl)


def citing(*sources):
    whole = make.document()
    return whole.replaced(citations=(*whole.citations, *sources))


@pytest.fixture(scope="module")
def made(once_a_module):
    """An edition, another of the same class whose sources the library has, and an editor who may read neither."""
    house = make.the_house()
    edition = make.draft(house, doc=citing(source("own2020", OWN), source("twin", {"type": "report", "title": "Mine"})))
    make.draft(house, "otherzumab", citing(source("coles2012", CARE), source("twin", TWIN)))
    with audited_write(actor=house.editor) as trail:
        keep_references(trail, [("coles2012", CARE), ("twin", TWIN)])
    far = make.account("far")
    make.give(far, "editor", on=make_class("Cardiology", slug="cardiology", actor=house.admin), actor=house.admin)
    return SimpleNamespace(house=house, edition=edition, far=far)


def offered(made, typed, user=None):
    found = offer(typed, build(made.edition), user or made.house.editor)
    lists = ([*found.own, *found.uncited], found.library, found.taken)
    return [[one.label for one, _words in some] for some in lists]


@pytest.mark.parametrize(
    ("typed", "own", "library"),
    [
        ("", ["trial2020", "own2020", "twin"], []), ("own", ["own2020"], []), ("OWN2020", ["own2020"], []), ("tests thyroid", ["own2020"], []),
        ("31000000", ["own2020"], []), ("PMID 31000000", ["own2020"], []), ("2020", ["trial2020", "own2020"], []),
        ("coles", [], ["coles2012"]), ("2012", [], ["coles2012"]), ("relapse lanc", [], ["coles2012"]), ("coles2012", [], ["coles2012"]),
        ("https://doi.org/10.1016/s0140-6736(12)61768-1", [], ["coles2012"]), ("pmid: 23122650", [], ["coles2012"]),
        ("nowhere", [], []), ("a\u202eb", [], []), ("%", [], []),
    ],
)  # fmt: skip
def test_a_source_is_offered_by_key_words_author_year_and_identifier(made, typed, own, library):
    assert offered(made, typed) == [own, library, []]


def test_a_record_whose_key_is_another_sources_here_is_told_apart(made):
    assert offered(made, "another source") == [[], [], ["twin"]]


def test_what_the_edition_has_is_not_offered_from_the_library_again(made):
    document = build(made.edition)
    cited = document.replaced(citations=(*document.citations, source("mine", CARE)))

    assert [one.label for one, _ in offer("coles", cited, made.house.editor).library] == []
    assert [one.label for one, _ in offer("coles", cited, made.house.editor).uncited] == ["mine"]


def test_a_reference_that_no_words_cite_is_offered_after_those_that_are_and_as_the_library_s(made, enter):
    found = offer("", build(made.edition), made.house.editor)

    assert [one.label for one, _ in found.own] == ["trial2020"]
    assert [one.label for one, _ in found.uncited] == ["own2020", "twin"]
    html = listed(enter("editor"), "own2020").content.decode()
    assert options(html)[0] == 'data-key="own2020" data-first'
    assert "In the library: no words of this edition cite it yet" in html
    assert "In this edition</span>" not in html
    assert "In this edition</span>" in listed(enter("editor"), "trial2020").content.decode()


def test_what_is_closed_to_somebody_is_never_offered_to_them(made):
    for typed in ("coles", "2012", "relapse", CARE["DOI"], "PMID 23122650", "another source"):
        assert offered(made, typed, made.far)[1:] == [[], []]


def test_no_more_are_offered_than_can_be_looked_over_and_the_rest_are_counted(made):
    many = [source(f"many{number}", {"type": "report", "title": f"Guideline {number}"}) for number in range(10)]
    document = make.document().replaced(citations=tuple(many), sections=(), notices=())

    found = offer("guideline", document, made.house.editor)

    assert (len(found.own), len(found.uncited), found.more) == (0, MOST_OWN, 4)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    typed=st.one_of(
        st.text(max_size=60),
        st.sampled_from(["10.1000/", "PMID ", "www.", "%_\\"]).flatmap(
            lambda one: st.text(max_size=9).map(lambda more: one + more)
        ),
    )
)
def test_whatever_is_typed_each_source_stands_in_one_list_and_may_be_seen(made, typed):
    document = build(made.edition)

    for user in (made.house.editor, made.far):
        found = offer(typed, document, user)
        own, new = [one for one, _ in (*found.own, *found.uncited)], [one for one, _ in (*found.library, *found.taken)]
        assert all(one in document.citations for one in own)
        assert {one.pk for one in new} <= set(visible(user).values_list("pk", flat=True))
        assert not {one.label for one, _ in found.library} & {one.label for one in document.citations}
        assert len(own) <= MOST_OWN
        assert len(new) == len({one.pk for one in new}) <= MOST_OF_LIBRARY


@pytest.mark.parametrize(
    ("csl", "words"),
    [
        (CARE, "Coles AJ, 2012"), ({**CARE, "author": [{"family": "A"}, {"family": "B"}]}, "A et al., 2012"), (OWN, "2020"),
        ({"author": [{"literal": "NICE"}], "custom": {"authors_truncated": True}}, "NICE et al."), ({"publisher": "Teva"}, "Teva"), ({}, ""),
    ],
)  # fmt: skip
def test_a_source_is_told_by_who_made_it_and_when(csl, words):
    assert by(csl) == words


# -- The list ----------------------------------------------------------------------------------------------------------


def listed(client, typed="", slug="testazumab"):
    return client.get(reverse("cite", args=[slug]), {"q": typed}, headers={"HX-Request": "true"})


def options(html):
    return re.findall(r'<li role="option" ([^>]*)>', html)


def test_the_list_names_each_source_and_last_the_way_to_another(made, enter):
    before = (AuditEvent.objects.count(), ChangeSet.objects.count(), Reference.objects.count())

    answer = listed(enter("editor"), "2012")

    html = answer.content.decode()
    assert (answer.status_code, answer["X-Part"]) == (200, "shown")
    assert options(html) == [
        'data-key="coles2012" data-first data-said="It will be added to the references when you save."',
        'data-find="2012"',
    ]
    assert "Alemtuzumab after &lt;relapse&gt;" in html
    assert "In the library: will be added to the references" in html
    assert 'data-said="1 source. Choose with the arrow keys and Enter."' in html
    assert (AuditEvent.objects.count(), ChangeSet.objects.count(), Reference.objects.count()) == before


def test_a_record_whose_key_is_taken_leads_to_the_form_that_gives_it_another(made, enter):
    assert options(listed(enter("editor"), "another source").content.decode()) == [
        'data-find="10.1000/twin"',
        'data-find="another source"',
    ]


@pytest.mark.parametrize(
    ("typed", "is_first"), [("10.9999/nowhere", True), ("PMID 999", True), ("some words", False), ("", False)]
)
def test_what_names_a_source_that_is_not_here_is_looked_for_by_enter_alone_and_words_are_not(
    made, enter, typed, is_first
):
    find = options(listed(enter("editor"), typed).content.decode())[-1]

    assert find == f'data-find="{typed}"' + " data-first" * is_first


def test_what_is_typed_is_no_markup(made, enter):
    html = listed(enter("editor"), '"><script>alert(1)</script>').content.decode()

    assert "<script" not in html
    assert 'data-find="&quot;&gt;&lt;script&gt;' in html


def test_who_may_not_read_the_edition_gets_no_list(made, enter):
    stranger = Client()
    stranger.force_login(made.far)

    assert listed(stranger).status_code == 404
    assert listed(enter("nobody")).status_code == 403
    assert listed(enter("")).status_code == 302
    assert listed(enter("auditor"), "own").status_code == 200


def test_a_list_takes_the_same_queries_for_one_source_as_for_many(made, enter, queries):
    client, at = enter("editor"), reverse("cite", args=["testazumab"])
    client.get(at)

    assert queries(client, f"{at}?q=coles") == queries(client, f"{at}?q=o")


# -- Where -------------------------------------------------------------------------------------------------------------


def page(client, name, *arguments):
    return client.get(reverse(name, args=["testazumab", *arguments])).content.decode()


def test_each_box_whose_words_may_cite_says_where_sources_are(made, enter):
    client, at = enter("editor"), f'data-cites="{reverse("cite", args=["testazumab"])}"'

    for html in (
        page(client, "edit_header"),
        page(client, "part_edit", make.key("monitoring")),
        page(client, "part_edit", make.key("notice")),
        page(client, "part_new", "section"),
    ):
        assert re.findall(r"<textarea[^>]*data-cites[^>]*>", html)[0].count(at) == html.count("data-cites") == 1
    for html in (
        page(client, "part_edit", make.key("fbc")),
        page(client, "part_new", "citation"),
        page(enter("auditor"), "part_edit", make.key("monitoring")),
    ):
        assert "data-cites" not in html


def test_without_a_script_the_keys_stand_beside_the_box_with_the_way_to_another(made, enter):
    html = page(enter("editor"), "part_edit", make.key("monitoring"))

    assert "<code>[@own2020]</code> A trial of thyroid tests" in html
    new = reverse("part_new", args=["testazumab", "citation"])
    assert f'<a href="{new}" target="_blank" rel="noopener">Find another source' in html


def test_a_new_reference_tells_the_page_its_key_and_one_that_is_changed_does_not(made, enter):
    client = enter("editor")
    new = {"type": "report", "title": "New", "authors": "Nice, A.", "issued": "2017", "key": str(make.key("added"))}

    added = client.post(reverse("part_new", args=["testazumab", "citation"]), new, headers={"HX-Request": "true"})

    assert json.loads(added["HX-Trigger-After-Settle"])["desk:cited"] == "nice2017"
    form = client.get(reverse("part_edit", args=["testazumab", make.key("added")])).context["form"]
    sent = {**new, "label": "nice2017", "title": "Newer", "seen": form.initial["seen"]}
    changed = client.post(
        reverse("part_edit", args=["testazumab", make.key("added")]), sent, headers={"HX-Request": "true"}
    )
    assert changed["X-Part"] == "done"
    assert "desk:cited" not in changed["HX-Trigger-After-Settle"]
