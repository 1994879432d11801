"""What holds the house together, and what people forget."""

import inspect
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader
from reversion.admin import VersionAdmin

from monographs import triggers
from monographs.models import PARTS, Edition
from reviews.access import policy
from reviews.models import AuditEvent
from reviews.workflow import TRANSITIONS
from tests.test_access import routes

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


def test_every_table_of_ours_keeps_a_truth_but_the_pen_and_what_is_being_typed():
    """Scratch, presence and looks are nobody's record: constraints bound them, and no trigger keeps them."""
    for model in apps.get_models():
        if model._meta.app_label in ("monographs", "reviews") and model._meta.model_name not in (
            "writelock",
            "scratch",
            "look",
            "presence",
        ):
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
    routed = [(name, pattern, entry.callback.__module__) for name, pattern, entry in routes()]
    assert [one for one in routed if re.search("reversion|revision|recover", " ".join(one))] == []
    assert [
        model for model in admin.site._registry if isinstance(admin.site.get_model_admin(model), VersionAdmin)
    ] == []


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


@pytest.mark.each_case
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


# What a migration may do to the trail: none of it reads or writes a row that is there, but to sort it into an index.
LEAVES_THE_TRAIL = re.compile(
    r'(CREATE|DROP) TRIGGER |CREATE INDEX [^;]+;?$|ALTER TABLE "reviews_auditevent" ADD COLUMN "\w+" [\w()]+ NULL;$'
)


def writes_the_trail_anew(statements):
    mine = [one for one in statements if "reviews_auditevent" in one and not one.startswith("--")]
    return [one for one in mine if not LEAVES_THE_TRAIL.match(one)]


@pytest.mark.django_db(transaction=True)
def test_no_migration_writes_the_entries_of_the_trail_anew():
    """A million of them would be copied, or each looked at, while nobody can write (F14)."""
    loader = MigrationLoader(connection, replace_migrations=False)
    migrations = [one for of, one in sorted(loader.graph.nodes.items()) if of[0] in ("monographs", "reviews")]
    made = [one for one in migrations if (one.app_label, one.name) == ("reviews", "0001_initial")]
    assert made
    assert any("CREATE INDEX" in one for one in loader.collect_sql([(made[0], False)]))  # the statements are found

    for one in migrations:
        if one not in made:
            for by_program in (step for step in one.operations if isinstance(step, RunPython)):
                # None of it is told as SQL.
                assert "auditevent" not in inspect.getsource(inspect.getmodule(by_program.code)).casefold(), one
            assert writes_the_trail_anew(loader.collect_sql([(one, False)])) == [], one

    field = AuditEvent._meta.get_field("verb")
    longer = field.clone()
    longer.max_length = field.max_length + 1
    longer.set_attributes_from_name(field.name)
    longer.model = AuditEvent
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        editor.alter_field(AuditEvent, field, longer)
    assert writes_the_trail_anew(editor.collected_sql) != []


def test_whatever_mypy_is_told_to_overlook_has_a_code_and_a_reason():
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in ("clincalc", "monographs", "reviews")
        for path in sorted((ROOT / room).rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if "type: ignore" in line and not re.search(r"# type: ignore\[[a-z-]+\]  # \w", line)
    ]

    assert bare == []


# Modules of over 100 lines without a test module of their own -> the test module that asks them.
ASKED_ELSEWHERE = {
    "clincalc/errors.py": "monographs/public/test_errors.py",
    "monographs/difference/word_diff.py": "monographs/difference/test_document_diff.py",
    "monographs/doses/amounts.py": "monographs/doses/test_figures.py",
    "monographs/doses/answers.py": "reviews/management/test_render_doses.py",
    "monographs/doses/change.py": "monographs/doses/test_changes.py",
    "monographs/doses/combinations.py": "monographs/doses/test_rules.py",
    "monographs/doses/fhir_reading.py": "monographs/doses/test_fhir.py",
    "monographs/doses/maxima.py": "monographs/doses/test_rules.py",
    "monographs/doses/model.py": "monographs/doses/test_reading.py",
    "monographs/doses/phrases.py": "monographs/doses/test_lines.py",
    "monographs/doses/step_changes.py": "monographs/doses/test_changes.py",
    "monographs/models/edition.py": "monographs/models/test_querysets.py",
    "monographs/models/overlay.py": "reviews/test_overlays.py",
    "monographs/pages/page_model.py": "monographs/pages/test_page.py",
    "monographs/texts/first_rules.py": "monographs/texts/test_text.py",
    "monographs/texts/line_grammar.py": "monographs/texts/test_grammar.py",
    "monographs/typed.py": "monographs/test_document.py",
    "reviews/audit/trail.py": "reviews/test_changes.py",
    "reviews/desk/editor/context.py": "reviews/desk/editor/test_write.py",
    "reviews/desk/kept_forms.py": "reviews/desk/test_kept.py",
    "reviews/desk/people/acts.py": "reviews/desk/people/test_person.py",
    "reviews/desk/people/forms.py": "reviews/desk/people/test_person.py",
    "reviews/desk/published/forms.py": "reviews/desk/published/test_urgent_tasks.py",
    "reviews/desk/published/list_claims.py": "reviews/desk/published/test_where.py",
    "reviews/desk/published/page.py": "reviews/desk/published/test_forms_offered.py",
    "reviews/desk/published/page_claims.py": "reviews/desk/published/test_where.py",
    "reviews/desk/published/reports.py": "reviews/desk/test_tasks.py",
    "reviews/desk/published/subject.py": "reviews/desk/published/test_where.py",
    "reviews/exchange/schema.py": "reviews/exchange/test_files.py",
    "reviews/management/demonstration/load.py": "reviews/test_demonstration.py",
    "reviews/models/people.py": "reviews/access/test_registrations.py",
    "reviews/overlay_words.py": "reviews/test_overlays.py",
    "reviews/reports/mailing.py": "reviews/reports/test_service.py",
    "reviews/review/attestation.py": "reviews/test_signing.py",
}


def test_tests_stand_where_the_code_stands():
    tests, alone = ROOT / "tests", set()
    for room in ("clincalc", "monographs", "reviews"):
        for path in sorted((ROOT / room).rglob("*.py")):
            of = path.relative_to(ROOT if room != "clincalc" else ROOT / "clincalc")
            is_small = len(path.read_text("utf-8").splitlines()) <= 100
            if "migrations" not in of.parts and not is_small and not (tests / of.parent / f"test_{of.name}").exists():
                alone.add(path.relative_to(ROOT).as_posix())

    assert alone == set(ASKED_ELSEWHERE)
    assert all((tests / path).exists() for path in ASKED_ELSEWHERE.values())
