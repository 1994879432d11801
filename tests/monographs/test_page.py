"""A document as a page: nothing signed is lost, nothing leads nowhere, and what matters stands first."""

import re
from collections import Counter
from datetime import UTC, date, datetime
from itertools import product

import pytest
from django.template.loader import render_to_string

from clincalc.context import site
from monographs.document import (
    SECTION_KINDS,
    Brand,
    Citation,
    Dosing,
    DrugName,
    MonitoringItem,
    PathStep,
    SafetyNotice,
    Section,
)
from monographs.models import Publication
from monographs.page import page
from monographs.related import Related
from monographs.standing import Standing
from monographs.standing import shown as seen
from tests import factories as make

TODAY = date(2026, 7, 4)
HOSTILE = "<script>alert('x')</script> \"><img src=x onerror=alert(1)>"


def shown(document=None, *, traits=(), publication=None, **more):
    standing = Standing(today=TODAY, **{k: more.pop(k) for k in ("next_review_due", "names_found") if k in more})
    return page(seen(document or make.document(), standing), set(traits), publication=publication, **more)


def html(document=None, **more):
    address = "https://clincalc.test/drugs/testazumab/"
    live = Publication(slug="testazumab", number=2)
    context = {**site(), "page": shown(document, **more), "address": address, "live": live, "page_path": "/drugs/x/"}
    return render_to_string("monographs/_monograph.html", context)


def words(markup):
    return " ".join(re.sub(r"<[^>]+>", " ", markup).replace("&nbsp;", " ").split())


def section(kind, text="Words.", heading="", name=""):
    return Section(key=make.key(name or f"{kind} {heading}"), kind=kind, heading=heading, text=text)


def notice(severity, title="Stop", **more):
    kind = {"critical": "contraindication", "major": "caution", "information": "shortage"}[severity]
    return SafetyNotice(
        key=make.key(f"{severity} {title}"), type=kind, severity=severity, title=title, text="Words.", **more
    )


def publication(**changes):
    signature = {"reader_title": "neurologist", "signed_at": "2026-07-03T10:00:00+00:00", "interests": "none"}
    whole = {
        "number": 3,
        "tier": "high",
        "signatures": [
            signature,
            {**signature, "reader_title": "pharmacist", "signed_at": "2026-07-03T23:30:00+00:00"},
        ],
        "published_at": datetime(2026, 7, 4, 12, tzinfo=UTC),
        "last_full_review": date(2026, 7, 4),
        "document_id": "0123456789abcdef" * 4,
    }
    return Publication(**{**whole, **changes})


def everything():
    """A document that has one of all."""
    doc = make.document()
    return make.document(
        header=doc.header.replaced(
            names=(
                DrugName(kind="international", name="Testazumab"),
                DrugName(kind="american", name="testazumabine"),
                DrugName(kind="other", name="TZ-12"),
            ),
            brands=(Brand(name="Testada", country="GB"), Brand(name="Elsewhere", country="US")),
        ),
        sections=tuple(section(kind, f"About {kind} [@trial2020].") for kind in reversed(SECTION_KINDS)),
        notices=tuple(notice(severity, source="trial2020") for severity in ("information", "major", "critical")),
    )


# -- Order -------------------------------------------------------------------------------------------------------------


def test_sections_are_shown_by_kind_whatever_their_position():
    anchors = [block.anchor for block in shown(everything()).blocks]

    rest = [kind for kind in SECTION_KINDS if kind != "indications"]
    assert anchors == ["indications", "safety-notices", "dose", *rest, "information"]


def test_a_critical_notice_stands_above_the_contents_and_a_major_one_above_the_dose():
    markup = html(everything())

    assert "Critical safety notice Stop" in words(markup)
    places = [markup.index(f'id="{anchor}"') for anchor in ("safety", "contents-title", "safety-notices", "dose")]
    assert places == sorted(places)
    assert [anchor for anchor, _ in shown(everything()).contents][:4] == [
        "safety",
        "indications",
        "safety-notices",
        "dose",
    ]


def test_no_two_entries_of_the_contents_have_the_same_words():
    contents = shown(everything(), same_class=[Related("b", "B")], publication=publication()).contents

    assert [entry for entry, times in Counter(words for _, words in contents).items() if times > 1] == []


# -- Nothing is lost, nothing leads nowhere ----------------------------------------------------------------------------


