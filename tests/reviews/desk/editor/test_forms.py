"""Every form of the editor, field by field: what is typed into it is saved in its own column, shown again, and read by
whoever may not write."""

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.document import Citation, MonitoringItem, RelatedLink, SafetyNotice, Section
from monographs.models import Edition
from monographs.typed import to_plain
from reviews.desk.editor.citation_form import CSL_TYPES, CitationForm
from reviews.desk.editor.context import FORMS, HEADINGS, NOUNS, with_part
from reviews.desk.editor.find import search, typed_from
from reviews.desk.editor.forms import HeaderForm
from reviews.models import AuditEvent, ChangeSet
from tests import factories as make
from tests.forms import rows, sent

pytestmark = pytest.mark.any_database

# (what is typed, the value that it makes); no two fields say the same.
TYPED = {
    "section": (
        {"kind": "cautions", "heading": "Mind this", "text": "Be careful [@trial2020]."},
        lambda key: Section(key=key, kind="cautions", heading="Mind this", text="Be careful [@trial2020].", text_rules=2),
    ),
    "monitoring": (
        {
            "test": "ECG", "when": "before treatment", "how_often": "weekly", "how_long": "for a year",
            "note": "In rest.\nNot after coffee.", "source": "trial2020",
        },
        lambda key: MonitoringItem(
            key=key, test="ECG", when="before treatment", how_often="weekly", how_long="for a year",
            note="In rest.\nNot after coffee.", source="trial2020",
        ),
    ),
    "notice": (
        {
            "type": "boxed_warning", "title": "Only here", "text": "Some text.", "action": "Stop it.",
            "issuer": "MHRA", "issued": "2020-02", "effective": "2020-03-01", "expires": "2030-04-02",
            "source": "trial2020", "supersedes": "The old one",
        },
        lambda key: SafetyNotice(
            key=key, type="boxed_warning", severity="critical", title="Only here", text="Some text.",
            action="Stop it.", issuer="MHRA", issued="2020-02", effective="2020-03-01", expires="2030-04-02",
            source="trial2020", supersedes="The old one", text_rules=2,
        ),
    ),
    "citation": (
        {
            "label": "guide", "type": "chapter", "title": "A guideline", "authors": "Smith, A. B.\nA group",
            "issued": "2021", "container": "A journal", "volume": "7", "issue": "8", "page": "9-10",
            "publisher": "A house", "genre": "Summary", "number": "TA312", "doi": "10.1000/xyz", "pmid": "12345",
            "address": "https://example.org/x",
        },
        lambda key: Citation(key=key, label="guide", csl={
            "type": "chapter", "title": "A guideline",
            "author": [{"family": "Smith", "given": "A. B."}, {"literal": "A group"}],
            "issued": {"date-parts": [[2021]]}, "container-title": "A journal", "volume": "7", "issue": "8",
            "page": "9-10", "publisher": "A house", "genre": "Summary", "number": "TA312", "DOI": "10.1000/xyz",
            "PMID": "12345", "URL": "https://example.org/x",
        }),
    ),
    "related": (
        {"target": "otherumab", "reason_shown": "alternative"},
        lambda key: RelatedLink(key=key, target="otherumab", reason="alternative"),
    ),
}  # fmt: skip
READ = {
    "section": [("Kind of section", "Cautions"), ("Heading", "Mind this"), ("Text", "Be careful [@trial2020].")],
    "monitoring": [
        ("Test", "ECG"), ("When", "before treatment"), ("How often", "weekly"), ("How long", "for a year"),
        ("Note", "In rest.\nNot after coffee."), ("Source", "trial2020"),
    ],
    "notice": [
        ("Type", "Boxed warning (critical)"), ("Title", "Only here"), ("Text", "Some text."),
        ("What to do", "Stop it."), ("Issued by", "MHRA"), ("Issued on", "2020-02"),
        ("In force from", "2020-03-01"), ("Ends on", "2030-04-02"), ("Source", "trial2020"),
        ("Replaces", "The old one"),
    ],
    "citation": [
        ("Label", "guide"), ("Kind of source", "Chapter"), ("Title", "A guideline"),
        ("Authors", "Smith, A. B.\nA group"), ("Date", "2021"), ("Journal or book", "A journal"), ("Volume", "7"),
        ("Issue", "8"), ("Pages", "9-10"), ("Publisher", "A house"), ("Genre", "Summary"), ("Number", "TA312"),
        ("DOI", "10.1000/xyz"), ("PMID", "12345"), ("Web address", "https://example.org/x"),
    ],
    "related": [("Monograph", "otherumab"), ("Reason", "alternative")],
}  # fmt: skip


