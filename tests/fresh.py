"""What a fresh process makes of addresses, by Django alone: python -m tests.fresh < paths.json > answers.json

Nothing is kept from one request to the next, and no gate stands before it.
"""

import hashlib
import json
import os
import sys
from io import BytesIO
from urllib.parse import unquote_to_bytes


def answers(targets: list[str]) -> dict[str, list]:
    """Target (path and query) -> status and the hash of the body."""
    from django.core.wsgi import get_wsgi_application

    app, found = get_wsgi_application(), {}
    for target in targets:
        path, _, query = target.partition("?")
        status: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query, "HTTP_HOST": "localhost", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr,
            "REMOTE_ADDR": "127.0.0.1", "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
            "wsgi.version": (1, 0),
        }  # fmt: skip
        parts = app(environ, lambda line, _headers, _error=None, status=status: status.append(line))
        body = b"".join(parts)
        parts.close()
        found[target] = [int(status[0][:3]), hashlib.sha256(body).hexdigest()]
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clincalc.settings")
    json.dump(answers(json.load(sys.stdin)), sys.stdout)