def test_every_signed_heading_and_text_of_a_kind_is_shown():
    doc = make.document(
        sections=(
            section("prescribing", "First words.", "Prescribing in practice"),
            section("prescribing", "Second words.", "During the course"),
            section("prescribing", "Third words.", "During the course", name="third"),
        )
    )

    (block,) = [one for one in shown(doc).blocks if one.kind == "prescribing"]

    assert block.heading == "Prescribing in practice"
    assert [one.heading for one in block.passages] == ["", "During the course", ""]
    assert words(html(doc)).index("First words.") < words(html(doc)).index("During the course Second words. Third")


def test_every_word_of_a_part_is_on_the_page():
    doc = everything()
    item = MonitoringItem(
        key=make.key("i"), test="Alpha", when="beta", how_often="gamma", how_long="delta", note="epsilon"
    )
    told = notice("major", "Zeta", action="eta", issuer="theta", issued="2026-07", supersedes="iota")
    read = words(html(doc.replaced(monitoring=(item,), notices=(told,))))

    for said in ("Alpha beta; gamma; delta. epsilon", "Zeta", "What to do: eta", "theta, July 2026; replaces: iota."):
        assert said in read
    for kind in SECTION_KINDS:
        assert f"About {kind}" in read


@pytest.mark.parametrize(
    "item",
    [
        MonitoringItem(key=make.key("i"), test="No schedule", source="trial2020"),
        MonitoringItem(key=make.key("i"), how_often="monthly", source="trial2020"),
        MonitoringItem(key=make.key("i"), test="No reference", how_often="monthly.", source="unknown"),
        MonitoringItem(key=make.key("i")),
    ],
)
def test_marks_and_anchors_of_a_draft_lead_somewhere(item):
    markup = html(everything().replaced(monitoring=(item,)))

    ids = Counter(re.findall(r' id="([^"]+)"', markup))
    assert [one for one, times in ids.items() if times > 1] == []
    assert [one for one in re.findall(r'href="#([^"]+)"', markup) if one not in ids] == []
    for attribute in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', markup):
        assert attribute in ids
    assert not re.search(r"<(h\d|li|ol|ul)[^>]*>\s*</\1>", markup)
    assert ".." not in words(markup)


def test_references_are_numbered_in_reading_order_and_what_is_not_cited_comes_last():
    doc = make.document(
        header=make.document().header.replaced(introduction="First [@c]."),
        sections=(section("evidence", "Last [@a]."), section("indications", "Second [@b].")),
        monitoring=(),
        notices=(),
        citations=tuple(
            Citation(key=make.key(label), label=label, csl={"title": label.upper()})
            for label in ("never", "a", "b", "c")
        ),
    )

    assert [(one.number, one.label) for one in shown(doc).references] == [(1, "c"), (2, "b"), (3, "a"), (4, "never")]


# -- What the page lacks -----------------------------------------------------------------------------------------------


def test_doses_come_first_among_what_the_page_lacks_and_traits_add_to_it():
    plain, injected = shown(), shown(traits=("biologic", "injectable", "teratogen"))

    assert plain.gap_line.startswith("doses, indications, contra-indications, cautions, renal impairment")
    for only in ("contraception", "pre-treatment screening", "administration"):
        assert only not in plain.gap_line
        assert only in injected.gap_line
    assert "prescribing in practice" not in plain.gap_line


def test_neighbouring_gaps_are_one_line_in_which_every_old_address_still_leads():
    (first, *_) = [block for block in shown().blocks if block.kind == "gap" and len(block.gaps) > 1]

    assert [gap.anchor for gap in first.gaps][:3] == ["contra-indications", "cautions", "renal-impairment"]
    assert '<span id="cautions">cautions</span>' in html()
    assert "Not yet covered: indications. Check the product SmPC." in words(html()).replace(" .", ".")


def test_a_page_that_has_every_section_still_says_that_it_has_no_doses():
    page_ = shown(everything(), traits=("biologic", "injectable", "teratogen"))

    assert page_.gap_line == "doses"
    assert [block for block in page_.blocks if block.kind == "gap"] == []


def test_the_dosing_notice_says_since_when_why_and_what_to_use():
    dosing = Dosing(since="2026-07-04", reason="Figures of 20 mg are read anew.", instead="Use the SmPC.")
    markup = html(make.document(header=make.document().header.replaced(dosing=dosing)))

    assert "This page shows no dose" in markup
    assert '<span class="q">20&nbsp;mg</span>' in markup
    assert 'Waiting since <time datetime="2026-07-04">4 July 2026</time>.' in markup
    assert "None has been published here since" not in markup  # as if one had stood here before
    assert "medicines information" in markup


