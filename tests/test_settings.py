"""Settings that refuse nonsense, with a sentence: each start is a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
PRODUCTION = {
    "SECRET_KEY": "a-long-secret-of-the-house-" + "x9Z!" * 10,
    "SIGNING_KEY": KEY,
    "ALLOWED_HOSTS": "clincalc.example",
    "SITE_URL": "https://clincalc.example",
}


def start(tmp_path, *command: str, **environment: str) -> tuple[int, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    whole = {**kept, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", **environment}
    done = subprocess.run(
        [sys.executable, *(command or ("manage.py", "check"))],
        cwd=ROOT,
        env=whole,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "SIGNING_KEY"])
def test_a_missing_key_stops_the_start_with_a_sentence(tmp_path, missing):
    code, said = start(tmp_path, **{name: value for name, value in PRODUCTION.items() if name != missing})

    assert code != 0
    assert f"{missing} is missing. Set it in the environment" in said


def test_a_signing_key_of_another_length_is_refused(tmp_path):
    code, said = start(tmp_path, **{**PRODUCTION, "SIGNING_KEY": "c2hvcnQ="})

    assert code != 0
    assert "SIGNING_KEY must be base64 of 32 bytes." in said


@pytest.mark.parametrize(
    "beyond", [{"ALLOWED_HOSTS": "clincalc.example"}, {"ALLOWED_HOSTS": "*"}, {"SITE_URL": "https://clincalc.example"}]
)
def test_the_demonstration_is_refused_beyond_localhost(tmp_path, beyond):
    code, said = start(tmp_path, DEMO="1", SECRET_KEY="x" * 50, SIGNING_KEY=KEY, **beyond)

    assert code != 0
    assert "refused beyond localhost" in said


def test_the_demonstration_is_refused_on_a_database_that_was_begun_without_it(tmp_path):
    code, said = start(tmp_path, "manage.py", "migrate", "--verbosity", "0", **PRODUCTION)
    assert code == 0, said
    script = (
        "import django; django.setup()\n"
        "from reviews.changes import pen\n"
        "with pen(actor=None) as trail: trail.record('begun', 'site')\n"
    )
    code, said = start(tmp_path, "-c", script, DJANGO_SETTINGS_MODULE="clincalc.settings", **PRODUCTION)
    assert code == 0, said
    demo = {"DEMO": "1", "SECRET_KEY": "x" * 50, "SIGNING_KEY": KEY}

    code, said = start(tmp_path, "-c", "import clincalc.wsgi", **demo)
    assert code != 0
    assert "was not begun as a demonstration" in said
    code, said = start(tmp_path, "manage.py", "demo", **demo)
    assert code != 0
    assert "was not begun as a demonstration" in said


def test_check_deploy_is_clean_in_production(tmp_path):
    code, said = start(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert code == 0, said


def test_demonstration_accounts_exist_only_with_demo(tmp_path):
    code, said = start(tmp_path, "manage.py", "demo", **PRODUCTION)

    assert code != 0
    assert "it runs only with DEMO=1" in said
