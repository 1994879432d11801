"""What the settings need before any of them is read. Loaded by `-p tests.environment` in pyproject.toml: pytest-django
reads the settings before it reads a conftest."""

import atexit
import base64
import os
import shutil
import tempfile

# A shell that was used for the demonstration must not change what is tested.
for name in ("DEMO", "DEBUG"):
    os.environ.pop(name, None)

# A directory of its own for each run, so that two runs in one checkout do not meet. Workers of xdist inherit it.
if "CLINCALC_TEST_DIR" not in os.environ:
    made = tempfile.mkdtemp(prefix="clincalc-test-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    os.environ["CLINCALC_TEST_DIR"] = made
directory = os.environ["CLINCALC_TEST_DIR"]

for name, value in {
    "ENV_FILE": "",  # this checkout may be an installation
    "SECRET_KEY": "test-" + "0123456789" * 6,
    "SIGNING_KEY": base64.b64encode(bytes(range(32))).decode(),
    "SITE_URL": "https://clincalc.test",
    "REQUIRE_MFA": "0",  # tests of second factors ask for it; everybody else signs in with a password
    "REQUEST_LOG": "0",  # tests of it ask for it
    "SSL_REDIRECT": "0",  # the test client and the live server speak plain HTTP
    "DATABASE_URL": f"sqlite:///{directory}/clincalc.sqlite3",
    "TEST_SQLITE": f"{directory}/test.sqlite3",
    "CHECKPOINT_FILE": f"{directory}/checkpoints.jsonl",
}.items():
    os.environ.setdefault(name, value)