@pytest.mark.parametrize(
    ("csl", "name", "address"),
    [
        (None, "SmPC of Testazumab, section 4.2", "https://www.medicines.org.uk/emc/"),
        ({"title": "Testada 10 mg"}, "SmPC of Testada 10 mg, section 4.2", "https://www.medicines.org.uk/emc/"),
        ({"issued": {"date-parts": [[2024]]}}, "SmPC of Testazumab, section 4.2", "https://www.medicines.org.uk/emc/"),
        (
            {"title": "Testada", "URL": "https://a.example/smpc", "issued": {"date-parts": [[2023, 8, 14]]}},
            "SmPC of Testada, section 4.2, revision of 14 August 2023",
            "https://a.example/smpc",
        ),
        ({"title": "T", "URL": "https://a.example"}, "SmPC of T, section 4.2", "https://a.example"),
        ({"title": "T", "URL": "https://a.example", "issued": "x"}, "SmPC of T, section 4.2", "https://a.example"),
        (
            {"title": "T", "URL": "https://a.example", "issued": {"date-parts": [["no", None]]}},
            "SmPC of T, section 4.2",
            "https://a.example",
        ),
    ],
)
def test_the_smpc_is_named_by_product_and_its_date_only_beside_its_own_address(settings, csl, name, address):
    settings.SMPC_URL = "https://www.medicines.org.uk/emc/"
    genre = {"genre": "Summary of product characteristics"}
    citations = () if csl is None else (Citation(key=make.key("s"), label="s", csl={**genre, **csl}),)
    doc = make.document(citations=citations, notices=(), sections=(section("evidence"),))

    assert (shown(doc).smpc.name, shown(doc).smpc.address) == (name, address)


# -- Names -------------------------------------------------------------------------------------------------------------


def test_names_of_the_drug_are_told_apart():
    read = words(html(everything()))

    assert "Brand names (UK) Testada" in read
    assert "Elsewhere" not in read
    assert "Other names testazumabine (American name), TZ-12" in read


def test_the_line_on_rxnorm_needs_a_check_that_found_the_name():
    line = "Name found in RxNorm (US) as testazumab, sample; this does not check the content"

    assert line in html(names_found=(("testazumab", "sample"),))
    assert "RxNorm" not in html()


# -- Status ------------------------------------------------------------------------------------------------------------


def test_the_status_keeps_every_date_apart():
    markup = html(publication=publication(), next_review_due=date(2027, 7, 4))

    assert "Text of edition 3 Reviewed by a neurologist and a pharmacist on 4 July 2026" in words(markup)
    assert "Doses None published" in words(markup)
    assert "Last full review 4 July 2026" in words(markup)
    assert "Evidence not checked since it was signed." in markup
    assert "Next review due 4 July 2027" in words(markup)
    assert "Text reviewed" in markup
    assert "overdue" not in markup.lower()
    assert "01234567 89abcdef" in markup
    checked = html(publication=publication(evidence_checked_at=date(2026, 11, 1)))
    assert "Evidence last checked 1 November 2026" in words(checked)


def test_an_overdue_review_replaces_the_badge():
    markup = html(publication=publication(), next_review_due=date(2026, 7, 3))

    assert "Review overdue since 3 July 2026" in words(markup)
    assert "Text reviewed" not in markup
    assert 'class="banner"' not in markup
    long = html(publication=publication(), next_review_due=date(2026, 4, 4))
    assert long.index('class="banner"') < long.index('class="contents"')
    assert 'class="banner"' not in html(publication=publication(tier="low"), next_review_due=date(2020, 1, 1))


@pytest.mark.parametrize(
    ("titles", "said"),
    [
        ([], ""),
        (["pharmacist"], "a pharmacist"),
        (["anaesthetist", "pharmacist"], "an anaesthetist and a pharmacist"),
        (["pharmacist", "pharmacist"], "a pharmacist and another pharmacist"),
        (["neurologist", "pharmacist", "nurse"], "a neurologist, a pharmacist and a nurse"),
    ],
)
def test_signers_are_said_by_profession(titles, said):
    forms = [{"reader_title": one, "signed_at": "2026-07-03T10:00:00+00:00", "interests": "none"} for one in titles]

    assert shown(publication=publication(signatures=forms)).status.reviewed_by == said