def address(name, *arguments):
    return reverse(name, args=["testazumab", *arguments])


def said(part):
    """A part as one compares it: the record of a reference is frozen."""
    return {**part.model_dump(), **({"csl": to_plain(part.csl)} if isinstance(part, Citation) else {})}


@pytest.mark.parametrize("kind", TYPED)
def test_each_field_is_saved_in_its_own_place_shown_again_and_read_by_others(house, enter, kind):
    edition = make.draft(house)
    typed, made = TYPED[kind]
    client = enter("editor")
    shown = client.get(address("part_new", kind))
    key = shown.context["form"].key
    assert f"Add a {NOUNS[kind]}</h2>" in shown.content.decode()
    assert f'name="key" value="{key}"' in shown.content.decode()

    answer = client.post(address("part_new", kind), {**typed, "key": key, "reason": "Said why"}, follow=True)

    assert answer.redirect_chain == [(f"{address('edit')}?saved={key}#part-{key}", 302)]
    part = build(edition).by_key()[key]
    assert f"{part.label_for_people} is saved." in answer.content.decode()
    assert said(part) == said(made(key))
    change = ChangeSet.objects.latest("at", "revision_id")
    assert (change.actor, change.reason, change.touched) == (house.editor, "Said why", [str(key)])
    form = client.get(address("part_edit", key)).context["form"]
    assert {name: form[name].value() for name in typed} == typed
    assert form["seen"].value() == digest_of_part(part)
    html = enter("auditor").get(address("part_edit", key))
    assert html.context["form"].as_read() == READ[kind]
    assert "<textarea" not in html.content.decode()
    for label, _words in READ[kind]:
        assert f"<dt><strong>{label}</strong></dt>" in html.content.decode()


@pytest.mark.parametrize("kind", TYPED)
def test_what_was_emptied_is_empty_and_the_rest_stays(house, enter, kind):
    edition = make.draft(house)
    typed, made = TYPED[kind]
    client = enter("editor")
    key = client.get(address("part_new", kind)).context["form"].key
    client.post(address("part_new", kind), {**typed, "key": key})
    before = build(edition).by_key()[key]
    field, empty = {
        "section": ("text", {"text": "", "text_rules": None}),
        "monitoring": ("how_long", {"how_long": ""}),
        "notice": ("issuer", {"issuer": ""}),
        "citation": ("genre", {}),
        "related": ("reason_shown", {"reason": ""}),
    }[kind]

    answer = client.post(address("part_edit", key), {**typed, field: "", "seen": digest_of_part(before)})

    assert answer.status_code == 302
    expected = said(made(key)) | empty
    if kind == "citation":
        expected["csl"] = {name: value for name, value in expected["csl"].items() if name != "genre"}
    assert said(build(edition).by_key()[key]) == expected
    assert ChangeSet.objects.latest("at", "revision_id").reason == f"Changed {before.label_for_people}"


TEXTS = {
    "title": "A title", "name": "Newname", "covers": "multiple sclerosis", "not_covered": "leukaemia",
    "introduction": "An introduction.", "dosing_since": "2026-07-05", "dosing_reason": "Because of this.",
    "dosing_instead": "Look there.",
}  # fmt: skip
LISTS = {
    **rows("names", {"kind": "international", "name": "newnamab"}, {"kind": "other", "name": "new-namab"}),
    **rows("brands", {"name": "Brand, the old one", "country": "GB"}, {"name": "Brandeux", "country": "FR"}),
    **rows(
        "codes",
        {"system": "ATC", "code": "L04AG06"},
        {"system": "SNOMED CT", "code": "391632007", "name": "Newnamab, the substance"},
        stood=1,
    ),
}
HEADER = TEXTS | LISTS


