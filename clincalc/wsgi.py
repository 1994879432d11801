"""The WSGI application. The demonstration, whose passwords everybody knows, is served only from its own database."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clincalc.settings")
django = get_wsgi_application()

from clincalc.front import Front  # noqa: E402 (the applications must be loaded)
from clincalc.gate import Gate  # noqa: E402
from clincalc.start import refuse_foreign_demonstration, refuse_other_version  # noqa: E402

refuse_foreign_demonstration()
refuse_other_version()
application = Gate(Front(django))
