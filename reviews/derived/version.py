"""Which version of this program made what is derived: the search index, what editions changed, the subjects of
entries, former addresses, what change sets touched and wrote, and texts that are printed otherwise than typed.

Raise `VERSION` whenever one of them would be made otherwise from the same rows: `verify_trail`, the start of the
service, its readiness and whoever writes then ask for `manage.py upgrade`, which makes all of it again. Raise it too
when an upgrade has more to do than migrations: since 6 it takes the role groups of before over into
grants, since 11 it certifies what was published without a certificate.
"""

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS

from monographs.models import Epoch, WriteLock
from monographs.triggers import is_whole

VERSION = 14
# Since this one, entries are sealed.
SEALED_SINCE = 4
OTHER_VERSION = "What is derived from the trail was made by another version of this program. Run `manage.py upgrade`."


def is_current(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether this version made it. A trail's first entry notes the version: before it, nothing is there to make."""
    is_empty = WriteLock.objects.using(using).filter(seq=0).exists()
    return is_empty or not Epoch.objects.using(using).exclude(index_version=VERSION).exists()


def _check(app_configs: Any = None, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A warning: `migrate` asks for checks too, and comes before `reindex`."""
    old = [using for using in databases or () if is_whole(using) and not is_current(using)]
    return [Warning(OTHER_VERSION, id="reviews.W001") for _using in old]


def register_check() -> None:
    register(_check, Tags.database)
