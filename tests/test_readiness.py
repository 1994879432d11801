"""What is lacking is said: by readiness, and by `check --deploy` before anything is served."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import storage
from django.core.checks import WARNING, run_checks
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import RequestFactory
from django.utils.functional import empty

from clincalc import readiness
from monographs.models import Epoch, Publication
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(settings, tmp_path):
    """Static files as production has them, collected into a folder of the test."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    settings.ALLOWED_HOSTS = ["clincalc.test"]
    read_anew()
    call_command("collectstatic", interactive=False, verbosity=0)
    read_anew()
    yield tmp_path
    read_anew()


def read_anew():
    """As a process does when it starts."""
    storages._storages.clear()
    storage.staticfiles_storage._wrapped = empty


def told():
    """The ids of what `check --deploy` warns of, of ours: tests own their tables, which is worth a word alone."""
    said = run_checks(include_deployment_checks=True)
    return [one.id for one in said if one.id.startswith("clincalc") and one.is_serious(WARNING)]


def test_nothing_is_lacking_where_all_is_there(production, house):
    make.published(house)

    assert readiness.lacking(RequestFactory().get("/health/ready")) == ""
    assert told() == []


@pytest.mark.parametrize(
    "way", ["nothing collected", "a file less", "a file of before", "no manifest", "a manifest of before"]
)
def test_static_files_that_are_not_there_are_told(production, way):
    if way == "nothing collected":
        for path in production.glob("*.*"):
            path.unlink()
    elif way == "a file less":
        (production / storage.staticfiles_storage.hashed_files["site.css"]).unlink()
    elif way == "a file of before":
        (production / "site.css").write_text("body {}")
    elif way == "no manifest":
        (production / "staticfiles.json").unlink()
    else:
        manifest = production / "staticfiles.json"
        manifest.write_text(manifest.read_text().replace('"desk.js"', '"other.js"'))
    read_anew()

    assert readiness.lacking() == readiness.COLLECT
    assert told() == ["clincalc.E002"]


def test_a_database_that_is_away_empty_or_of_another_version_is_told(production, monkeypatch):
    def gone(*given):
        raise DatabaseError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(readiness.triggers, "is_whole", gone)
        assert (readiness.lacking(), told()) == ("no database", ["clincalc.E001"])
    with monkeypatch.context() as patch:
        patch.setattr(readiness.triggers, "is_whole", lambda using: False)
        assert (readiness.lacking(), told()) == (readiness.UPGRADE, ["clincalc.E001"])
    with monkeypatch.context() as patch:
        patch.setattr(readiness.version, "is_current", lambda: False)
        assert (readiness.lacking(), told()) == (readiness.UPGRADE, ["clincalc.E001"])
    with monkeypatch.context() as patch:
        patch.setattr(readiness.triggers, "missing", lambda: ["a trigger"])
        assert (readiness.lacking(), told()) == ("the database is not whole", ["clincalc.E001"])
    with monkeypatch.context() as patch:
        patch.setattr(Epoch, "objects", Publication.objects.none())
        assert readiness.lacking() == "the database is not whole"
    assert readiness.lacking() == ""


@pytest.mark.parametrize("way", ["a folder", "below a file"])
def test_a_checkpoint_file_that_takes_no_line_is_told(production, settings, tmp_path, way):
    (tmp_path / "file").touch()
    settings.CHECKPOINT_FILE = str(tmp_path if way == "a folder" else tmp_path / "file" / "checkpoints.jsonl")

    assert readiness.lacking() == readiness.NO_LINE
    assert told() == ["clincalc.E005"]


def test_a_file_that_did_not_change_is_read_once(production, monkeypatch):
    read = []
    real = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or real(path))
    readiness._are_same.cache_clear()
    assert readiness.lacking() == ""
    first = len(read)
    assert readiness.lacking() == ""
    again = len(read)
    (production / "site.css").write_bytes(real(production / "site.css") + b" ")

    assert readiness.lacking() == readiness.COLLECT
    assert (first > 4, again - first, len(read) - again) == (True, 0, 2)


def test_another_key_than_that_of_what_is_published_is_told(production, house, settings):
    make.published(house)
    settings.SIGNING_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    assert readiness.lacking() == "SIGNING_KEY is not the key that seals here now"
    assert told() == ["clincalc.E003"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"SITE_URL": ""}, ["clincalc.E004"]),
        ({"SITE_URL": "https://elsewhere.test"}, ["clincalc.E004"]),
        ({"ALLOWED_HOSTS": []}, ["clincalc.E004"]),
        ({"ALLOWED_HOSTS": [".test"]}, []),
        ({"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}, ["clincalc.W001"]),
        (
            {"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"), "ALLAUTH_TRUSTED_PROXY_COUNT": 1},
            [],
        ),
    ],
)
def test_settings_that_do_not_fit_together_are_told(production, settings, changes, found):
    for name, value in changes.items():
        setattr(settings, name, value)

    assert told() == found


def test_a_request_of_which_nobody_knows_whence_it_comes_is_told(production, settings, client):
    assert client.get("/health/ready", REMOTE_ADDR="", headers={"host": "clincalc.test"}).content.decode() == (
        f"{readiness.NO_ADDRESS}\n"
    )
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get("/health/ready", REMOTE_ADDR="", headers={"host": "clincalc.test"}).status_code == 200


def test_readiness_asks_little(production, django_assert_max_num_queries):
    assert connection.vendor
    with django_assert_max_num_queries(12):
        readiness.lacking()
