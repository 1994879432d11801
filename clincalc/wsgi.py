"""The WSGI application. The demonstration, whose passwords everybody knows, is served only from its own database."""

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clincalc.settings")
django.setup(set_prefix=False)

from clincalc.front import Front  # noqa: E402 (the applications must be loaded)
from clincalc.gate import Gate  # noqa: E402
from clincalc.logs import RequestLog  # noqa: E402
from clincalc.reader import Handler  # noqa: E402
from clincalc.start import refuse_foreign_demonstration, refuse_other_version, settle  # noqa: E402

refuse_foreign_demonstration()
refuse_other_version()
front = Front(Handler())
application = RequestLog(Gate(front)) if settings.REQUEST_LOG else Gate(front)
settle()
