"""Settings: one file, driven by the environment, safe by default. Names of variables: README, "Environment"."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
env = environ.Env()

# An installation keeps its environment in one file; what is set outside wins over it. Demonstration and debugging,
# asked for outside, never read it: they stay away from the real database and its keys.
ENV_FILE = env.str("ENV_FILE", default=str(BASE_DIR / ".env"))
if ENV_FILE and not any(env.bool(name, default=False) for name in ("DEBUG", "DEMO")):
    env.read_env(ENV_FILE)

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="clincalc-demo")


def _kept_in_var(name: str, make: Callable[[], str]) -> str:
    """A secret of the demonstration: made once, readable by its owner only."""
    path = VAR / name
    if not path.exists():
        VAR.mkdir(exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
    return path.read_text().strip()


def _secret(name: str, make: Callable[[], str]) -> str:
    if value := str(env.str(name, default="")):
        return value
    if DEMO or DEBUG:
        return _kept_in_var(name.lower().replace("_", "-"), make)
    raise ImproperlyConfigured(
        f"{name} is missing. Set it in the environment or in .env (make keys prints it), or set DEMO=1."
    )


SECRET_KEY = _secret("SECRET_KEY", get_random_secret_key)
# Keys of before: what they encrypted or signed is still read, and nothing new is made with them.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SIGNING_KEY = _secret("SIGNING_KEY", lambda: base64.b64encode(secrets.token_bytes(32)).decode())
try:
    if len(base64.b64decode(SIGNING_KEY, validate=True)) != 32:
        raise ValueError
except ValueError as error:
    raise ImproperlyConfigured("SIGNING_KEY must be base64 of 32 bytes.") from error

# Which takes over from it, while `manage.py rotate_key` runs.
NEW_SIGNING_KEY = env.str("NEW_SIGNING_KEY", default="")

# -- Where this installation stands ------------------------------------------------------------------------------------

_LOCAL = {"localhost", "127.0.0.1", "[::1]", "::1", "testserver"}
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEMO or DEBUG else [])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000" if DEMO or DEBUG else "").rstrip("/")
if DEMO and not ({*ALLOWED_HOSTS} <= _LOCAL and urlsplit(SITE_URL).hostname in _LOCAL):
    raise ImproperlyConfigured("DEMO has known passwords: it is refused beyond localhost (ALLOWED_HOSTS, SITE_URL).")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []

SMPC_URL = env.str("SMPC_URL", default="https://www.medicines.org.uk/emc/")
MEDICINES_INFORMATION_URL = env.str("MEDICINES_INFORMATION_URL", default="https://www.sps.nhs.uk/")
SIDE_EFFECT_URL = env.str("SIDE_EFFECT_URL", default="https://yellowcard.mhra.gov.uk/")


def _register(name: str, value: str) -> str:
    """The address of a register that is asked for references; empty: it is not asked."""
    if value and not (urlsplit(value).scheme in ("http", "https") and urlsplit(value).hostname and "@" not in value):
        raise ImproperlyConfigured(f"{name} is no address of a register. It begins with https://.")
    return value


CROSSREF_URL = _register("CROSSREF_URL", env.str("CROSSREF_URL", default=""))
PUBMED_URL = _register("PUBMED_URL", env.str("PUBMED_URL", default=""))
READ_ADDRESSES = env.bool("READ_ADDRESSES", default=False)
CHECKPOINT_FILE = env.str("CHECKPOINT_FILE", default=str(VAR / "checkpoints.jsonl"))

# -- Applications ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "reversion",
    "guardian",
    "csp",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # so that a form finds the templates of its boxes beside ours
    "clincalc",
    "monographs",
    "reviews",
    *(["tests.bench"] if DEMO else []),  # the measurement; nothing else of the tests is asked for
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "clincalc.middleware.headers",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clincalc.logs.who",
    "clincalc.middleware.IdleSessions",
    "clincalc.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clincalc.middleware.busy",
]

ROOT_URLCONF = "clincalc.urls"
WSGI_APPLICATION = "clincalc.wsgi.application"
READER = "clincalc.reader.ask"  # how the desk asks what readers get: it may not import this room

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clincalc.context.site",
            ],
            # As near at hand as {% csrf_token %}.
            "builtins": [
                "monographs.templatetags.moments",
                "reviews.access.act_token",
                "reviews.desk.tidy",
                "reviews.desk.whom_to_ask",
            ],
        },
    },
]

# -- Database and cache ----------------------------------------------------------------------------------------------

if not os.environ.get("DATABASE_URL"):
    VAR.mkdir(exist_ok=True)
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR / 'clincalc.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["ENGINE"] = "reviews.sqlite"  # Django's, and writers wait in the order in which they came
    # WAL and IMMEDIATE: readers never wait for the writer, and the writer holds its lock from the first statement on.
    # Without recursive_triggers REPLACE would delete rows without asking the delete triggers.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
    }
    # A file: the threads of an in-memory database would share one connection, and so the write lock.
    _database["TEST"] = {"NAME": env.str("TEST_SQLITE", default=str(VAR / "test.sqlite3"))}
else:
    _database["CONN_HEALTH_CHECKS"] = True
    _database["OPTIONS"] = {**_database.get("OPTIONS", {}), "options": "-c lock_timeout=5s"}
_database["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}

# -- People ----------------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["reviews.access.backend.Backend"]  # one: a second would hash a wrong password again
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds that a link lives which was mailed
LOGIN_REDIRECT_URL = "queue"
ANONYMOUS_USER_NAME = None  # guardian: no account stands for readers
GUARDIAN_MONKEY_PATCH_USER = False
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "reviews.access.adapter.Adapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_METHODS = ["password"]  # a second factor alone changes nothing
# Before desk and admin alike: whoever has no second factor is led to one, whoever has not given it is asked.
REQUIRE_MFA = env.bool("REQUIRE_MFA", default=not DEMO)
MFA_ADAPTER = "reviews.access.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "reviews.access.factor_forms.CodeForm",
    "authenticate_webauthn": "reviews.access.factor_forms.PasskeyForm",
}
MFA_TOTP_ISSUER = "ClinCalc Pro"
MFA_TOTP_TOLERANCE = 1  # half a minute that a phone's clock may be off
MFA_RECOVERY_CODE_COUNT = 10
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
# Counted in the database (reviews/access/limits.py), not in the cache of each process.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
# Within 15 minutes: failures of one name from one sender, and names from one sender. The demonstration's visitors share
# an address, and its passwords are known.
SIGN_IN_FAILURES, SIGN_IN_NAMES = (200, 200) if DEMO else (5, 20)

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_SECONDS = 60 * 60
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "clincalc.errors.csrf_failure"
if not (DEMO or DEBUG):
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # preloading HSTS is the host's choice
    "guardian.W001",  # no has_perm is asked of guardian's backend: a superuser would pass it (reviews/access/policy.py)
]

# -- What browsers are told ------------------------------------------------------------------------------------------

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# -- Static files, language, time, mail, logs --------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
LANGUAGES = [("en-gb", "English")]

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=f"no-reply@{urlsplit(SITE_URL).hostname or 'localhost'}")

REQUEST_LOG = env.bool("REQUEST_LOG", default=not (DEBUG or DEMO))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "clincalc.logs.Lines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", **({"formatter": "lines"} if REQUEST_LOG else {})}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Each address that is not there would be a line, and a one-time link of an account is an address.
    "loggers": {"django.request": {"level": "ERROR"}},
}
