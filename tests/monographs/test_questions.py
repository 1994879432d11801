"""A question whose SQL is kept answers what the query answers that it was made of."""

import pytest
from django.apps import apps
from django.db.models import F, Max

from monographs.models import Edition, Section
from monographs.questions import Question, ask_together, together
from reviews.models import ChangeSet
from tests import factories as make
from tests import tables


@pytest.fixture(scope="module")
def made(once_a_module):
    return tables.fill()


@pytest.mark.django_db
def test_a_row_of_any_table_is_what_the_query_gives(made):
    asked = 0
    for model in apps.get_models():
        columns = tuple(field.attname for field in model._meta.concrete_fields)
        question = Question(model._base_manager.all(), by=model._meta.pk.name, columns=columns)
        for row in model._base_manager.order_by("pk").values_list(*columns)[:2]:
            key = dict(zip(columns, row, strict=True))[model._meta.pk.attname]

            assert (model.__name__, question.ask(key)) == (model.__name__, [row])
            asked += 1
    assert asked > 30


@pytest.mark.django_db
def test_questions_that_are_asked_together_have_each_its_own_answer_in_one_statement(made, django_assert_num_queries):
    asked, answers = [], []
    for model in apps.get_models():
        columns = tuple(field.attname for field in model._meta.concrete_fields)
        question = Question(model._base_manager.order_by(), by=model._meta.pk.name, columns=columns)
        for row in model._base_manager.order_by("pk").values_list(*columns)[:2]:
            asked.append((question, dict(zip(columns, row, strict=True))[model._meta.pk.attname]))
            answers.append([row])
    assert len(asked) > 30

    for begin in range(0, len(asked), 20):
        some = slice(begin, begin + 20)
        with django_assert_num_queries(1):
            assert ask_together(asked[some]) == answers[some]


def test_rows_of_several_keys_of_one_table_are_told_apart(house):
    one, other = make.draft(house, "askedumab"), make.draft(house, "togetherumab")
    question = Question(Section.objects.order_by(), by="edition", columns=("edition_id", "heading"))

    first, nothing, second = ask_together([(question, one.pk), (question, 0), (question, other.pk)])

    assert ({row[0] for row in first}, {row[0] for row in second}, nothing) == ({one.pk}, {other.pk}, [])
    assert sorted(row[1] for row in first) == ["Monitoring", "Prescribing in practice"]


def test_querysets_that_are_not_alike_are_asked_together(house, django_assert_num_queries):
    edition = make.draft(house, "unlikeumab")
    sections = Section.objects.filter(edition=edition)
    newest = ChangeSet.objects.filter(edition=edition).values("edition").annotate(last=Max("at"))
    asked = (
        sections.values_list("key", "heading", "text_rules"),
        sections.none().values_list("key"),
        newest.values_list("edition", "last"),
        ChangeSet.objects.filter(edition=edition, at__in=newest.values("last")).values_list("touched", "actor"),
        Edition.objects.filter(pk__in=()).values_list("number", flat=True),
    )

    with django_assert_num_queries(1):
        found = together(*asked)

    assert [sorted(rows, key=repr) for rows in found] == [sorted(map(tuple, rows), key=repr) for rows in asked[:4]] + [
        []
    ]
    assert [len(rows) for rows in found] == [2, 0, 1, 1, 0]
    with django_assert_num_queries(0):
        assert together(asked[1], asked[4]) == [[], []]


def test_rows_come_in_their_order_without_those_that_are_left_out_and_as_they_are_by_then(
    house, django_assert_num_queries
):
    edition = make.draft(house, "askedumab")
    question = Question(Section.objects.all(), by="edition", columns=("heading",))

    assert question.ask(edition.pk) == [("Prescribing in practice",), ("Monitoring",)]
    make.reword(edition, "monitoring", "Other words.", actor=house.editor)
    words = Question(Section.objects.order_by("-position"), by="edition", columns=("text",))
    with django_assert_num_queries(1):
        assert words.ask(edition.pk) == [("Other words.",), ("- Start slowly [@trial2020].",)]
    assert words.ask(edition.pk + 1) == []


@pytest.mark.django_db
def test_what_has_a_place_for_another_value_is_no_such_question():
    question = Question(Edition.objects.filter(number=1), by="state", columns=("pk",))

    with pytest.raises(AssertionError, match="other places than that of state"):
        question.ask("draft")
    assert Question(Edition.objects.filter(number=F("number")), by="state", columns=("pk",)).ask("draft") == []