@pytest.mark.each_case
def test_each_field_of_the_header_is_saved_in_its_own_place_and_shown_again(house, enter):
    edition = make.draft(house)
    client = enter("editor")
    seen = digest_of_part(build(edition).header)

    answer = client.post(address("edit_header"), {**HEADER, "seen": seen, "reason": "Said why"}, follow=True)

    assert "The header is saved." in answer.content.decode()
    header = build(Edition.objects.get(pk=edition.pk)).header
    assert header.model_dump() == {
        "text_rules": 2,
        "title": "A title", "name": "Newname", "covers": "multiple sclerosis", "not_covered": "leukaemia",
        "introduction": "An introduction.",
        "names": ({"kind": "international", "name": "newnamab"}, {"kind": "other", "name": "new-namab"}),
        "brands": ({"name": "Brand, the old one", "country": "GB"}, {"name": "Brandeux", "country": "FR"}),
        "codes": (
            {"system": "ATC", "code": "L04AG06", "name": ""},
            {"system": "SNOMED CT", "code": "391632007", "name": "Newnamab, the substance"},
        ),
        "class_path": tuple(step.model_dump() for step in make.document().header.class_path),
        "dosing": {
            "status": "unpublished", "since": "2026-07-05", "reason": "Because of this.", "instead": "Look there.",
        },
    }  # fmt: skip
    change = ChangeSet.objects.latest("at", "revision_id")
    assert (change.reason, change.touched) == ("Said why", ["header"])
    form = client.get(address("edit_header")).context["form"]
    assert HEADER.items() - {(name, value) for name, value in LISTS.items() if "_FORMS" in name} <= sent(form).items()
    read = enter("auditor").get(address("edit_header"))
    assert read.context["form"].as_read() == [
        ("Title", "A title"), ("Name", "Newname"), ("Other names", "International name: newnamab\nOther name: new-namab"),
        ("Brand names", "Brand, the old one (GB)\nBrandeux (FR)"),
        ("Codes", "ATC L04AG06\nSNOMED CT 391632007 Newnamab, the substance"), ("Covers", "multiple sclerosis"),
        ("Does not cover", "leukaemia"), ("Introduction", "An introduction."),
        ("No dose published since", "2026-07-05"), ("Why no dose is published", "Because of this."),
        ("What to use instead", "Look there."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"title": "x" * 501}, "title", "This is longer than 500 characters. Shorten it."),
        ({"name": "a\u202eb"}, "name", "After “a”: a direction mark (U+202E). Take it out."),
        ({"covers": "x" * 501}, "covers", "This is longer than 500 characters. Shorten it."),
        ({"not_covered": "x" * 501}, "not_covered", "This is longer than 500 characters. Shorten it."),
        ({"introduction": "[x](javascript:y)"}, "introduction", None),
        ({"dosing_since": "2026-02-30"}, "dosing_since", "There is no such day. Check the date."),
        ({"dosing_since": "2026-02"}, "dosing_since", "Give the date as year-month-day."),
        ({"dosing_reason": "x" * 2_001}, "dosing_reason", "This is longer than 2,000 characters. Shorten it."),
        ({"dosing_instead": "x" * 2_001}, "dosing_instead", "This is longer than 2,000 characters. Shorten it."),
        ({"reason": "x" * 501}, "reason", "This is longer than 500 characters. Shorten it."),
    ],
)  # fmt: skip
def test_what_a_header_refuses_is_said_at_its_field_once(change, field, sentence):
    form = HeaderForm({**HEADER, **change}, document=make.document(), shown=make.document().header)

    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert len(form.errors[field]) == 1
    assert sentence is None or form.errors[field] == [sentence]
    assert form[field].value() == change[field]


