"""What a process lacks to serve its pages: told by `/health/ready`, and by `manage.py check --deploy` before it starts.

The settings alone say when a key is missing, and no process starts then.
"""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, DatabaseError
from django.http import HttpRequest
from django.http.request import validate_host

from monographs import triggers
from monographs.models import Epoch, Publication
from reviews.audit import database_roles, seals
from reviews.derived import version
from reviews.models import KeyStatement
from reviews.models.key_statement import ROTATED

UPGRADE = "run manage.py upgrade"
COLLECT = "run manage.py collectstatic, then start again"
NO_LINE = "nothing can be written to the file of CHECKPOINT_FILE"
NO_ADDRESS = "nobody knows where requests come from: set TRUSTED_PROXY_COUNT"


def lacking(request: HttpRequest | None = None) -> str:
    """The first thing that is lacking, in words for an operator; nothing if all is there."""
    return (
        of_database() or of_keys() or of_static_files() or of_checkpoints() or (of_senders(request) if request else "")
    )


def of_database() -> str:
    try:
        if not triggers.is_whole(DEFAULT_DB_ALIAS):
            return UPGRADE
        if not Epoch.objects.filter(pk=1).exists() or triggers.missing():
            return "the database is not whole"
        return "" if version.is_current() else UPGRADE
    except DatabaseError:
        return "no database"


def of_keys() -> str:
    """Whether our key is the one that took over last; where none ever did, the one that sealed the last publication."""
    try:
        rotated = KeyStatement.objects.filter(kind=ROTATED).order_by("-pk").values_list("by", flat=True)
        last = rotated.first() or Publication.objects.order_by("-pk").values_list("key", flat=True).first()
    except DatabaseError:
        return "no database"
    return "" if last in (None, seals.key_id()) else "SIGNING_KEY is not the key that seals here now"


def of_static_files() -> str:
    """Whether each file of ours was collected as it is now. Debugging serves them from where they lie. What was
    compared is not read again before one of the two changes."""
    known = getattr(staticfiles_storage, "hashed_files", None)
    if known is None:
        return ""
    for name, path in _static_files():
        collected = Path(settings.STATIC_ROOT) / name
        try:
            is_there = name in known and staticfiles_storage.exists(known[name])
            if not (is_there and _are_same(collected, path, _as_of(collected), _as_of(path))):
                return COLLECT
        except OSError:
            return COLLECT
    return ""


def _as_of(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


@lru_cache(maxsize=1_000)
def _are_same(one: Path, other: Path, *as_of: tuple[int, ...]) -> bool:
    return one.read_bytes() == other.read_bytes()


@cache
def _static_files() -> list[tuple[str, Path]]:
    """(name, path) of what the product itself has; what libraries bring comes along with it."""
    found = (one for finder in get_finders() for one in finder.list([]))
    paths = ((name, Path(storage.path(name))) for name, storage in found)
    return [(name, path) for name, path in paths if path.is_relative_to(settings.BASE_DIR / "clincalc")]


def of_checkpoints() -> str:
    """Whether acts that readers depend on can leave their line: nothing is published without."""
    return "" if seals.checkpoint_is_writable() else NO_LINE


def of_senders(request: HttpRequest) -> str:
    """Without an address, limits take all the world for one sender."""
    is_known = request.META.get("REMOTE_ADDR") or settings.ALLAUTH_TRUSTED_PROXY_COUNT
    return "" if is_known else NO_ADDRESS


# -- Before a process starts -------------------------------------------------------------------------------------------


def _check(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    lacks = {"E001": of_database(), "E002": of_static_files()}
    if not lacks["E001"]:
        lacks["E003"] = of_keys()
    found: list[CheckMessage] = [
        Error(f"Not ready: {word}.", id=f"clincalc.{number}") for number, word in lacks.items() if word
    ]
    if word := of_checkpoints():
        found.append(Error(f"Not ready: {word}.", id="clincalc.E005"))
    if not lacks["E001"] and database_roles.owns_tables():
        hint = "Right for manage.py upgrade and restore. Let the service run as the app (manage.py database_roles)."
        found.append(
            Info("Whoever runs this may change what is sealed: the tables are theirs.", hint=hint, id="clincalc.I001")
        )
    site = urlsplit(settings.SITE_URL)
    if not (site.hostname and validate_host(site.hostname, settings.ALLOWED_HOSTS)):
        found.append(Error("SITE_URL is none of ALLOWED_HOSTS: pages would name another site.", id="clincalc.E004"))
    if settings.SECURE_PROXY_SSL_HEADER and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        hint = "Say how many proxies write X-Forwarded-For, else all readers are one sender to every limit."
        found.append(Warning("BEHIND_TLS_PROXY is on, TRUSTED_PROXY_COUNT is not set.", hint=hint, id="clincalc.W001"))
    return found


def register_check() -> None:
    register(_check, Tags.security, deploy=True)
