"""A house with a row in every table that the trail vouches for, and what whoever owns the database can do to it."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from monographs.document import Document
from monographs.models import Publication
from monographs.standing import today
from reviews.access import links, rechecks
from reviews.access.grants import confirm, give, take
from reviews.audit import acts, keys, seals
from reviews.audit.hashes import instant
from reviews.audit.trail import audited_write
from reviews.editing.assignments import assign, end_assignment
from reviews.editing.library import keep_references, record_name_check
from reviews.editing.remarks import answer_remark
from reviews.models import (
    ClassGrant,
    CountedTry,
    Grant,
    KeptForm,
    KeyStatement,
    Look,
    Organisation,
    Presence,
    Remark,
    Scratch,
    SpentCode,
)
from reviews.models.roles import ROLES
from reviews.reports import service
from reviews.reports.reminders import remind
from reviews.workflow import perform
from tests import factories as make

# Words that nobody types twice by chance.
LONG = "Begin with the smallest amount that the product is sold in, and wait four weeks before more is given"


def _published() -> Document:
    return make.misprinted(minus=make.MISPRINTED["minus"]).replaced(regimens=[make.dose()])


def fill() -> make.House:
    """A live monograph with a second edition in review, and one whose only edition was signed and unsigned."""
    house = make.the_house()
    key_of_before()
    second = make.start(house, make.published(house, doc=_published()))
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.reword(second, "prescribing", f"- {LONG} [@trial2020].", actor=house.editor)
    make.sign(make.submit(house, second), house.clinician)
    other = make.signed(house, "otherumab")
    perform("unsign", editions=[other], actor=house.pharmacist, digest=make.seen(other), reason="Doubts")
    remarked(house, other)
    perform("declare-conflict", editions=[second], actor=house.clinician2, digest=make.seen(second), reason="Shares")
    asked(house, other)
    call_command("checkpoint", stdout=StringIO())
    record_name_check(
        actor=house.editor,
        system="RxNorm",
        code="117055",
        name="x",
        status="found",
        matched_name="x",
        release="r",
        source="s",
    )
    with audited_write(actor=house.editor) as trail:
        keep_references(trail, [("smith2020", {"title": "T", "DOI": "10.1000/1"})])
    page = second.monograph
    make.call_harmless(house.clinician, page)
    (warning,) = make.warn(house.clinician, page)
    make.countersign(warning, house.clinician2)
    make.correct(house.pharmacist, page, "Tests go on for years.", "Tests go on for months.")
    make.withhold(page, make.key("prescribing"), house.publisher)
    make.lift(warning, house.pharmacist)
    service.report(service.ReportInput("Something is wrong here.", harm=True), sender="s", monograph=page)
    with acts.of_form(acts.new_token()):
        service.report(service.ReportInput("A comma is missing here.", harm=False), sender="s", monograph=page)
    make.somebody_writes(True)  # so this one stays in the inbox
    service.report(service.ReportInput("Something else could harm.", harm=True), sender="s", monograph=page)
    make.somebody_writes(False)
    remind()
    give(house.auditor, "editor", on=page, actor=house.admin, reason="To try it")
    take(give(house.editor2, "clinician", actor=house.admin), actor=house.admin, reason="They did not begin")
    confirm(Grant.objects.get(person=house.editor), actor=house.admin)
    role_of_before(house.editor, "editor", house.root, actor=house.admin)
    rechecks.open_rechecks(house.clinician.clinician_profile, actor=house.admin, reason="Found conflicted")
    now = timezone.now()
    KeptForm.objects.create(
        person=house.editor, path="/desk/", tab="t", fields="{}", cause="session", at=now, expires_at=now
    )
    Look.objects.create(person=house.clinician, edition=page.live.edition, part="header", digest="0" * 64, at=now)
    Presence.objects.create(person=house.editor, edition=page.live.edition, part="header", at=now)
    Scratch.objects.create(
        person=house.editor, edition=page.live.edition, part="header", tab="t", fields="{}", sign_in="s", slot=0, at=now
    )
    make.second_factor(house.editor)
    set_by_link(house.nobody, house.admin)
    with audited_write(actor=None) as trail:
        trail.save(Organisation(name="A house of tests", opened_at=trail.at))
        trail.record("installation_opened", "site", data={"name": "A house of tests"})
    links.issue(house.nobody, actor=house.admin)
    CountedTry.objects.create(pair="p", sender="s", at=now)
    SpentCode.objects.create(person=house.editor, step=1)
    return house


def key_of_before() -> None:
    """That our key took over from another, which sealed nothing."""
    old, new = keys.Signer(base64.b64encode(b"the key of before, in each test.").decode()), seals.signer()
    said = {"kind": "rotated", "key": old.id, "public": old.public, "by": new.id, "by_public": new.public}
    with audited_write(actor=None) as trail:
        trail.statement = keys.sign({**said, "at": instant(trail.at), "seq": 0, "head": ""}, key=old, by=new)
        trail.save(KeyStatement(**{**trail.statement, "at": trail.at}))
        trail.record("key_rotated", "site", reason="Every two years", data={"from_key": old.id, "to_key": new.id})


def remarked(house: make.House, edition: Any) -> None:
    """Sent back with a remark, which was answered, and sent for review again."""
    said, by = {str(make.key("monitoring")): "Every week?"}, house.clinician
    perform("send-back", editions=[edition], actor=by, digest=make.seen(edition), reason="One thing", remarks=said)
    answer_remark(Remark.objects.get(edition=edition), outcome="left", answer="It is so", actor=house.editor)
    make.submit(house, edition)


def asked(house: make.House, edition: Any) -> None:
    """Two people are asked to sign it, of whom one declines."""
    by = {"actor": house.editor, "due_on": today() + timedelta(days=7)}
    declined = assign(edition, person=house.clinician2, **by)
    end_assignment(declined, actor=house.clinician2, reason="I am away")
    assign(edition, person=house.pharmacist, **by)


def set_by_link(person: Any, admin: Any) -> None:
    """Their password, by a link that an administrator made: so they are held."""
    token = links.issue(person, actor=admin).rstrip("/").rpartition("/")[2]
    links.set_password(token, new_password=make.PASSWORD, again_password=make.PASSWORD)


def role_of_before(user: Any, role: str, *classes: Any, actor: Any, lacks: str = "") -> None:
    """As a version before grants left it: somebody in the group of a role, and what was granted to the group."""
    with audited_write(actor=actor) as trail:
        group, _made = Group.objects.get_or_create(name=role)
        user.groups.add(group)
        trail.wrote(group, user.groups.through.objects.get(user=user, group=group))
        names = set(ROLES[role].grants if role in ROLES else ()) - {lacks}
        for permission in Permission.objects.filter(content_type__model="therapeuticclass", codename__in=names):
            for one in classes:
                row, _made = ClassGrant.objects.get_or_create(group=group, permission=permission, content_object=one)
                trail.wrote(row)
        trail.record("role_given", f"user:{user.pk}", data={"role": role, "username": user.get_username()})


def note_typed(edition: Any, words: str) -> None:
    """The edition as an earlier version published it: with what the publisher typed for readers."""
    with no_triggers():
        Publication.objects.filter(edition=edition).update(change_note=words)


@contextmanager
def no_triggers() -> Iterator[None]:
    """As whoever owns the database can do: the triggers are off, and come back as if nothing had been."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = origin")
        else:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            for _name, sql in triggers:
                cursor.execute(sql)