@pytest.mark.parametrize(
    ("name", "row", "place", "sentence"),
    [
        ("names", {"kind": "ok", "name": "x"}, "Kind", "Choose one from the list."),
        ("names", {"name": "newnamab"}, "Kind", "Choose one from the list."),
        ("names", {"kind": "other", "name": "a\u202eb"}, "Name", "After “a”: a direction mark (U+202E). Take it out."),
        ("brands", {"name": "Bad"}, "Country", "Give the country by its two letters, as in GB."),
        ("brands", {"name": "x" * 501, "country": "GB"}, "Brand name", "This is longer than 500 characters. Shorten it."),
        ("codes", {"system": "ICD", "code": "3"}, "System", "Choose one from the list."),
        ("codes", {"system": "ATC", "code": "9" * 21}, "Code", "This is longer than 20 characters. Shorten it."),
        ("codes", {"system": "ATC", "code": "L04AG06", "name": "**x**"}, "Its name there", "This box takes no marks: take out “**x**”."),
    ],
)  # fmt: skip
def test_what_a_row_refuses_is_said_in_its_row_once(name, row, place, sentence):
    good = {"names": {"kind": "other", "name": "y"}, "brands": {"name": "B", "country": "GB"}, "codes": {"system": "ATC", "code": "L04AG06"}}[name]  # fmt: skip
    form = HeaderForm({**HEADER, **rows(name, good, {}, row)}, document=make.document(), shown=make.document().header)

    assert not form.is_valid()
    ((at, said),) = form.faults
    assert said == f"{form.rows[name].label}, row 3: {place}: {sentence}"
    assert at.startswith(f"id_{name}-2-")


@pytest.mark.parametrize(
    ("kind", "change", "field", "sentence"),
    [
        ("section", {"heading": "x" * 501}, "heading", "This is longer than 500 characters. Shorten it."),
        ("section", {"kind": ""}, "kind", "Choose one from the list."),
        ("monitoring", {"test": "x" * 501}, "test", "This is longer than 500 characters. Shorten it."),
        ("monitoring", {"when": "a\x07"}, "when", "After “a”: a control character (U+0007). Take it out."),
        ("monitoring", {"how_often": "x" * 501}, "how_often", "This is longer than 500 characters. Shorten it."),
        ("monitoring", {"how_long": "x" * 501}, "how_long", "This is longer than 500 characters. Shorten it."),
        ("notice", {"effective": "2020-13-01"}, "effective", "Give the date as year-month-day."),
        ("notice", {"expires": "2020-02-30"}, "expires", "There is no such day. Check the date."),
        ("notice", {"issued": "02/2020"}, "issued", "Give the date as year, year-month or year-month-day."),
        ("notice", {"action": "x" * 2_001}, "action", "This is longer than 2,000 characters. Shorten it."),
        ("notice", {"issuer": "x" * 501}, "issuer", "This is longer than 500 characters. Shorten it."),
        ("notice", {"supersedes": "x" * 501}, "supersedes", "This is longer than 500 characters. Shorten it."),
        ("notice", {"source": "nobody"}, "source", "Choose one from the list."),
        ("related", {"target": "Other Umab"}, "target", "Use small letters, digits and hyphens, as in an address."),
        ("related", {"target": "x" * 101}, "target", "This is longer than 100 characters. Shorten it."),
        ("related", {"reason_shown": "x" * 501}, "reason_shown", "This is longer than 500 characters. Shorten it."),
    ],
)  # fmt: skip
def test_what_a_part_refuses_is_said_at_its_field_once(kind, change, field, sentence):
    form = FORMS[kind]({**TYPED[kind][0], **change}, document=make.document(), key=make.key("new"))

    assert not form.is_valid()
    assert dict(form.errors) == {field: [sentence]}
    assert form[field].value() == change[field]


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("section", {"heading": "x" * 500, "reason": "x" * 500}),
        ("monitoring", {"note": "x" * 2_000, "source": ""}),
        ("notice", {"issued": "2020", "effective": "", "expires": "", "supersedes": "x" * 500}),
        ("related", {"target": "x" * 100}),
    ],
)
def test_the_longest_that_is_allowed_is_allowed(kind, change):
    form = FORMS[kind]({**TYPED[kind][0], **change}, document=make.document(), key=make.key("new"))

    assert form.is_valid(), form.errors


