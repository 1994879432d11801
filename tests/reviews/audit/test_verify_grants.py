"""Guardian's rows are compared with grants: what is there beside them, or is missing, is named."""

import pytest
from django.contrib.auth.models import Permission
from django.db import models

from reviews.access.grants import give
from reviews.audit.verify_grants import verify_grants
from reviews.models import ClassPermission, Grant, MonographPermission
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(house):
    page = make.draft(house).monograph
    give(house.nobody, "publisher", on=page, actor=house.admin)
    return page


def told():
    return [sentence for _seq, sentence in verify_grants()]


def test_what_the_verbs_left_is_as_grants_say(house, page):
    assert told() == []


def test_a_right_that_no_grant_gives_is_named(house, page):
    sign = Permission.objects.get(codename="review_monographs", content_type__model="monograph")
    with tables.no_triggers():
        models.QuerySet(ClassPermission).filter(user=house.publisher).update(user=house.nobody.pk)
        models.QuerySet(MonographPermission).bulk_create(
            [MonographPermission(user=house.editor, permission=sign, content_object=page)]
        )

    assert sorted(told()) == sorted([
        f"reviews.classpermission: user {house.nobody.pk} has by no grant “publish_monographs” on therapeutic class {house.root.pk}.",
        f"reviews.classpermission: user {house.publisher.pk} holds no row of “publish_monographs” on therapeutic class {house.root.pk}.",
        f"reviews.monographpermission: user {house.editor.pk} has by no grant “review_monographs” on monograph {page.pk}.",
    ])  # fmt: skip


def test_a_grant_in_a_role_that_there_is_not_stops_nothing(house, page):
    with tables.no_triggers():
        models.QuerySet(Grant).filter(person=house.publisher).update(role="king")

    assert told() == ["reviews.classpermission: it cannot be compared with the grants."]
