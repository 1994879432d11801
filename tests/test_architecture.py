"""What holds the house together, and what people forget."""

import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from monographs import triggers
from monographs.models import PARTS, Edition
from reviews.access import policy
from reviews.workflow import TRANSITIONS

ROOT = Path(__file__).resolve().parent.parent


def tracked(*patterns: str) -> list[Path]:
    found = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in found.stdout.splitlines()]


def test_rooms_import_in_one_direction():
    forbidden = {
        "monographs": ("reviews", "clincalc", "tests"),
        "reviews": ("clincalc", "tests"),
        "clincalc": ("tests",),
    }
    for room, others in forbidden.items():
        for path in (ROOT / room).rglob("*.py"):
            for other in others:
                assert not re.search(rf"^\s*(from|import) {other}\b", path.read_text(), re.MULTILINE), (
                    f"{path} imports {other}"
                )


def test_public_code_reads_only_publications():
    tables = {
        "publication",
        "overlay",
        "index_entry",
        "told_change",
        "therapeutic_class",
    }  # what readers get is made of these alone
    allowed = {"monographs.models.querysets", *(f"monographs.models.{name}" for name in tables)}
    for path in (ROOT / "monographs" / "public").glob("*.py"):
        for module, names in re.findall(r"^from (monographs\.models\S*) import (.+)$", path.read_text(), re.MULTILINE):
            taken = {name.strip() for name in names.strip("()").split(",")}
            assert module in allowed or taken <= {"Publication"}, f"{path}: {module} {taken}"


@pytest.mark.django_db
def test_no_migration_is_missing_and_every_trigger_stands():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
    assert triggers.missing() == []


def test_every_table_of_ours_keeps_a_truth_but_the_pen():
    for model in apps.get_models():
        if model._meta.app_label in ("monographs", "reviews") and model._meta.model_name != "writelock":
            assert any(isinstance(c, triggers.Trigger) for c in model._meta.constraints), model


def test_parts_are_protected_and_ordered():
    for model in PARTS.values():
        assert model._meta.get_field("edition").remote_field.on_delete is models.PROTECT
        assert list(model._meta.ordering) == ["position", "key"]
    assert Edition._meta.get_field("monograph").remote_field.on_delete is models.PROTECT


def test_every_transition_asks_a_rule_of_the_policy():
    assert {row.permission for row in TRANSITIONS.values()} <= set(policy.RULES)


def test_no_reversion_view_is_routed_and_nothing_follows():
    import reversion

    for model in (Edition, *PARTS.values()):
        assert reversion.is_registered(model)
        assert reversion.revisions._get_options(model).follow == ()


def test_templates_hold_no_inline_style_or_script():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\ssrc=)", text), path


def test_every_form_that_posts_holds_a_token_against_forgery():
    found = 0
    for path in (ROOT / "templates").rglob("*.html"):
        for form in re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', path.read_text(), re.DOTALL | re.IGNORECASE):
            found += 1
            # A reader's report needs no session, so there is nothing to forge; its view looks where it came from.
            assert ("{% csrf_token %}" in form) is (path.name != "report.html"), f"{path}: {form[:120]}"
    assert found > 25


def test_no_file_names_a_registry_or_a_machine():
    words = (
        "py" + "pi.org",
        "python" + "hosted",
        "npm" + "js",
        "regis" + "try.",
        "deb" + "ian.org",
        "/ro" + "ot/",
        "/wo" + "rk/",
    )
    for path in tracked("*.py", "*.txt", "*.toml", "*.md", "*.html", "Makefile", ".ci/run"):
        text = path.read_text()
        for word in words:
            assert word not in text, f"{path} names {word}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["Section", "Edition", "Monograph"])
def test_a_table_that_is_altered_keeps_its_triggers(name):
    """SQLite makes an altered table anew, and drops what hung on the old one."""
    model = apps.get_model("monographs", name)
    old = next(field for field in model._meta.concrete_fields if isinstance(field, models.CharField))
    new = old.clone()
    new.max_length = old.max_length + 1
    new.set_attributes_from_name(old.name)
    new.model = model

    for before, after in ((old, new), (new, old)):
        with connection.schema_editor() as editor:
            editor.alter_field(model, before, after)
        assert triggers.missing() == []


# -- Tests mirror the code ---------------------------------------------------------------------------------------------