@pytest.mark.parametrize("field", ["test", "when", "how_often", "how_long", "note", "source"])
def test_a_monitoring_test_may_wait_for_most_of_its_words_and_not_for_all(field):
    def form(**typed):
        return FORMS["monitoring"](typed, document=make.document(), key=make.key("new"))

    assert form(**{field: TYPED["monitoring"][0][field]}).is_valid()
    assert dict(form().errors) == {"test": ["Name the test."]}
    assert dict(form(**{field: " "}).errors)["test"] == ["Name the test."]


def test_an_empty_heading_is_the_usual_one_of_the_kind():
    form = FORMS["section"]({"kind": "overdose", "heading": " ", "text": "x"}, document=make.document())
    form.key = make.key("new")

    assert form.is_valid()
    assert form.value.heading == "Overdose"


@pytest.mark.parametrize(
    ("kind", "severity"),
    [("alert", "critical"), ("caution", "major"), ("shortage", "information")],
)
def test_the_type_of_a_notice_decides_its_severity(kind, severity):
    form = FORMS["notice"](
        {**TYPED["notice"][0], "type": kind}, document=make.document(), key=make.key("new")
    )  # fmt: skip

    assert form.is_valid()
    assert form.value.severity == severity


def test_the_kind_of_a_section_that_is_asked_for_stands_in_the_form(house, enter):
    make.draft(house)

    form = enter("editor").get(address("part_new", "section") + "?section=overdose").context["form"]

    assert form["kind"].value() == "overdose"


def test_each_kind_of_part_has_its_noun_and_its_heading():
    assert NOUNS == {
        "section": "section", "regimen": "dose", "monitoring": "monitoring test", "notice": "safety notice",
        "citation": "reference", "related": "related monograph",
    }  # fmt: skip
    assert HEADINGS == {
        "section": "Sections", "regimen": "Doses", "monitoring": "Monitoring tests", "notice": "Safety notices",
        "citation": "References", "related": "Related monographs",
    }  # fmt: skip


@pytest.mark.parametrize("kind", TYPED)
def test_a_value_is_put_at_the_end_of_its_kind_or_in_its_own_place(kind):
    document = make.document()
    new = TYPED[kind][1](make.key("new"))
    field = {"section": "sections", "notice": "notices", "citation": "citations"}.get(kind, kind)

    added = with_part(document, new)

    assert getattr(added, field) == (*getattr(document, field), new)
    assert added.replaced(**{field: getattr(document, field)}) == document
    first = getattr(document, field)[0]
    changed = with_part(added, new.replaced(key=first.key))
    assert getattr(changed, field)[0] == new.replaced(key=first.key) if kind != "citation" else changed is None
    assert with_part(document, document.header.replaced(title="Other")).header.title == "Other"


# -- References: judged beyond the value -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"title": " "}, "title", "Give the title, or find the record in the library."),
        ({"doi": "11.1000/x"}, "doi", "A DOI looks like 10.1016/S0140-6736(12)61769-3."),
        ({"pmid": "123456789"}, "pmid", "A PMID is a number of up to 8 digits."),
        ({"pmid": "0123"}, "pmid", "A PMID is a number of up to 8 digits."),
        ({"issued": "21"}, "issued", "Give the year in four digits."),
        ({"issued": "20211"}, "issued", "Give the year in four digits."),
        ({"label": "two words"}, "label", "A label has letters, digits, hyphens and underscores, and nothing else."),
        ({"label": "x" * 81}, "label", "A label has letters, digits, hyphens and underscores, and nothing else."),
        ({"label": "trial2020"}, "label", "Another reference of this edition has the label “trial2020”. Choose another label."),
        ({"type": "song"}, "type", "Choose one from the list."),
        ({"address": "ftp://example.org"}, "address", "The address of a source begins with http:// or https://."),
        *(
            ({field: "a\u200bb"}, field, "After “a”: a zero-width space (U+200B). Take it out.")
            for field in ("authors", "container", "volume", "issue", "page", "publisher", "genre", "number")
        ),
    ],
)  # fmt: skip
def test_what_a_reference_refuses_is_said_at_its_field_once(db, change, field, sentence):
    form = CitationForm({**TYPED["citation"][0], **change}, document=make.document(), key=make.key("new"))

    assert not form.is_valid()
    assert dict(form.errors) == {field: [sentence]}


