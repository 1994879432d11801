"""A document as a page: nothing signed is lost, nothing leads nowhere, and what matters stands first."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from django.template.loader import render_to_string

from clincalc.context import site
from monographs.document import Brand, Citation, Dosing, DrugName, MonitoringItem, PathStep, SafetyNotice, Section
from monographs.models import Overlay, Publication, SecondSignature
from monographs.pages.page import page
from monographs.pages.page_model import Archive
from monographs.pages.related import Related
from monographs.standing import Standing
from monographs.standing import shown as seen
from monographs.vocabulary import NOTICE_TYPES, SECTION_KINDS
from tests import factories as make
from tests import whole

TODAY = date(2026, 7, 4)
HOSTILE = "<script>alert('x')</script> \"><img src=x onerror=alert(1)>"


def shown(document=None, *, traits=(), publication=None, **more):
    standing = Standing(
        today=TODAY, **{k: more.pop(k) for k in ("next_review_due", "names_found", "overlays") if k in more}
    )
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

    for said in ("Alpha Beta; gamma; delta. epsilon", "Zeta", "What to do: eta", "theta, July 2026; replaces: iota."):
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


def test_a_notice_without_an_issuer_names_its_day_alone():
    read = words(html(make.document(notices=(notice("major", "Zeta", issuer="", issued="2020"),))))

    assert "2020." in read
    assert ", 2020" not in read


@pytest.mark.parametrize("end", ["", "."])
def test_what_may_or_may_not_end_in_a_full_stop_is_printed_with_one(end):
    doc = make.document()
    header = doc.header.replaced(
        not_covered=f"children{end}", dosing=Dosing(since="2026-07-04", reason=f"No data{end}", instead=f"Use B{end}"),
    )  # fmt: skip
    item = MonitoringItem(key=make.key("i"), test="Alpha", how_often=f"monthly{end}")
    told = notice("major", "Zeta", issuer=f"The regulator{end}", issued="")
    book = doc.citations[0].replaced(csl={"type": "book", "title": f"A book{end}"})

    read = words(html(doc.replaced(header=header, monitoring=(item,), notices=(told,), citations=(book,))))

    for said in (
        "Not covered: children.", "No data. Waiting since 4 July 2026", "Use B. See the", "Alpha Monthly.",
        "The regulator.", "A book.",
    ):  # fmt: skip
        assert said in read
    assert ".." not in read


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

    assert [gap.anchor for gap in first.gaps][:3] == ["indications", "contra-indications", "cautions"]
    assert '<span id="cautions">cautions</span>' in html()
    assert words(html()).count("indications , contra-indications , cautions") == 1


def test_a_page_that_has_every_section_still_says_that_it_has_no_doses():
    page_ = shown(everything(), traits=("biologic", "injectable", "teratogen"))

    assert (page_.gap_line, page_.gaps_counted) == ("doses", "Doses missing")
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

    found = html(names_found=(("testazumab", "sample"),), publication=publication())
    assert line in found.partition('id="status"')[2]
    assert found.count("RxNorm") == 1
    assert "RxNorm" not in html(publication=publication())


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
        (["urologist", "urologist"], "a urologist and another urologist"),
        (["ENT surgeon", "urgent care doctor"], "an ENT surgeon and an urgent care doctor"),
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


# -- The whole page, word for word -------------------------------------------------------------------------------------

REVIEW_DUE = date(2027, 7, 5)


def as_published(**changes):
    """A publication all of whose dates are different days. One signer is named; the last signs at night in summer."""
    signatures = [
        {"reader_title": "neurologist", "signed_at": "2026-05-30T10:00:00+00:00", "interests": "none"},
        {
            "reader_title": "anaesthetist",
            "name": "Ada Example",
            "signed_at": "2026-05-31T23:30:00+00:00",
            "interests": "Fees from A",
        },
    ]
    whole_ = {
        "signatures": signatures,
        "published_at": datetime(2026, 6, 2, 12, tzinfo=UTC),
        "last_full_review": date(2026, 4, 29),
        "evidence_checked_at": date(2026, 6, 20),
        "slug": "wholumab",
    }
    return publication(**{**whole_, **changes})


def overlay(kind, pk, at, second=None, **fields):
    one = Overlay(pk=pk, kind=kind, at=at, **fields)
    Overlay._meta.get_field("second_signature").set_cached_value(one, second)
    return one


def warning(pk=11, at=datetime(2026, 7, 3, 9, 30, tzinfo=UTC), second=None, **fields):
    said = {
        "title": "stop",
        "severity": "critical",
        "regulator": "mhra",
        "link": "https://www.gov.uk/a-warning",
        "issued": date(2026, 7, 2),
        "quote": "Stop it within 5 days.",
    }
    return overlay("warning", pk, at, second, **{**said, **fields})


def erratum(pk=21, until=None, **fields):
    said = {
        "wrong": "Take 5 mg.",
        "right": "Take 15 mg.",
        "harm": "moderate",
        "by_title": "oncologist",
        "editions": [1, 2],
        "said_from": datetime(2026, 1, 15, 12, tzinfo=UTC),
    }
    one = overlay("erratum", pk, datetime(2026, 6, 25, 12, tzinfo=UTC), **{**said, **fields})
    one.said_until = until
    return one


def retired(reason="its source is in doubt"):
    return overlay("retire", 31, datetime(2026, 7, 1, 12, tzinfo=UTC), reason=reason)


def held(name, pk=41, reason="it was printed wrongly"):
    return overlay("withhold", pk, datetime(2026, 6, 30, 12, tzinfo=UTC), part=make.key(name), reason=reason)


def whole_html(document=None, *, overlays=(), traits=(), published=True, edition=None, due=REVIEW_DUE, **more):
    """The page of the whole document under what stands over it."""
    at = more.pop("at", datetime(2026, 7, 4, 9, 0, tzinfo=UTC))
    same_drug = more.pop("same_drug", ())
    standing = Standing(
        today=TODAY,
        next_review_due=due,
        names_found=(("wholumab", "of July"),),
        overlays=tuple(overlays),
        at=at,
    )
    related_ = {
        "chosen": [Related("otherumab", "Otherumab", "comparator of the trial")],
        "same_class": [Related("thirdumab", "Thirdumab")],
    }
    page_ = page(
        seen(document or whole.whole(), standing, edition),
        set(traits),
        publication=more.pop("publication", as_published()) if published else None,
        **{**related_, **more},
    )
    context = {
        **site(),
        "page": page_,
        "address": "https://clincalc.test/drugs/wholumab/",
        "canonical": "https://clincalc.test/drugs/wholumab/",
        "live": Publication(slug="wholumab", number=4),
        "page_path": "/drugs/wholumab/",
        "same_drug": same_drug,
    }
    return render_to_string("monographs/_monograph.html", context)


def read(markup):
    """What is read, without a space before a stop."""
    return re.sub(r" ([.,;:])", r"\1", words(markup))


def between(markup, start, end):
    return start + markup.partition(start)[2].partition(end)[0]


WHOLE_PAGE = """\
Neurology Multiple sclerosis Wholumab Wholumab in one condition
It covers one condition only. Not covered: the other condition. Brand names (UK) Wholera
Critical safety notice Stop after 6 days The heart slows Reference 1. What to do: Act within 7 hours.
The first agency, 12 February 2020; replaces: the first notice. Source: Reference 2
Text reviewed Edition 3, 2 June 2026 Doses: none published All dates and signatures
An antibody that was made up Reference 1.
Other names Wholumabe (British name), Wholuzumab (American name), Wholumabum, WH-7
13 sections missing: check the product SmPC
This page does not cover: doses, contra-indications, cautions, renal impairment, hepatic impairment, interactions,
pregnancy, breast-feeding, adverse effects, overdose, prescribing in practice, counselling the patient, how it works,
evidence and guidelines.
On this page Critical safety What it is for Safety Dose What to watch Information References Related Status
What it is for One condition Reference 1.
Safety notice Only in hospital The liver suffers. What to do: Ask for help.
The second agency, March 2021; replaces: the second notice. Source: Reference 1
Dose not published This page shows no dose Its 20 mg are read anew. Waiting since 4 May 2026.
Now: Take the 30 mg of the label. See the SmPC of Wholera 10 mg, section 4.2, revision of 14 August 2023.
In doubt, ask medicines information.
Relapse after a year. Adult. By intravenous infusion. Dose not published yet: it has not had its checks against the
source. Use the product SmPC. Not published since 11 May 2026. Nobody has read its source anew.
Now: Read the label of Wholera.
Not yet covered: contra-indications, cautions, renal impairment, hepatic impairment, interactions, pregnancy,
breast-feeding. Check the product SmPC.
What to watch Watching goes on.
Blood count of 5 mL Before day 1, then every 2 months for 3 years. Reference 2 After 4 weeks again.
Not yet covered: adverse effects, overdose, prescribing in practice, counselling the patient, how it works, evidence
and guidelines. Check the product SmPC.
Shortage Little of it is there It is rare. What to do: Order early.
The third agency, 2022; replaces: the third notice. Source: Reference 1
References
Familia G. A record of everything. Journal of Records 2019; 41(7): 101–109.
doi:10.1234/record.5 PMID 7654321 records.example ↩a Back to the first use of reference 1
b Back to the second use of reference 1 c Back to the third use of reference 1 d Back to the fourth use of reference 1
e Back to the fifth use of reference 1
Wholera 10 mg. Summary of product characteristics. Whole Pharma. 2023. smpc.example
↩a Back to the first use of reference 2 b Back to the second use of reference 2
Related Chosen by the editors Otherumab comparator of the trial
Other monographs in this class (not a suggestion to substitute) Thirdumab
Status and signatures Text of edition 3 Reviewed by a neurologist and an anaesthetist on 1 June 2026
Doses None published Last full review 29 April 2026 Evidence last checked 20 June 2026
Next review due 5 July 2027
Name found in RxNorm (US) as wholumab, of July; this does not check the content
Neurologist Signed 30 May 2026 No interests declared
Ada Example, Anaesthetist Signed 1 June 2026 Interests: Fees from A
Check that nothing was altered Every signature is on this fingerprint (SHA-256) of the text.
01234567 89abcdef 01234567 89abcdef 01234567 89abcdef 01234567 89abcdef
Each edition has a certificate, by which anybody can check that without us: it is linked in the list of editions.
Uncontrolled when printed. Printed on. Before you rely on edition 3, check https://clincalc.test/drugs/wholumab/.
Take doses from the product characteristics (SmPC) and your local formulary.
Report a problem with this page Report a side effect (Yellow Card) All editions
For editors: edit this page"""


def test_the_whole_page_reads_so():
    assert read(whole_html()) == " ".join(WHOLE_PAGE.split())


def test_every_day_that_a_machine_reads_is_the_day_that_people_read():
    markup = whole_html(
        overlays=[
            warning(second=SecondSignature(by_title="oncologist", at=datetime(2026, 7, 4, 8, tzinfo=UTC))),
            erratum(wrong=whole.whole().header.name, until=datetime(2026, 2, 16, 12, tzinfo=UTC)),
            retired(),
            held("uses"),
        ]
    )

    assert re.findall(r'<time datetime="([^"]+)">([^<]+)</time>', markup) == [
        ("2026-07-01", "1 July 2026"),
        ("2026-07-02", "2 July 2026"),
        ("2026-07-03T10:30:00+01:00", "3 July 2026, 10:30"),
        ("2026-07-04", "4 July 2026"),
        ("2026-01-15", "15 January 2026"),
        ("2026-02-16", "16 February 2026"),
        ("2026-06-25", "25 June 2026"),
        ("2026-06-02", "2 June 2026"),
        ("2026-06-30", "30 June 2026"),
        ("2026-05-04", "4 May 2026"),
        ("2026-05-11", "11 May 2026"),
        ("2026-06-01", "1 June 2026"),
        ("2026-04-29", "29 April 2026"),
        ("2026-06-20", "20 June 2026"),
        ("2027-07-05", "5 July 2027"),
        ("2026-05-30", "30 May 2026"),
        ("2026-06-01", "1 June 2026"),
    ]


def test_where_the_links_of_the_page_lead(settings):
    settings.MEDICINES_INFORMATION_URL = "https://ask.example/"
    settings.SIDE_EFFECT_URL = "https://yellow.example/"
    links = re.findall(r'<a [^>]*href="([^"#][^"]*)"[^>]*>(.*?)</a>', whole_html(overlays=[warning(), erratum()]))

    smpc = ("https://smpc.example/wholera", "SmPC of Wholera 10 mg, section 4.2, revision of 14 August 2023")
    assert [(address, words(said)) for address, said in links] == [
        ("/classes/neurology/", "Neurology"),
        ("/classes/multiple-sclerosis/", "Multiple sclerosis"),
        (
            "https://www.gov.uk/a-warning",
            "Read the whole warning of Medicines and Healthcare products Regulatory Agency (MHRA)",
        ),
        ("/corrections/", "All corrections"),
        smpc,
        ("https://ask.example/", "medicines information"),
        ("https://doi.org/10.1234/record.5", "doi:10.1234/record.5"),
        ("https://pubmed.ncbi.nlm.nih.gov/7654321/", "PMID 7654321"),
        ("https://records.example/paper", "records.example"),
        ("https://smpc.example/wholera", "smpc.example"),
        ("/drugs/otherumab/", "Otherumab comparator of the trial"),
        ("/drugs/thirdumab/", "Thirdumab"),
        ("editions/", "the list of editions"),
        ("/report/?page=/drugs/wholumab/&amp;edition=3", "Report a problem with this page"),
        ("https://yellow.example/", "Report a side effect (Yellow Card)"),
        ("/drugs/wholumab/editions/", "All editions"),
        ("/desk/monographs/wholumab/edit/", "For editors: edit this page"),
    ]


def test_what_warns_looks_as_loud_as_it_is():
    markup = whole_html(overlays=[warning(), erratum()])

    looks = re.findall(r'<section class="(notice[^"]*)"[^>]*>\s*<h2[^>]*><span class="kind">([^<]*)</span>', markup)
    assert looks == [
        ("notice notice-safety", "Urgent warning"),
        ("notice notice-caution", "Correction"),
        ("notice notice-safety notice-critical", "Critical safety notice"),
        ("notice notice-safety", "Safety notice"),
        ("notice notice-caution", "Dose not published"),
        ("notice notice-information", "Shortage"),
    ]


@pytest.mark.parametrize("type_", list(NOTICE_TYPES))
def test_a_notice_is_called_by_its_severity_and_information_by_its_type(type_):
    severity, said = NOTICE_TYPES[type_]
    one = whole.whole().notices[0].replaced(type=type_, severity=severity)
    page_ = shown(whole.whole().replaced(notices=(one,)))
    kind = {"critical": "Critical safety notice", "major": "Safety notice", "information": said}[severity]
    anchor = {"critical": "safety", "major": "safety-notices", "information": "information"}[severity]

    (block,) = [one for one in (page_.critical, *page_.blocks) if one and one.kind == "notices"]

    assert (block.anchor, [one.kind for one in block.notices]) == (anchor, [kind])
    assert (page_.critical is None) is (severity != "critical")


# Fields that can be other words while the page stays the same, and why.
NOT_SHOWN = {
    **{f"{at}.text_rules": "shows as typed by either" for at in ("header", "sections.0", "notices.2")},
    "header.names.2.kind": "only a name of one country says of which",
    "header.brands.1.name": "only brands of the United Kingdom are shown",
    "header.brands.1.country": "only brands of the United Kingdom are shown",
    **{f"header.codes.{n}.{name}": "for machines" for n in (0, 1) for name in ("system", "code", "name")},
    "notices.0.type": "a critical notice is called by its severity",
    "notices.1.type": "a major notice is called by its severity",
    **{f"notices.{n}.{name}": "decides whether it is shown" for n in (0, 1, 2) for name in ("effective", "expires")},
    "regimens.0.passage": "is for whoever reads the source again",
    "citations.0.csl.type": "says how to cite it",
    "citations.0.csl.author.0.given": "only its initial is shown",
    "citations.0.csl.issued.date-parts.0.1": "the year is enough",
    "related.0.target": "comes with the other page, if that is there",
    "related.0.reason": "comes with the other page, if that is there",
}


def test_every_field_that_is_another_is_another_page_or_has_a_reason_why_not():
    page_ = whole_html()

    same = {path for path, *_, document in whole.changed() if whole_html(document) == page_}

    assert same == set(NOT_SHOWN)


# -- What stands over a page, in words ---------------------------------------------------------------------------------

LATER = datetime(2026, 7, 4, 9, 30, tzinfo=UTC)  # a day after the warning


@pytest.mark.parametrize(
    ("fields", "at", "said"),
    [
        (
            {},
            LATER - timedelta(seconds=1),
            (
                "Medicines and Healthcare products Regulatory Agency (MHRA), 2 July 2026. Critical: act at once."
                " Read the whole warning of Medicines and Healthcare products Regulatory Agency (MHRA). Added urgently on"
                " 3 July 2026, 10:30; second signature due by 4 July 2026, 10:30. The text below was signed before this"
                " warning."
            ),
        ),
        (
            {"regulator": "fda", "severity": "major", "issued": None},
            LATER,
            (
                "US Food and Drug Administration (FDA). Major. Read the whole warning of US Food and Drug Administration"
                " (FDA). Added urgently on 3 July 2026, 10:30; not yet countersigned. The second signature was due by"
                " 4 July 2026, 10:30. The text below was signed before this warning."
            ),
        ),
        (
            {"second": SecondSignature(by_title="oncologist", at=datetime(2026, 7, 3, 23, 30, tzinfo=UTC))},
            LATER + timedelta(days=9),
            (
                "Medicines and Healthcare products Regulatory Agency (MHRA), 2 July 2026. Critical: act at once."
                " Read the whole warning of Medicines and Healthcare products Regulatory Agency (MHRA). Added urgently on"
                " 3 July 2026, 10:30. Countersigned by an oncologist on 4 July 2026. The text below was signed before this"
                " warning."
            ),
        ),
    ],
)
def test_an_urgent_warning_says_who_warns_since_when_and_who_signed_it_too(fields, at, said):
    markup = whole_html(overlays=[warning(**fields)], at=at)

    told = "Urgent warning Stop treatment and contact patients “Stop it within 5 days.” "
    assert between(read(markup), "Urgent warning", " Critical safety notice Stop") == told + said
    order = [markup.index(f'id="{anchor}"') for anchor in ("warning", "warning-11", "safety", "contents-title")]
    assert order == sorted(order)


def test_a_text_that_was_signed_after_the_warning_says_nothing_of_before():
    """The sentence goes with the next edition, and a draft has no text that was signed."""
    at = as_published().published_at

    for when, before in ((at + timedelta(seconds=1), True), (at, False), (at - timedelta(seconds=1), False)):
        assert ("The text below was signed before this warning." in whole_html(overlays=[warning(at=when)])) is before
    assert "signed before this warning" not in whole_html(overlays=[warning(at=at)], published=False)


@pytest.mark.parametrize(
    ("until", "fields", "said"),
    [
        (
            datetime(2026, 2, 16, 12, tzinfo=UTC),
            {},
            (
                "From 15 January 2026 to 16 February 2026 part of this page was wrong It said “Take 5 mg.” It should say"
                " “Take 15 mg.” Affected: editions 1 and 2. Possible harm: moderate, as judged by an oncologist on"
                " 25 June 2026. All corrections"
            ),
        ),
        (
            None,
            {"harm": "none", "by_title": "pharmacist", "editions": [2]},
            (
                "Since 15 January 2026 part of this page is wrong It said “Take 5 mg.” It should say “Take 15 mg.”"
                " Affected: edition 2. Possible harm: none expected, as judged by a pharmacist on 25 June 2026."
                " All corrections"
            ),
        ),
    ],
)
def test_a_correction_says_from_when_to_when_what_was_wrong_and_what_is_right(until, fields, said):
    markup = whole_html(overlays=[erratum(until=until, **fields)])

    assert between(read(markup), "Correction ", " Critical safety notice Stop") == f"Correction {said}"
    order = [markup.index(f'id="{anchor}"') for anchor in ("correction", "erratum-21", "safety", "contents-title")]
    assert order == sorted(order)


def test_warnings_and_corrections_are_all_there_oldest_first_and_in_the_contents_once():
    markup = whole_html(overlays=[warning(11), erratum(21), warning(12), erratum(22)])

    assert re.findall(r'<section class="notice[^>]* id="((?:warning|erratum)-\d+)"', markup) == [
        "warning-11",
        "warning-12",
        "erratum-21",
        "erratum-22",
    ]
    contents = re.findall(r'<li><a href="#([^"]+)">', markup.partition("contents-title")[2].partition("</nav>")[0])
    assert contents == [
        "warning", "correction", "safety", "indications", "safety-notices", "dose", "monitoring", "information",
        "references", "related", "status",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("overlays", "first"),
    [
        ([], ("safety", "Critical safety")),
        ([warning()], ("warning", "Warning")),
        ([erratum()], ("correction", "Correction")),
        ([retired()], ("safety", "Critical safety")),
    ],
)
def test_the_contents_begin_with_what_stands_over_the_page_and_with_nothing_else(overlays, first):
    contents = shown(whole.whole(), overlays=overlays).contents

    assert contents[0] == first
    assert [one for one in contents if one[0] in ("warning", "correction")] == [first] * (first[0] != "safety")


def test_what_stands_over_the_page_comes_before_critical_notices_the_status_the_introduction_and_the_gaps():
    """The order of a phone, which is that of the document."""
    overlays = [held("count"), erratum(wrong="Wholumab"), warning(), retired()]
    markup = whole_html(overlays=overlays, due=date(2026, 1, 1))

    marks = (
        "<h1>", "Wholumab in one condition", 'id="retired"', 'id="warning"', 'id="correction"', 'id="withheld"',
        'id="overdue-title"', 'id="safety"', 'class="plate"', 'class="lead"', "<details", 'id="contents-title"',
        'id="indications"',
    )  # fmt: skip
    places = [markup.index(one) for one in marks]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("overlays", "chips"),
    [
        ([warning()], ["Reviewed before this warning"]),
        ([warning(at=datetime(2026, 6, 1, 12, tzinfo=UTC))], ["Urgent warning"]),
        ([erratum()], ["Correction"]),
        ([erratum(until=datetime(2026, 2, 16, 12, tzinfo=UTC))], ["Correction"]),
        ([held("count")], ["Part withheld"]),
        (
            [held("count"), erratum(wrong="Wholumab"), warning()],
            ["Reviewed before this warning", "Correction", "Part withheld"],
        ),
        ([warning(), erratum(), retired()], ["Retired"]),
    ],
)
def test_while_something_stands_over_the_page_the_status_says_so_and_is_not_green(overlays, chips):
    markup = whole_html(overlays=overlays)
    late = whole_html(overlays=overlays, due=date(2026, 7, 3))

    said = dict(reversed(one) for one in re.findall(r'<span class="chip ([^"]*)">([^<]*)</span>', markup))
    assert list(said) == chips
    assert set(said.values()) == {"chip-withdrawn" if chips == ["Retired"] else "chip-late"}
    assert "Text reviewed" not in markup
    assert re.findall(r'<span class="chip [^"]*">([^<]*)</span>', late) == chips + ["Review overdue"] * (
        chips != ["Retired"]
    )


def test_what_is_withheld_is_said_on_top_with_the_way_to_its_line():
    markup = whole_html(overlays=[held("uses", 41), held("count", 42)])

    assert "Withheld Not shown now: What it is for; Monitoring: Blood count of 5 mL Critical safety notice" in read(
        markup
    )
    for name in ("uses", "count"):
        anchor = f"withheld-{str(make.key(name))[:8]}"
        assert markup.count(f'href="#{anchor}"') == markup.count(f'id="{anchor}"') == 1
    assert shown(whole.whole(), overlays=[held("uses")]).contents[0] == ("withheld", "Withheld")
    assert "Not shown now" not in whole_html()


def test_no_page_begins_with_what_it_lacks():
    """An anchor to the notices above it would open on that."""
    for document in (make.document(), make.document(sections=(), monitoring=(), notices=()), everything()):
        kinds = [block.kind for block in shown(document).blocks]
        assert kinds[0] != "gap"
        assert "gap" not in kinds[: kinds.index("dosing")]


@pytest.mark.parametrize(
    ("kept", "counted"), [(0, "Doses missing"), (1, "1 section missing"), (2, "2 sections missing")]
)
def test_what_is_missing_is_counted_in_one_line_that_opens(kept, counted):
    kinds = [kind for kind in SECTION_KINDS if kind not in ("overdose", "pregnancy")[:kept]]
    markup = html(make.document(sections=tuple(section(kind) for kind in kinds)))

    assert f"<summary>{counted}: check the product SmPC</summary>" in markup
    assert markup.count("check the product SmPC") == 1
    assert "<details open" not in markup


def test_a_retired_page_says_so_above_all_and_shows_no_dose():
    markup = whole_html(overlays=[retired()])

    assert between(read(markup), "Retired on", " Critical safety") == (
        "Retired on 1 July 2026: its source is in doubt Doses are not shown. Monitoring and counselling remain for"
        " people already treated. Now: look in the SmPC of Wholera 10 mg, section 4.2, revision of 14 August 2023 and"
        " your local formulary. In doubt, ask medicines information or the treating unit."
    )
    assert "Dose not published Doses are not shown on a retired page Its 20 mg" in read(markup)
    assert '<span class="chip chip-withdrawn">Retired</span>' in markup
    assert "Edition 3, 2 June 2026 Doses are not shown All dates and signatures" in read(markup)
    assert "Text reviewed" not in markup
    assert markup.index('id="retired"') < markup.index('id="safety"')


@pytest.mark.parametrize(
    ("due", "chip", "words_of_chip"),
    [
        (date(2026, 7, 4), "chip-published", "Text reviewed"),
        (date(2026, 7, 3), "chip-late", "Review overdue"),
        (None, "chip-published", "Text reviewed"),
    ],
)
def test_the_chip_says_whether_the_review_is_overdue(due, chip, words_of_chip):
    markup = whole_html(due=due)

    assert re.findall(r'<span class="chip ([^"]*)">([^<]*)</span>', markup) == [(chip, words_of_chip)]
    assert ("Next review due" in markup) is (due is not None)
    assert ("Review overdue since 3 July 2026" in read(markup)) is (chip == "chip-late")


@pytest.mark.parametrize(
    ("due", "tier", "archived", "expected"),
    [
        (date(2026, 4, 4), "high", False, True),
        (date(2026, 4, 5), "high", False, False),
        (date(2026, 4, 4), "standard", False, False),
        (date(2026, 4, 4), "high", True, False),
    ],
)
def test_the_banner_of_a_review_long_overdue(due, tier, archived, expected):
    archive = Archive(LATER, LATER, "") if archived else None
    markup = whole_html(due=due, publication=as_published(tier=tier), archive=archive)

    said = (
        "Review overdue since 4 April 2026 Check this page against the product SmPC and your local formulary before you"
        " rely on it."
    )
    assert (said in read(markup)) is expected
    assert ('id="overdue-title"' in markup) is expected


def test_an_old_edition_says_first_that_it_is_superseded():
    archive = Archive(
        datetime(2026, 6, 2, 12, tzinfo=UTC), datetime(2026, 6, 18, 23, 30, tzinfo=UTC), "2 changes since then."
    )
    markup = whole_html(archive=archive, edition=3)
    said = read(markup)

    assert between(said, "Neurology", " Wholumab in one condition") == (
        "Neurology Multiple sclerosis Wholumab, edition 3 Superseded on 19 June 2026. Do not use Kept as a record of what"
        " was published from 2 June 2026 to 19 June 2026. 2 changes since then. Read the current page What changed since"
    )
    assert "Superseded Edition 3, 2 June 2026 Was reviewed by a neurologist and an anaesthetist All dates" in said
    assert re.findall(r'<span class="chip ([^"]*)">', markup) == ["chip-superseded"]
    assert "This edition showed no dose" in said
    assert "Next review due" not in said
    assert said.endswith(
        "Superseded on 19 June 2026. Do not use. Printed on. Before you rely on edition 3, check"
        " https://clincalc.test/drugs/wholumab/. Take doses from the product characteristics (SmPC) and your local"
        " formulary. Report a problem with this page Report a side effect (Yellow Card)"
    )
    assert '<a class="btn" href="/drugs/wholumab/">Read the current page</a>' in markup
    assert '<a href="/drugs/wholumab/editions/3...4/">What changed since</a>' in markup
    assert "/classes/" not in markup
    assert "All editions" not in markup
    assert "Uncontrolled when printed" not in markup


def test_an_old_edition_of_a_retired_page_is_superseded_first_and_shows_no_dose():
    markup = whole_html(archive=Archive(LATER, LATER, ""), overlays=[retired()])

    assert re.findall(r'<span class="chip ([^"]*)">', markup) == ["chip-superseded"]
    assert "Doses are not shown on a retired page" in markup
    assert "Was reviewed by" in markup


def test_a_preview_leads_to_no_public_page_and_shows_no_status():
    markup = whole_html(published=False)
    said = read(markup)

    assert said.startswith(
        "Neurology Multiple sclerosis Wholumab Wholumab in one condition It covers one condition only."
    )
    for absent in (
        "/classes/",
        'class="plate"',
        'id="status"',
        "Report a problem",
        "All editions",
        "For editors",
        "Uncontrolled",
    ):
        assert absent not in markup
    assert said.endswith("Thirdumab Report a side effect (Yellow Card)")
    assert [entry for entry in shown(whole.whole()).contents if entry[0] in ("status", "related")] == []


@pytest.mark.parametrize(
    ("fields", "absent"),
    [
        ({"title": "Wholumab"}, 'class="soft">Wholumab'),
        ({"title": ""}, '<p class="soft">'),
        ({"brands": [Brand(name="Totalis", country="IE")]}, "Brand names"),
        ({"names": [DrugName(kind="british", name="WHOLUMAB")]}, "Other names"),
        ({"names": [DrugName(kind="british")]}, "Other names"),
        ({"class_path": []}, 'class="crumbs"'),
        ({"covers": ""}, "It covers"),
        ({"not_covered": ""}, "Not covered:"),
        ({"dosing": Dosing(reason="x", instead="x")}, "Waiting since"),
    ],
)
def test_what_the_header_lacks_leaves_no_words_behind(fields, absent):
    assert absent in whole_html()
    assert absent not in whole_html(whole.whole().replaced(header=whole.whole().header.replaced(**fields)))


def test_a_page_without_a_name_says_so():
    document = whole.whole().replaced(header=whole.whole().header.replaced(name=""))

    assert "<h1>(no name yet)</h1>" in whole_html(document)
    assert "<h1>Wholumab</h1>" in whole_html()


def test_other_pages_on_the_same_drug_are_told_apart():
    others = [Publication(slug=slug) for slug in ("a-use", "b-use")]
    others[0].called, others[1].called = whole.whole().header.called, "Wholumab in another"

    markup = whole_html(same_drug=others)

    assert "Another use of the drug has its own page: Wholumab in one condition (a-use), Wholumab in another." in read(
        markup
    )
    assert '<a href="/drugs/b-use/">Wholumab in another</a>.' in markup
    assert "Another use of the drug" not in whole_html()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"issuer": "An agency", "issued": "", "supersedes": ""}, "An agency. Source: Reference 1"),
        ({"issuer": "", "issued": "", "supersedes": "it"}, "replaces: it. Source: Reference 1"),
        ({"issuer": "", "issued": "", "supersedes": ""}, "Source: Reference 1"),
        ({"issuer": "An agency", "issued": "", "supersedes": "", "source": ""}, "An agency."),
        ({"issuer": "An agency", "issued": "2020-01", "supersedes": "", "source": "lost"}, "An agency, January 2020. Source:[@lost]"),
    ],
)  # fmt: skip
def test_where_a_notice_comes_from_as_far_as_it_is_known(fields, said):
    one = whole.whole().notices[0].replaced(text="The end.", action="", **fields)
    markup = whole_html(whole.whole().replaced(notices=[one]))

    assert between(read(markup), "The end.", " Text reviewed") == f"The end. {said}".rstrip()
    assert "What to do" not in markup


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"when": "", "how_long": "", "note": ""}, "Every 2 months. Reference 1"),
        ({"when": "", "how_often": "", "how_long": "for ever.", "note": ""}, "For ever. Reference 1"),
        ({"when": "", "how_often": "", "how_long": "", "note": ""}, "Reference 1"),
        ({"when": "", "how_often": "", "how_long": "", "note": "A note", "source": ""}, "A note"),
        ({"when": "", "how_often": "", "how_long": "", "note": "", "source": ""}, ""),
    ],
)
def test_a_test_says_as_much_as_is_known_of_it(fields, said):
    item = whole.whole().monitoring[0].replaced(test="ECG", **fields)
    doc = whole.whole().replaced(header=whole.whole().header.replaced(introduction="x"), sections=[], notices=[])
    markup = whole_html(doc.replaced(monitoring=[item]))

    assert between(read(markup), " ECG", " Not yet covered: adverse effects") == f" ECG {said}".rstrip()
    assert "<p></p>" not in markup


@pytest.mark.parametrize(
    ("csl", "said"),
    [
        ({"title": "Why?"}, "Why?"),
        ({"title": "Stop!"}, "Stop!"),
        ({"title": "End."}, "End."),
        ({"title": "End"}, "End."),
        ({"title": "T", "container-title": "J"}, "T. J"),
        ({"title": "T", "container-title": "J", "volume": "4"}, "T. J 4."),
        ({"title": "T", "author": [{"literal": "A"}]}, "A. T."),
    ],
)
def test_a_reference_has_its_stops_once(csl, said):
    doc = whole.whole().replaced(citations=[Citation(key=make.key("only"), label="only", csl=csl)], notices=[])
    markup = whole_html(doc, chosen=(), same_class=())

    assert read(re.search(r'<li id="ref-1">(.*?)</li>', markup, re.DOTALL)[1]) == said
    assert 'class="backs"' not in markup


# -- What is withheld --------------------------------------------------------------------------------------------------

TAKE_AWAY = (
    " It stood here until then: do not use copies. Use the SmPC of Wholera 10 mg, section 4.2, revision of 14 August"
    " 2023; if you used it, ask medicines information."
)


@pytest.mark.parametrize(
    ("name", "label", "lost", "place"),
    [
        ("uses", "What it is for", "One condition Reference 1", "indications"),
        ("watch", "What to watch", "Watching goes on.", "monitoring"),
        ("count", "Monitoring: Blood count of 5 mL", "then every 2 months", "monitoring"),
    ],
)
def test_what_is_withheld_leaves_its_line_where_it_stood_and_is_no_gap(name, label, lost, place):
    overlays = [held(name)]
    markup = whole_html(overlays=overlays)
    said = read(markup)
    line = f"{label}: withheld on 30 June 2026: it was printed wrongly.{TAKE_AWAY}"

    assert lost in read(whole_html())
    assert lost not in said
    assert said.count(line) == 1
    assert f'id="withheld-{str(make.key(name))[:8]}"' in markup
    (block,) = [one for one in shown(whole.whole(), overlays=overlays).blocks if one.anchor == place]
    assert [(one.label, one.reason) for one in block.stopped] == [(label, "it was printed wrongly")]
    assert shown(whole.whole(), overlays=overlays).gap_line == shown(whole.whole()).gap_line


def test_all_that_is_withheld_of_a_kind_has_its_own_line_under_the_usual_heading():
    overlays = [held("count", 41), held("watch", 42, "the source has changed")]
    page_ = shown(whole.whole(), overlays=overlays)

    (block,) = [one for one in page_.blocks if one.anchor == "monitoring"]
    assert (block.heading, block.passages, block.items) == ("Monitoring", (), ())
    assert [(one.label, one.reason) for one in block.stopped] == [
        ("What to watch", "the source has changed"),
        ("Monitoring: Blood count of 5 mL", "it was printed wrongly"),
    ]
    assert "monitoring" not in page_.gap_line


def test_a_withheld_section_among_others_of_its_kind_takes_only_itself():
    first = whole.whole().sections[0]
    document = whole.whole().replaced(
        sections=[first, first.replaced(key=make.key("second"), heading="Second", text="Another condition.")]
    )

    said = read(whole_html(document, overlays=[held("uses")]))

    assert "Second Another condition. What it is for: withheld on 30 June 2026" in said
    assert "One condition Reference" not in said


@pytest.mark.parametrize("name", ["boxed", "restriction", "shortage", "record", "link"])
def test_a_notice_a_reference_or_a_link_cannot_be_withheld(name):
    assert whole_html(overlays=[held(name)]) == whole_html()


# -- Numbers, summary, contents ----------------------------------------------------------------------------------------


def test_references_are_numbered_in_the_order_in_which_the_page_is_read():
    """Each place has a reference of its own: the marks on the page then count upwards."""
    places = ["intro", *(f"{what}{n}" for n in (0, 1, 2) for what in ("text", "source")), "test", *SECTION_KINDS]
    doc = whole.whole()
    document = doc.replaced(
        header=doc.header.replaced(introduction="x [@intro]"),
        sections=[section(kind, f"x [@{kind}]") for kind in reversed(SECTION_KINDS)],
        monitoring=[doc.monitoring[0].replaced(source="test")],
        notices=[one.replaced(text=f"x [@text{n}]", source=f"source{n}") for n, one in enumerate(doc.notices)][::-1],
        citations=[Citation(key=make.key(one), label=one, csl={"title": one}) for one in reversed(places)],
    )

    markup = whole_html(document)

    marks = [int(number) for number in re.findall(r'href="#ref-(\d+)"', markup)]
    assert marks == list(range(1, len(places) + 1))
    rest = [kind for kind in SECTION_KINDS if kind != "indications"]
    rest.insert(rest.index("monitoring") + 1, "test")
    expected = ["text0", "source0", "intro", "indications", "text1", "source1", *rest, "text2", "source2"]
    assert [one.label for one in shown(document).references] == expected


def test_the_contents_have_short_words_for_long_headings():
    headed = [
        section(kind, "x", f"The heading of {kind}")
        for kind in ("prescribing", "counselling", "evidence", "screening", "overdose")
    ]
    contents = shown(make.document(sections=headed, monitoring=(), notices=(), citations=())).contents

    assert contents == (
        ("dose", "Dose"),
        ("screening", "Screening"),
        ("overdose", "The heading of overdose"),
        ("prescribing", "Prescribing"),
        ("counselling", "Counselling"),
        ("evidence", "Evidence"),
    )


def test_the_summary_of_a_page_is_its_introduction_in_plain_words_and_160_characters():
    def summary(text):
        return shown(make.document(header=make.document().header.replaced(introduction=text))).summary

    assert summary("It **slows** [@trial2020].\n\nThe heart") == "It slows. The heart"
    assert summary("a" * 80 + " " + "b" * 79) == "a" * 80 + " " + "b" * 79
    assert summary("a" * 80 + " " + "b" * 80) == "a" * 80 + " …"


def test_a_section_without_a_heading_has_the_usual_one_and_without_text_none():
    page_ = shown(
        make.document(sections=(section("storage", "x"), section("driving", ""), section("stopping", "y", "S")))
    )

    blocks = {block.anchor: block.heading for block in page_.blocks}
    assert (blocks.get("storage"), blocks.get("driving"), blocks.get("stopping")) == ("Storage", None, "S")


def test_the_text_was_reviewed_on_the_day_of_the_last_signature_in_london():
    assert shown(publication=as_published()).status.reviewed_on == date(2026, 6, 1)
    backwards = as_published(signatures=as_published().signatures[::-1])
    assert shown(publication=backwards).status.reviewed_on == date(2026, 6, 1)
    at = datetime(2026, 6, 2, 23, 0, tzinfo=UTC)
    assert shown(publication=as_published(signatures=[], published_at=at)).status.reviewed_on == date(2026, 6, 3)


def test_the_status_carries_what_the_publication_says():
    status = shown(publication=as_published(), next_review_due=REVIEW_DUE).status

    assert (status.number, status.digest) == (3, "0123456789abcdef" * 4)
    assert (status.published_at, status.last_full_review, status.evidence_checked_at, status.next_review_due) == (
        datetime(2026, 6, 2, 12, tzinfo=UTC), date(2026, 4, 29), date(2026, 6, 20), REVIEW_DUE
    )  # fmt: skip


def test_words_of_the_house_over_a_page_never_become_markup():
    """A reason, a quotation, a title of a signer, an address: whoever wrote them, they are words."""
    hostile = {"quote": HOSTILE, "link": f"https://a.example/{HOSTILE}", "second": SecondSignature(by_title=HOSTILE, at=LATER)}  # fmt: skip
    csl = {**whole.SMPC, "title": HOSTILE, "publisher": HOSTILE, "volume": HOSTILE, "number": HOSTILE}
    doc = whole.whole()
    doc = doc.replaced(
        citations=[doc.citations[0].replaced(csl={"title": "x", "volume": HOSTILE, "container-title": HOSTILE}), doc.citations[1].replaced(csl=csl)],
        sections=[doc.sections[0].replaced(heading=HOSTILE), section("storage", "x"), section("storage", "y", HOSTILE), doc.sections[1]],
        notices=[one.replaced(title=HOSTILE, action=HOSTILE, issuer=HOSTILE, supersedes=HOSTILE, text=HOSTILE) for one in doc.notices],
    )  # fmt: skip
    form = {**as_published().signatures[1], "reader_title": HOSTILE}
    markup = whole_html(
        doc,
        overlays=[
            warning(**hostile), erratum(wrong=HOSTILE, right=HOSTILE, by_title=HOSTILE), retired(HOSTILE),
            held("uses", reason=HOSTILE),
        ],
        archive=Archive(LATER, LATER, HOSTILE),
        publication=as_published(signatures=[form]),
        same_drug=[Publication(slug="a-use", name=HOSTILE)],
    )  # fmt: skip

    assert "<script" not in markup
    assert "<img" not in markup
    assert re.findall(r"<[^>]*\son\w+=", re.sub(r"\"[^\"]*\"", '""', markup)) == []
    assert '"><img' not in markup


# -- The head of the page, and a page that is gone -----------------------------------------------------------------------


def head(template, document=None, *, demo=False, **more):
    """What stands before the body: the stamp of the printed page, title, description, links and robots."""
    context = {
        **site(),
        "DEMO": demo,
        "page": shown(document or whole.whole(), publication=as_published(), **more),
        "address": "https://clincalc.test/drugs/wholumab/",
        "canonical": "https://clincalc.test/drugs/wholumab/",
        "live": Publication(slug="wholumab", number=4),
    }
    markup = render_to_string(f"monographs/{template}.html", context).partition("</head>")[0]
    return {
        "stamp": re.search(r'data-stamp="([^"]*)"', markup)[1],
        "title": re.search(r"<title>(.*?)</title>", markup)[1],
        "description": re.search(r'<meta name="description" content="([^"]*)">', markup)[1],
        "canonical": re.findall(r'<link rel="canonical" href="([^"]*)">', markup),
        "robots": re.findall(r'<meta name="robots" content="([^"]*)">', markup),
    }


def test_the_head_of_a_page_says_what_it_is_and_what_a_print_of_it_is_worth():
    assert head("monograph_detail") == {
        "stamp": "Wholumab · Edition 3 · published 2 June 2026&#10;Uncontrolled when printed: check"
        " https://clincalc.test/drugs/wholumab/ · fingerprint 01234567",
        "title": "Wholumab: one condition – ClinCalc Pro",
        "description": "Wholumab in one condition. An antibody that was made up.",
        "canonical": ["https://clincalc.test/drugs/wholumab/"],
        "robots": [],
    }
    plain = whole.whole().replaced(header=whole.whole().header.replaced(covers=""))
    assert head("monograph_detail", plain)["title"] == "Wholumab in one condition – ClinCalc Pro"
    stamp = head("monograph_detail", demo=True)["stamp"]
    assert stamp.startswith("Demonstration content, not for clinical use · Wholumab · Edition 3")


def test_the_head_of_an_old_edition_says_that_it_is_superseded_and_is_for_no_search_engine():
    archive = Archive(datetime(2026, 6, 2, 12, tzinfo=UTC), datetime(2026, 6, 18, 23, 30, tzinfo=UTC))

    assert head("edition_old", archive=archive) == {
        "stamp": "Wholumab · Edition 3 · SUPERSEDED on 19 June 2026, do not use&#10;The current page:"
        " https://clincalc.test/drugs/wholumab/",
        "title": "Wholumab in one condition, edition 3, superseded – ClinCalc Pro",
        "description": "Wholumab in one condition, edition 3. Superseded on 19 June 2026. Do not use.",
        "canonical": ["https://clincalc.test/drugs/wholumab/"],
        "robots": ["noindex"],
    }
    stamp = head("edition_old", demo=True, archive=archive)["stamp"]
    assert stamp.startswith("Demonstration content, not for clinical use · Wholumab · Edition 3")


def test_a_page_that_is_gone_says_when_why_and_what_to_do():
    gone = overlay("take_down", 51, datetime(2026, 6, 18, 23, 30, tzinfo=UTC), reason=f"it is wrong {HOSTILE}")
    settings_ = {"SMPC_URL": "https://smpc.example/", "MEDICINES_INFORMATION_URL": "https://ask.example/"}
    markup = render_to_string("monographs/gone.html", {**site(), **settings_, "name": f"X {HOSTILE}", "overlay": gone})
    body = markup.partition("<h1>")[2]

    assert '<meta name="robots" content="noindex">' in markup
    assert "This page was removed on 19 June 2026: it is wrong" in read(body)
    assert '<time datetime="2026-06-19">19 June 2026</time>' in body
    assert '<a href="https://smpc.example/">product characteristics (SmPC)</a>' in body
    assert '<a href="https://ask.example/">medicines information</a>' in body
    assert "Do not use printed or saved copies, nor an older edition." in read(body)
    assert "<script>" not in markup
    assert "<img" not in markup


@pytest.mark.parametrize(
    ("chosen", "same_class", "headings"),
    [
        ((), (), []),
        ([Related("a", "A", "why")], (), ["Chosen by the editors"]),
        ((), [Related("b", "B")], ["Other monographs in this class (not a suggestion to substitute)"]),
    ],
)
def test_related_pages_are_headed_only_where_there_are_some(chosen, same_class, headings):
    markup = whole_html(chosen=chosen, same_class=same_class)
    _, section_, rest = markup.partition('id="related"')

    assert [words(one) for one in re.findall(r"<h3>(.*?)</h3>", rest)] == headings
    assert bool(section_) is bool(headings)
    assert ('<a href="#related">Related</a></li>' in markup) is bool(headings)


def test_the_first_of_several_smpcs_is_named_whatever_the_case_of_its_genre():
    smpcs = [
        Citation(key=make.key(one), label=one, csl={"genre": genre, "title": one, "URL": f"https://{one}.example"})
        for one, genre in (("one", "SUMMARY of product characteristics"), ("two", whole.SMPC["genre"]))
    ]

    assert shown(make.document(citations=smpcs)).smpc.address == "https://one.example"


def test_an_address_with_several_questions_is_escaped_where_it_is_printed():
    address = "https://a.example/?b=1&c=2"
    doc = whole.whole()
    citations = [doc.citations[0].replaced(csl={"title": "x", "URL": address}), doc.citations[1].replaced(csl={**whole.SMPC, "URL": address})]  # fmt: skip

    markup = whole_html(doc.replaced(citations=citations), overlays=[warning(link=address), retired(), held("uses")])

    # The warning; the SmPC in the banner, in the withheld part and beside the dose; two references.
    assert markup.count('href="https://a.example/?b=1&amp;c=2"') == 6
    assert "1&c" not in markup


def test_what_is_of_no_use_on_paper_is_not_printed():
    markup = whole_html()

    assert re.findall(r'<(\w+) class="[^"]*no-print"( id="\w+")?', markup) == [("section", ' id="related"'), ("p", "")]
    assert markup.count('class="print-only"') == 1