def test_a_name_is_printed_only_where_the_signature_carries_it():
    form = {"reader_title": "nurse", "signed_at": "2026-07-03T10:00:00+00:00", "interests": "Fees from A"}

    unnamed = html(publication=publication(signatures=[form]))
    named = html(publication=publication(signatures=[{**form, "name": "Ada Example"}]))

    assert '<p class="name">Nurse</p>' in unnamed
    assert '<p class="name">Ada Example, Nurse</p>' in named
    assert "Interests: Fees from A" in named


def test_a_draft_has_the_same_page_without_a_status():
    preview, public = html(), html(publication=publication())

    assert "Text reviewed" not in preview
    assert 'id="status"' not in preview
    assert "Uncontrolled when printed" not in preview
    assert re.findall(r"<h2.*?</h2>", preview) == [
        heading for heading in re.findall(r"<h2.*?</h2>", public) if "status-title" not in heading
    ]


# -- Hostile words -----------------------------------------------------------------------------------------------------


def test_words_never_become_markup():
    header = make.document().header.replaced(
        title=HOSTILE,
        name=HOSTILE,
        names=(DrugName(kind="other", name=f"other {HOSTILE}"),),
        brands=(Brand(name=HOSTILE, country="GB"),),
        class_path=(PathStep(slug="a", name=HOSTILE),),
        covers=HOSTILE,
        not_covered=HOSTILE,
        introduction=HOSTILE,
        dosing=Dosing(reason=HOSTILE, instead=HOSTILE),
    )
    csl = {"title": HOSTILE, "author": [{"literal": HOSTILE}], "container-title": HOSTILE, "genre": HOSTILE}
    doc = make.document(
        header=header,
        sections=(section("evidence", f"{HOSTILE} [@r]", HOSTILE), section("evidence", HOSTILE, f"2 {HOSTILE}")),
        monitoring=(
            MonitoringItem(
                key=make.key("i"), **dict.fromkeys(("test", "when", "how_often", "how_long", "note"), HOSTILE)
            ),
        ),
        notices=(notice("critical", HOSTILE, action=HOSTILE, issuer=HOSTILE, supersedes=HOSTILE, source=HOSTILE),),
        citations=(Citation(key=make.key("r"), label="r", csl=csl),),
    )
    form = {
        "reader_title": HOSTILE,
        "name": HOSTILE,
        "signed_at": "2026-07-03T10:00:00+00:00",
        "interests": HOSTILE,
    }

    whole = {"page": shown(
        doc,
        publication=publication(signatures=[form], slug="x"),
        chosen=[Related("b", HOSTILE, HOSTILE)],
        same_class=[Related("c", HOSTILE)],
        names_found=((HOSTILE, HOSTILE),),
    ), "address": "https://clincalc.test/", "live": Publication(slug="x", number=2)}  # fmt: skip
    markup = render_to_string("monographs/monograph_detail.html", {**site(), **whole})

    assert re.findall(r"<script(?! src=\"/static/)", markup) == []
    assert "<img" not in markup
    assert re.findall(r"<[^>]*\son\w+=", re.sub(r"\"[^\"]*\"", '""', markup)) == []
    assert markup.count("&lt;script&gt;") >= 20


def test_the_encoding_is_said_before_any_word_of_the_page():
    whole = {
        "page": shown(publication=publication(), next_review_due=None),
        "address": "https://clincalc.test/",
        "live": Publication(slug="testazumab", number=2),
    }

    head = render_to_string("monographs/monograph_detail.html", {**site(), **whole}).partition("<title>")[0]

    assert '<meta charset="utf-8">' in head


@pytest.mark.parametrize(
    ("kind", "traits"), list(product(SECTION_KINDS, [(), ("biologic", "injectable", "teratogen")]))
)
def test_each_kind_is_either_shown_or_said_to_be_missing_never_both(kind, traits):
    doc = make.document(sections=(section(kind),), monitoring=())
    page_ = shown(doc, traits=traits)

    gaps = [gap.anchor for block in page_.blocks for gap in block.gaps]
    here = [block.kind for block in page_.blocks if block.passages]

    assert here == [kind]
    assert kind not in gaps
    needed = {one.slug for one in SECTION_KINDS.values() if one.needed == "required" or one.needed in traits}
    assert set(gaps) == needed - {kind}
