"""What is stored keeps its name: trails, files and other databases hold it. Nothing in `tests/data/stored_names.json` may
go away or change; what is new is added there."""

import ast
import json
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from monographs.models import Overlay, State
from monographs.overlay_kinds import HARMS, LABELS, REGULATORS, SEVERITIES, TITLES, WITHHOLD_REASONS
from monographs.triggers import declared
from reviews.access import policy
from reviews.models import signoff
from reviews.workflow import TRANSITIONS

# What nothing writes any more, and trails of before hold.
FORMER = {"verbs": {"granted", "revoked"}, "actions": {"grant", "revoke"}}
KEPT = Path(__file__).parent / "data" / "stored_names.json"
OURS = ("monographs", "reviews")


@cache
def all_calls() -> list[ast.Call]:
    """Every call in the product."""
    paths = [path for room in OURS for path in sorted(Path(settings.BASE_DIR, room).rglob("*.py"))]
    trees = [ast.parse(path.read_text("utf-8")) for path in paths]
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


def calls(*names: str) -> list[ast.Call]:
    """Every call of these functions or methods in the product."""
    return [one for one in all_calls() if getattr(one.func, "attr", getattr(one.func, "id", "")) in names]


def words(node: ast.expr) -> set[str]:
    """The constant strings that an argument may be."""
    if isinstance(node, ast.IfExp):
        return words(node.body) | words(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def refusal_codes() -> set[str]:
    found = {word for call in calls("Refusal", "refuse", "_is_not_own") if call.args for word in words(call.args[0])}
    return found | {
        word for call in calls("Refusal") for key in call.keywords if key.arg == "code" for word in words(key.value)
    }


@cache
def names() -> dict[str, list[str]]:
    tables, columns, constraints = set(), set(), set()
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            # The write lock alone is called otherwise in Python than in the database.
            tables.add(
                f"{model._meta.db_table} {'' if model._meta.db_table == 'monographs_pen' else model._meta.label}"
            )
            columns |= {f"{model._meta.db_table}.{field.column}" for field in model._meta.concrete_fields}
            constraints |= {one.name for one in (*model._meta.constraints, *model._meta.indexes)}
    constraints |= {trigger.name for _, trigger in declared()}
    verbs = {word for call in calls("record") if call.args for word in words(call.args[0])}
    actions = {
        word
        for call in calls("refusals_recorded")
        for key in call.keywords
        if key.arg == "action"
        for word in words(key.value)
    }
    return {
        "tables": sorted(one.strip() for one in tables),
        "columns": sorted(columns),
        "constraints": sorted(constraints),
        "verbs": sorted(verbs | {row.entry for row in TRANSITIONS.values()}),
        "actions": sorted(actions | set(TRANSITIONS)),
        "permissions": sorted(policy.RULES),
        "refusals": sorted(refusal_codes()),
        "states": sorted(State.values),
        "overlay kinds": sorted({*LABELS, *dict(Overlay._meta.get_field("kind").choices)}),
        "overlay words": sorted({*HARMS, *REGULATORS, *SEVERITIES, *TITLES, *WITHHOLD_REASONS}),
        "meanings": sorted({signoff.REVIEW, signoff.STILL_CORRECT, signoff.FULL_REVIEW, signoff.NO_CHANGE}),
        "roles": sorted(policy.ROLES),
    }


KINDS_OF_NAME = (
    "tables", "columns", "constraints", "verbs", "actions", "permissions", "refusals", "states", "overlay kinds",
    "overlay words", "meanings", "roles",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS_OF_NAME)
def test_what_is_stored_keeps_its_name(kind):
    kept, now = set(json.loads(KEPT.read_text("utf-8"))[kind]), set(names()[kind])

    assert kept - now == FORMER.get(kind, set()), "gone or renamed: databases hold it"
    assert now - kept == set(), "new: add it to tests/data/stored_names.json"


def test_every_kind_of_name_is_pinned_and_none_is_empty():
    kept = json.loads(KEPT.read_text("utf-8"))

    assert set(kept) == set(KINDS_OF_NAME) == set(names())
    assert all(kept.values())
