"""Settings that refuse nonsense, with a sentence: a start is a process of its own; what is decided is read in this one."""

import base64
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

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
    whole = {**kept, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "ENV_FILE": "", **environment}
    done = subprocess.run(
        [sys.executable, *(command or ("manage.py", "check"))],
        cwd=ROOT,
        env=whole,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def settings(monkeypatch, tmp_path, **environment: str) -> dict[str, Any]:
    """The settings as this environment alone makes them, read from a copy, so that `var/` is one of the test."""
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "clincalc").mkdir(exist_ok=True)
    copy = shutil.copy(ROOT / "clincalc" / "settings.py", tmp_path / "clincalc")
    return runpy.run_path(copy)


def test_a_missing_key_stops_the_start_with_a_sentence(tmp_path):
    code, said = start(tmp_path, **{name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"})

    assert code != 0
    assert "SECRET_KEY is missing. Set it in the environment" in said


@pytest.mark.parametrize("empty", [{}, {"SECRET_KEY": "", "SIGNING_KEY": ""}])
@pytest.mark.parametrize("missing", ["SECRET_KEY", "SIGNING_KEY"])
def test_no_key_is_made_up_in_production(monkeypatch, tmp_path, missing, empty):
    given = {**PRODUCTION, **{name: value for name, value in empty.items() if name == missing}}
    if not empty:
        given.pop(missing)

    with pytest.raises(ImproperlyConfigured, match=f"^{missing} is missing. Set it in the environment"):
        settings(monkeypatch, tmp_path, **given)

    assert not [path.name for path in tmp_path.glob("var/*")]


@pytest.mark.parametrize("key", ["c2hvcnQ=", KEY[:-4] + "AA==", "A" * 43, "!" + KEY[1:], KEY + "\n!", "A" * 44])
def test_a_signing_key_of_another_length_is_refused(monkeypatch, tmp_path, key):
    with pytest.raises(ImproperlyConfigured, match=r"^SIGNING_KEY must be base64 of 32 bytes\.$"):
        settings(monkeypatch, tmp_path, **{**PRODUCTION, "SIGNING_KEY": key})


@pytest.mark.parametrize(
    "beyond",
    [
        {"ALLOWED_HOSTS": "clincalc.example"},
        {"ALLOWED_HOSTS": "*"},
        {"ALLOWED_HOSTS": "localhost,clincalc.example"},
        {"ALLOWED_HOSTS": ".localhost"},
        {"SITE_URL": "https://clincalc.example"},
        {"SITE_URL": "http://127.0.0.1.example"},
        {"SITE_URL": "localhost"},
        {"SITE_URL": "http://127.0.0.1", "ALLOWED_HOSTS": "clincalc.example"},
        {"DEBUG": "1", "SITE_URL": "https://clincalc.example"},
    ],
)
def test_the_demonstration_is_refused_beyond_localhost(monkeypatch, tmp_path, beyond):
    with pytest.raises(ImproperlyConfigured, match="refused beyond localhost"):
        settings(monkeypatch, tmp_path, **{"DEMO": "1", "SECRET_KEY": "x" * 50, "SIGNING_KEY": KEY, **beyond})


def test_the_demonstration_runs_on_every_name_of_this_machine(monkeypatch, tmp_path):
    names = ["localhost", "127.0.0.1", "[::1]", "::1", "testserver"]
    for site in ("http://localhost:8000", "http://127.0.0.1", "http://[::1]:8000"):
        found = settings(monkeypatch, tmp_path, DEMO="1", ALLOWED_HOSTS=",".join(names), SITE_URL=site)
        assert (found["ALLOWED_HOSTS"], found["SITE_URL"]) == (names, site)


APPS = [
    "allauth", "allauth.account", "allauth.mfa", "reversion", "guardian", "csp", "django_htmx", "django.contrib.admin", "django.contrib.auth",
    "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.staticfiles", "django.forms", "clincalc", "monographs", "reviews",
]  # fmt: skip
OURS = {  # what this file decides, whatever the environment says
    "MIDDLEWARE": [
        "django.middleware.security.SecurityMiddleware", "clincalc.middleware.headers",
        "csp.middleware.CSPMiddleware", "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
        "clincalc.logs.who", "clincalc.middleware.IdleSessions", "clincalc.middleware.LoginRequired",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware", "allauth.account.middleware.AccountMiddleware",
        "clincalc.middleware.busy",
    ],
    "AUTHENTICATION_BACKENDS": ["reviews.access.backend.Backend"],
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
    "AUTH_PASSWORD_VALIDATORS": [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    ],
    "ACCOUNT_LOGIN_METHODS": {"username", "email"}, "ACCOUNT_EMAIL_VERIFICATION": "none",
    "ACCOUNT_ADAPTER": "reviews.access.adapter.Adapter", "ACCOUNT_LOGOUT_ON_GET": False, "ANONYMOUS_USER_NAME": None,
    "GUARDIAN_MONKEY_PATCH_USER": False, "LOGIN_URL": "account_login", "LOGIN_REDIRECT_URL": "queue",
    "SESSION_ENGINE": "django.contrib.sessions.backends.db", "SESSION_COOKIE_AGE": 43_200,
    "SESSION_IDLE_SECONDS": 3_600, "SESSION_COOKIE_SAMESITE": "Lax", "CSRF_COOKIE_SAMESITE": "Lax",
    "CSRF_COOKIE_HTTPONLY": True, "CSRF_FAILURE_VIEW": "clincalc.errors.csrf_failure",
    "SILENCED_SYSTEM_CHECKS": ["security.W021", "guardian.W001"], "X_FRAME_OPTIONS": "DENY",
    "SECURE_REFERRER_POLICY": "same-origin", "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
    "DATA_UPLOAD_MAX_MEMORY_SIZE": 2_097_152, "DATA_UPLOAD_MAX_NUMBER_FIELDS": 1_000,
    "FILE_UPLOAD_MAX_MEMORY_SIZE": 5_242_880, "LANGUAGE_CODE": "en-gb", "TIME_ZONE": "Europe/London",
    "USE_I18N": True, "USE_TZ": True, "LANGUAGES": [("en-gb", "English")], "STATIC_URL": "static/",
    "EMAIL_TIMEOUT": 10, "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField", "ROOT_URLCONF": "clincalc.urls",
    "WSGI_APPLICATION": "clincalc.wsgi.application", "READER": "clincalc.reader.ask", "ACCOUNT_REAUTHENTICATION_METHODS": ["password"],
    "ACCOUNT_RATE_LIMITS": {"login": None, "login_failed": None},
    "MFA_ADAPTER": "reviews.access.adapter.SecondFactors",
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"], "MFA_RECOVERY_CODE_COUNT": 10,
    "MFA_FORMS": {
        "authenticate": "reviews.access.factor_forms.CodeForm",
        "authenticate_webauthn": "reviews.access.factor_forms.PasskeyForm",
    },
}  # fmt: skip
ASKED = {  # what it decides by the environment; None: not set, so Django's own default
    "DEBUG": False, "DEMO": False, "INSTALLED_APPS": APPS, "ALLOWED_HOSTS": ["clincalc.example"],
    "SITE_URL": "https://clincalc.example",
    "CSRF_TRUSTED_ORIGINS": ["https://clincalc.example"], "SESSION_COOKIE_NAME": "__Host-session",
    "CSRF_COOKIE_NAME": "__Host-csrf", "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True,
    "SECURE_SSL_REDIRECT": True, "SECURE_HSTS_SECONDS": 63_072_000, "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_PROXY_SSL_HEADER": None, "ALLAUTH_TRUSTED_PROXY_COUNT": 0,
    "SIGN_IN_FAILURES": 5, "SIGN_IN_NAMES": 20,
    "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend",
    "DEFAULT_FROM_EMAIL": "no-reply@clincalc.example",
    "SMPC_URL": "https://www.medicines.org.uk/emc/", "MEDICINES_INFORMATION_URL": "https://www.sps.nhs.uk/",
    "SIDE_EFFECT_URL": "https://yellowcard.mhra.gov.uk/", "SECRET_KEY": PRODUCTION["SECRET_KEY"], "SIGNING_KEY": KEY,
    "SECRET_KEY_FALLBACKS": [], "REQUIRE_MFA": True, "REQUEST_LOG": True,
}  # fmt: skip
# The demonstration and debugging speak plain HTTP on this machine, and make their own keys.
HERE = {
    "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"], "SITE_URL": "http://127.0.0.1:8000",
    "CSRF_TRUSTED_ORIGINS": [], "DEFAULT_FROM_EMAIL": "no-reply@127.0.0.1", "SESSION_COOKIE_NAME": None,
    "CSRF_COOKIE_NAME": None, "SESSION_COOKIE_SECURE": None, "CSRF_COOKIE_SECURE": None, "SECURE_SSL_REDIRECT": None,
    "SECURE_HSTS_SECONDS": None, "SECURE_HSTS_INCLUDE_SUBDOMAINS": None, "REQUEST_LOG": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "changes"),
    [
        (PRODUCTION, {}),
        ({**PRODUCTION, "DEBUG": "", "DEMO": ""}, {}),
        ({**PRODUCTION, "ALLOWED_HOSTS": ""}, {"ALLOWED_HOSTS": []}),
        ({**PRODUCTION, "SITE_URL": "https://clincalc.example/"}, {}),
        (
            {**PRODUCTION, "SITE_URL": ""},
            {"SITE_URL": "", "CSRF_TRUSTED_ORIGINS": [], "DEFAULT_FROM_EMAIL": "no-reply@localhost"},
        ),
        (
            {**PRODUCTION, "SITE_URL": "http://clincalc.example"},
            {"SITE_URL": "http://clincalc.example", "CSRF_TRUSTED_ORIGINS": []},
        ),
        (
            {**PRODUCTION, "BEHIND_TLS_PROXY": "1", "SSL_REDIRECT": "0", "TRUSTED_PROXY_COUNT": "2"},
            {
                "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
                "SECURE_SSL_REDIRECT": False,
                "ALLAUTH_TRUSTED_PROXY_COUNT": 2,
            },
        ),
        (
            {**PRODUCTION, "EMAIL_FROM": "us@clincalc.example", "SMPC_URL": "https://smpc.example/",
             "MEDICINES_INFORMATION_URL": "https://mi.example/", "SIDE_EFFECT_URL": "https://se.example/"},
            {"DEFAULT_FROM_EMAIL": "us@clincalc.example", "SMPC_URL": "https://smpc.example/",
             "MEDICINES_INFORMATION_URL": "https://mi.example/", "SIDE_EFFECT_URL": "https://se.example/"},
        ),
        (
            {"DEMO": "1", "SECRET_KEY": "x" * 50, "SIGNING_KEY": KEY},
            HERE
            | {"DEMO": True, "REQUIRE_MFA": False, "SECRET_KEY": "x" * 50, "SIGN_IN_FAILURES": 200, "SIGN_IN_NAMES": 200,
               "INSTALLED_APPS": [*APPS, "tests.bench"]},
        ),
        ({**PRODUCTION, "REQUIRE_MFA": "0"}, {"REQUIRE_MFA": False}),
        ({**PRODUCTION, "SECRET_KEY_FALLBACKS": "one,two"}, {"SECRET_KEY_FALLBACKS": ["one", "two"]}),
        (
            {"DEBUG": "1", "SECRET_KEY": "x" * 50, "SIGNING_KEY": KEY},
            HERE | {"DEBUG": True, "SECRET_KEY": "x" * 50},
        ),
    ],
)  # fmt: skip
def test_every_setting_is_safe_unless_the_environment_says_otherwise(monkeypatch, tmp_path, environment, changes):
    found = settings(monkeypatch, tmp_path, **environment)

    assert {name: found.get(name) for name in OURS} == OURS
    assert {name: found.get(name) for name in ASKED} == ASKED | changes
    assert found["VAR"] == tmp_path / "var"
    assert found["CHECKPOINT_FILE"] == str(tmp_path / "var" / "checkpoints.jsonl")
    assert found["STATIC_ROOT"] == tmp_path / "var" / "static"
    assert found["STORAGES"]["staticfiles"]["BACKEND"] == (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
        if found["DEBUG"]
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    )
    assert found["CACHES"]["default"]["BACKEND"] == "django.core.cache.backends.locmem.LocMemCache"
    assert found["DEMO_PASSWORD"] == "clincalc-demo"