@pytest.mark.parametrize(
    ("change", "label"),
    [
        ({"label": ""}, "smith2021"),
        ({"label": "", "authors": "A Group of People"}, "agroupofpeople2021"),
        ({"label": "", "authors": "", "publisher": ""}, "guideline2021"),
        ({"label": "", "authors": "", "title": "ЖЖ", "issued": ""}, "source"),
        ({"label": "", "authors": "Trial, A.", "issued": "2020"}, "trial2020b"),
        ({"label": "", "authors": "x" * 40, "issued": ""}, "x" * 30),
        ({"label": "  guide  "}, "guide"),
    ],
)
def test_a_label_is_made_of_the_first_author_and_the_year(db, change, label):
    form = CitationForm({**TYPED["citation"][0], **change}, document=make.document(), key=make.key("new"))

    assert form.is_valid(), form.errors
    assert form.value.label == label


@pytest.mark.parametrize("kind", CSL_TYPES)
def test_each_kind_of_source_can_be_chosen(db, kind):
    form = CitationForm({**TYPED["citation"][0], "type": kind}, document=make.document(), key=make.key("new"))

    assert form.is_valid(), form.errors
    assert form.value.csl["type"] == kind


def test_no_kind_is_a_document(db):
    form = CitationForm({**TYPED["citation"][0], "type": ""}, document=make.document(), key=make.key("new"))

    assert form.is_valid()
    assert form.value.csl["type"] == "document"


@pytest.mark.each_case
def test_the_library_looks_for_the_first_twelve_words_and_gives_twenty_records_at_most(house):
    from reviews.audit.trail import audited_write
    from reviews.editing.library import keep_references

    with audited_write(actor=house.editor) as trail:
        keep_references(
            trail, [(f"many{number}", {"type": "report", "title": f"Guideline {number}"}) for number in range(21)]
        )

    assert len(search("guideline", house.auditor)) == 20
    assert len(search("guideline 20", house.auditor)) == 1
    assert len(search("guideline " * 12 + "nowhere", house.auditor)) == 20
    assert len(search("guideline " * 11 + "nowhere", house.auditor)) == 0
    assert len(search("x" * 201, house.auditor)) == 0


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        (" 10.1000/abc ", {"doi": "10.1000/abc"}),
        ("1", {"pmid": "1"}),
        ("http://example.org", {"address": "http://example.org"}),
        ("https://example.org and more", {"title": "https://example.org and more"}),
        ("x" * 600, {"title": "x" * 500}),
    ],
)
def test_what_was_searched_goes_to_the_field_of_its_looks(words, typed):
    assert typed_from(words) == typed


# -- The outline -------------------------------------------------------------------------------------------------------


def test_the_outline_offers_to_write_to_whoever_can_and_only_shows_it_to_the_others(house, enter):
    edition = make.draft(house)

    html = enter("editor").get(address("edit")).content.decode()
    for kind in NOUNS:
        assert f'href="{address("part_new", kind)}' in html
    assert f'href="{address("edit_order")}?kind=monitoring">' not in html  # there is one
    assert f'{address("part_new", "section")}?section=overdose"' in html
    assert ">Add overdose</a>" in html
    assert "Overdose: not written. Readers are told so." in html
    for part in build(edition).parts():
        assert f'href="{address("part_edit", part.key)}"' in html
    html = enter("auditor").get(address("edit")).content.decode()
    assert "You can read this, but not change it" in html
    assert "/new/" not in html.replace("monographs/new/", "")
    assert "edit/order" not in html
    assert "lacks:" not in html
    assert 'name="restore"' not in html