LONG = 60
# A module -> where it is tested, and why there: the whole of it is another module's promise, or needs no other test.
TESTED_ELSEWHERE = {
    "monographs/difference/text_diff.py": ("monographs/difference/test_document_diff.py", "lines of a field of two documents"),
    "monographs/difference/word_diff.py": ("monographs/difference/test_look_alikes.py", "what it marks is what looks alike"),
    "monographs/models/edition.py": ("monographs/test_models.py", "one file for what rows say of themselves"),
    "monographs/models/overlay.py": ("monographs/test_overlay_kinds.py", "each kind of the table, as rows"),
    "monographs/models/publication.py": ("monographs/models/test_querysets.py", "a publication is asked for in sets"),
    "monographs/models/reference.py": ("reviews/editing/test_library.py", "columns alone; written by the library"),
    "monographs/pages/page_model.py": ("monographs/pages/test_page.py", "the values that `page` answers with"),
    "monographs/texts/first_rules.py": ("monographs/texts/test_text.py", "`render` by the first rules"),
    "monographs/texts/line_grammar.py": ("monographs/texts/test_grammar.py", "the lines of the second rules"),
    "monographs/vocabulary.py": ("monographs/checks/test_problems.py", "lists of words, asked by the checks"),
    "reviews/access/attempts.py": ("reviews/desk/published/test_acts.py", "an attempt is what a page says of an act"),
    "reviews/audit/trail.py": ("reviews/test_change_sets.py", "who writes, what is recorded: with change sets"),
    "reviews/desk/act_forms.py": ("reviews/desk/test_repeats.py", "each form, sent once and twice"),
    "reviews/desk/boxes.py": ("reviews/desk/editor/test_forms.py", "boxes are judged in the forms of parts"),
    "reviews/desk/editor/context.py": ("reviews/desk/editor/test_write.py", "what the editor's page is given"),
    "reviews/desk/published/forms.py": ("reviews/desk/published/test_acts.py", "each form by its act"),
    "reviews/desk/published/page.py": ("reviews/desk/published/test_forms_offered.py", "who is offered what on the page"),
    "reviews/desk/published/reports.py": ("reviews/reports/test_service.py", "reports, from reader to answer"),
    "reviews/editing/authorship.py": ("reviews/derived/test_changed_parts.py", "authors are those of changed parts"),
    "reviews/exchange/schema.py": ("reviews/exchange/test_files.py", "the schema is that of the files"),
    "reviews/forms.py": ("test_every_field.py", "each box, at every place where people meet one"),
    "reviews/management/demonstration/load.py": ("reviews/test_demonstration.py", "the demonstration as a whole"),
    "reviews/models/event.py": ("reviews/audit/test_verify.py", "entries are what is verified"),
    "reviews/models/people.py": ("reviews/access/test_people.py", "profiles and grants are made by `people`"),
    "reviews/models/report.py": ("reviews/reports/test_service.py", "columns alone; written by the service"),
    "reviews/models/signoff.py": ("reviews/test_signing.py", "signatures are given by `signing`"),
    "reviews/review/attestation.py": ("reviews/test_signing.py", "what is attested is part of a signature"),
    "reviews/review/steps.py": ("reviews/test_workflow.py", "each step by its transition"),
    "reviews/review/transition.py": ("reviews/test_workflow_matrix.py", "each row of the table, in each cell"),
}  # fmt: skip


def mirrored(module: str) -> str:
    """Where a module is tested, below tests/. The site itself (clincalc) is tested at the top."""
    path = Path(module.replace("/commands/", "/").removeprefix("clincalc/"))
    return str(path.with_name(f"test_{path.name}"))


def test_each_long_module_has_its_test_at_the_mirrored_path():
    modules = {
        str(path.relative_to(ROOT)) for path in tracked("clincalc/*.py", "reviews/*.py", "monographs/*.py")
        if "migrations" not in path.parts and len(path.read_text().splitlines()) > LONG
    }  # fmt: skip
    without = {module for module in modules if not (ROOT / "tests" / mirrored(module)).exists()}

    assert without - set(TESTED_ELSEWHERE) == set(), "write its test at the mirrored path, or say where it is tested"
    assert set(TESTED_ELSEWHERE) - without == set(), "no exception any more: it is short, gone, or has its test"


@pytest.mark.parametrize("module", TESTED_ELSEWHERE)
def test_what_is_tested_elsewhere_is_tested_there(module):
    path, why = TESTED_ELSEWHERE[module]

    assert (ROOT / "tests" / path).exists()
    assert why