def test_the_database_waits_five_seconds_and_syncs_before_it_answers(monkeypatch, tmp_path):
    here = settings(monkeypatch, tmp_path, **PRODUCTION)["DATABASES"]["default"]
    there = settings(monkeypatch, tmp_path, **PRODUCTION, DATABASE_URL="postgres://u:p@h/name")["DATABASES"]["default"]

    assert (here["ENGINE"], here["NAME"]) == (
        "reviews.sqlite",
        str(tmp_path / "var" / "clincalc.sqlite3"),
    )
    assert here["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
    }
    assert (there["NAME"], there["OPTIONS"]) == ("name", {"options": "-c lock_timeout=5s"})
    assert there["CONN_HEALTH_CHECKS"] is True
    assert here["CONN_MAX_AGE"] == there["CONN_MAX_AGE"] == 60


@pytest.mark.parametrize("mode", ["DEMO", "DEBUG"])
def test_keys_of_the_demonstration_are_made_once_and_are_their_owners_alone(monkeypatch, tmp_path, mode):
    first = settings(monkeypatch, tmp_path, **{mode: "1"})
    second = settings(monkeypatch, tmp_path, **{mode: "1"})

    for name in ("SECRET_KEY", "SIGNING_KEY"):
        kept = tmp_path / "var" / name.lower().replace("_", "-")
        assert first[name] == second[name] == kept.read_text()
        assert kept.stat().st_mode & 0o777 == 0o600
    assert len(first["SECRET_KEY"]) >= 50
    assert len(base64.b64decode(first["SIGNING_KEY"])) == 32
    shutil.rmtree(tmp_path / "var")
    assert settings(monkeypatch, tmp_path, **{mode: "1"})["SIGNING_KEY"] != first["SIGNING_KEY"]