def test_what_was_taken_out_stands_under_its_kind_and_can_be_restored_by_writers_alone(house, enter):
    edition = make.draft(house)
    notice = build(edition).notices[0]
    client = enter("editor")
    answer = client.post(
        address("part_edit", notice.key), {"remove": "1", "seen": digest_of_part(notice)}, follow=True
    )  # fmt: skip

    html = answer.content.decode()
    assert "Safety notice: Mind the heart was removed. You can restore it below." in html
    assert f'name="restore" value="{notice.key}"' in html
    one = answer.context["one"]
    assert [part.key for part in one.removed] == [notice.key]
    assert str(notice.key) not in [row.key for place in one.places for row in place.rows]
    assert 'name="restore"' not in enter("auditor").get(address("edit")).content.decode()
    opened = client.get(address("part_edit", notice.key)).content.decode()
    assert "This part was removed" in opened
    assert "Restore Safety notice: Mind the heart</button>" in opened
    assert 'name="remove"' not in opened

    answer = client.post(address("edit"), {"restore": str(notice.key)}, follow=True)

    assert "Safety notice: Mind the heart is back as it was." in answer.content.decode()
    assert build(edition).notices == (notice,)


def test_sections_stand_in_the_order_of_their_kinds_with_what_is_to_do(house, enter):
    key = make.key("empty")
    sections = (
        Section(key=key, kind="prescribing", heading="Prescribing in practice"),
        Section(key=make.key("first"), kind="indications", heading="Indications", text="Some text."),
    )
    make.draft(house, doc=make.document(sections=sections))

    one = enter("editor").get(address("edit")).context["one"]

    rows = [row for place in one.places for row in place.rows if row.kind == "section"]
    assert [(row.part.heading, bool(row.to_do)) for row in rows] == [
        ("Indications", False),
        ("Prescribing in practice", True),
    ]


@pytest.mark.parametrize(
    ("state", "words"), [("review", "is in review. Send it back"), ("live", "is published. The next")]
)
def test_an_edition_that_is_no_draft_says_how_it_can_become_one(house, enter, state, words):
    edition = make.submit(house, make.draft(house)) if state == "review" else make.published(house)

    for person in ("editor", "auditor"):
        html = enter(person).get(address("edit")).content.decode()
        assert f"Edition 1 {words}" in html
        offered = "Start the next edition</button>" in html
        assert offered == (state == "live" and person == "editor")
        assert (f'name="digest" value="{make.seen(edition)}"' in html) == offered
        assert "Add a section" not in html


def test_the_form_of_a_section_whose_kind_is_known_names_it(house, enter):
    make.draft(house)
    client, at = enter("editor"), address("part_new", "section")

    for kind, heading in (("overdose", "Add overdose</h2>"), ("", "Add a section</h2>"), ("<b>", "Add a section</h2>")):
        assert heading in client.get(at, {"section": kind}).content.decode()
    again = client.post(at, {"kind": "overdose", "text": "", "key": "x", "preview": "1"}).content.decode()
    assert "Add overdose</h2>" in again


def test_whoever_may_only_read_is_told_whom_to_ask(house, enter):
    make.draft(house)

    html = enter("auditor").get(address("edit")).content.decode()
    assert "admin looks after people here." in html
    assert 'href="/accounts/ask/?page=/desk/monographs/' in html
    assert "looks after people" not in enter("editor").get(address("edit")).content.decode()
    assert "admin looks after people here." in enter("auditor").get("/desk/monographs/new/").content.decode()


def test_nobody_writes_by_a_form_that_is_closed_to_them(house, enter):
    """The form is not shown, and its POST is refused as well: at every address of the editor."""
    edition = make.draft(house)
    whole, entries = make.seen(edition), AuditEvent.objects.count()
    section = build(edition).sections[0]
    sent = {
        address("edit"): {"restore": str(section.key)},
        address("edit_header"): {**HEADER, "seen": digest_of_part(build(edition).header)},
        address("edit_order"): {"seen": [str(one.key) for one in build(edition).sections][::-1]},
        address("part_new", "related"): TYPED["related"][0],
        address("part_edit", section.key): {"remove": "1", "seen": digest_of_part(section)},
    }
    for path, form in sent.items():
        places = (
            {f"place_{key}": str(place) for place, key in enumerate(form.get("seen", ()))} if "order" in path else {}
        )
        answer = enter("publisher").post(path, {**form, **places})
        assert answer.status_code == 403, path
        last = AuditEvent.objects.latest("seq")
        assert (last.verb, last.data["action"], last.data["codes"]) == ("refused", "edit", ["not_granted"])
    assert (make.seen(edition), AuditEvent.objects.count()) == (whole, entries + len(sent))