def test_the_demonstration_is_refused_on_a_database_that_was_begun_without_it(tmp_path):
    code, said = start(tmp_path, "manage.py", "migrate", "--verbosity", "0", **PRODUCTION)
    assert code == 0, said
    script = (
        "import django; django.setup()\n"
        "from reviews.audit.trail import audited_write\n"
        "with audited_write(actor=None) as trail: trail.record('begun', 'site')\n"
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


def test_check_deploy_says_what_is_lacking_and_is_clean_in_production(tmp_path):
    production = {**PRODUCTION, "STATIC_ROOT": str(tmp_path / "static")}
    check = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    code, said = start(tmp_path, *check, **production)

    assert code != 0
    assert "Not ready: run manage.py upgrade." in said
    assert "Not ready: run manage.py collectstatic, then start again." in said
    for command in (("upgrade",), ("collectstatic", "--noinput")):
        assert start(tmp_path, "manage.py", *command, **production)[0] == 0
    code, said = start(tmp_path, *check, **production)
    assert code == 0, said
    code, said = start(tmp_path, *check, **{**production, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"})
    assert code != 0
    assert "Not ready: no database." in said


def test_demonstration_accounts_exist_only_with_demo(tmp_path):
    code, said = start(tmp_path, "manage.py", "demo", **PRODUCTION)

    assert code != 0
    assert "it runs only with DEMO=1" in said


@pytest.mark.parametrize("demo", [True, False])
def test_the_measurement_is_there_only_with_demo_and_nothing_else_asks_for_the_tests(tmp_path, demo):
    script = (
        "import sys\n"
        f"if not {demo}: sys.modules['tests'] = None\n"  # as if nobody had brought them along
        "from django.core.management import execute_from_command_line\n"
        "execute_from_command_line(['manage.py', 'check'])\n"
        "execute_from_command_line(['manage.py', 'help', '--commands'])\n"
    )
    environment = {"DEMO": "1", "SECRET_KEY": "x" * 50, "SIGNING_KEY": KEY} if demo else PRODUCTION
    code, said = start(tmp_path, "-c", script, DJANGO_SETTINGS_MODULE="clincalc.settings", **environment)

    assert code == 0, said
    found = set(said.split())
    assert "verify_trail" in found
    assert found & {"bench", "load_corpus"} == ({"bench", "load_corpus"} if demo else set())


def test_an_installation_keeps_its_environment_in_a_file(monkeypatch, tmp_path):
    """What is set outside wins, and the demonstration never reads it: it would work on the real database."""
    lines = [f"{name}={value}" for name, value in PRODUCTION.items()] + ["DATABASE_URL=postgres://real@/real"]
    (tmp_path / ".env").write_text("\n".join(["# what an installation is told", *lines]))

    found = settings(monkeypatch, tmp_path, SITE_URL="https://other.example")
    assert (found["ALLOWED_HOSTS"], found["SITE_URL"]) == (["clincalc.example"], "https://other.example")
    assert found["DATABASES"]["default"]["NAME"] == "real"
    for away in ({"DEMO": "1"}, {"DEBUG": "1"}):
        found = settings(monkeypatch, tmp_path, **away)
        assert found["DATABASES"]["default"]["ENGINE"] == "reviews.sqlite"
        assert found["SIGNING_KEY"] != KEY


def test_new_keys_mean_themselves_in_a_file(monkeypatch, tmp_path):
    done = subprocess.run(["make", "--silent", "keys"], cwd=ROOT, capture_output=True, text=True, check=True)
    (tmp_path / ".env").write_text(done.stdout)

    found = settings(monkeypatch, tmp_path, ALLOWED_HOSTS="clincalc.example", SITE_URL="https://clincalc.example")
    assert [f"SECRET_KEY={found['SECRET_KEY']}", f"SIGNING_KEY={found['SIGNING_KEY']}"] == done.stdout.split()
    assert len(base64.b64decode(found["SECRET_KEY"])) == 48


def test_the_example_names_what_settings_read():
    text = (ROOT / "clincalc" / "settings.py").read_text()
    for line in (ROOT / ".env.example").read_text().splitlines():
        if line and not line.startswith("#"):
            assert f'("{line.partition("=")[0]}"' in text


def test_the_demonstration_names_the_port_that_it_is_served_on():
    def served(**given):
        away = {name: value for name, value in os.environ.items() if name not in ("PORT", "SITE_URL")}
        asked = ["make", "--silent", "--eval", "site: ; @echo $(SITE_URL)", "site"]
        return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, env=away | given, check=True)

    assert "demo: export SITE_URL := $(SITE_URL)\n" in (ROOT / "Makefile").read_text()
    assert served().stdout.strip() == "http://127.0.0.1:8000"
    assert served(PORT="9123").stdout.strip() == "http://127.0.0.1:9123"
    assert served(PORT="9123", SITE_URL="http://localhost:7").stdout.strip() == "http://localhost:7"
