"""A question whose SQL is kept answers what the query answers that it was made of."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F, Max

from monographs import questions
from monographs.models import Edition, Publication, Section
from monographs.questions import Kept, Question, ask_together, padded, together
from reviews.models import ChangeSet, Grant
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


def test_a_kept_question_answers_what_its_query_does_and_is_written_once_for_a_shape(house, django_assert_num_queries):
    for slug in ("askedumab", "keptumab", "sideumab"):
        make.published(house, slug)
    written = []

    def rows(keys, name):
        written.append(keys)
        found = Publication.objects.live().lines().filter(pk__in=keys, name__startswith=name)
        return found.order_by("-slug")

    kept = Kept(rows)
    keys = list(Publication.objects.order_by("-pk").values_list("pk", flat=True)[:3])
    for given, name in ((keys, ""), (keys, "Kept"), (keys[::-1], "As%"), ([keys[0]] * 3, "A"), ([*keys[:2], 0], "_")):
        with django_assert_num_queries(1):
            found = kept(given, name)
        expected = list(
            Publication.objects.live().lines().filter(pk__in=given, name__startswith=name).order_by("-slug")
        )
        assert [(one.pk, one.called, one.is_marked) for one in found] == [
            (one.pk, one.called, one.is_marked) for one in expected
        ]
    assert len(written) == 1
    assert kept([], "Kept") == []
    with django_assert_num_queries(1):  # what was loaded is there
        assert [one.live_of.is_overdue(one.published_at.date()) for one in kept(keys[:1], "")] == [False]
    assert len(written) == 3


def test_what_is_kept_leaves_out_who_was_to_be_left_out(house):
    """A column of smaller numbers: Django takes what excludes a number that it cannot hold for always so."""
    editor, editor2 = house.editor.pk, house.editor2.pk
    written = []

    def rows(pk):
        written.append(pk)
        return User.objects.filter(pk__in=(editor, editor2)).exclude(pk=pk).values_list("pk", flat=True)

    kept = Kept(rows)
    assert [kept(one) for one in (editor, editor2, editor)] == [[editor2], [editor], [editor2]]
    assert len(written) == 1


def test_a_number_that_found_no_place_is_asked_for_by_itself(house, monkeypatch):
    monkeypatch.setattr(questions, "_NO_NUMBER", 1 << 70)  # what no column of any database holds
    editor, editor2 = house.editor.pk, house.editor2.pk
    of_them = User.objects.filter(pk__in=(editor, editor2))
    kept = Kept(lambda pk: of_them.exclude(pk=pk).values_list("pk", flat=True))

    assert [kept(one) for one in (editor, editor2, editor)] == [[editor2], [editor], [editor2]]


@pytest.mark.parametrize("how", ["startswith", "endswith", "contains", "exact"])
def test_signs_of_a_pattern_stand_for_themselves_wherever_they_are_asked_for(house, how):
    edition = make.draft(house, "askedumab")
    kept = Kept(lambda words: Section.objects.filter(edition=edition, **{f"heading__{how}": words}))

    for words in ("Monitorin%", "_onitoring", "%", "\\", "Monitoring"):
        assert [one.heading for one in kept(words)] == ["Monitoring"] * (words == "Monitoring")


def test_questions_of_one_shape_are_kept_in_bounds(house, monkeypatch):
    monkeypatch.setattr(questions, "MOST_KEPT", 2)
    kept = Kept(lambda keys: Edition.objects.filter(pk__in=keys))
    questions._kept_of(connection).clear()  # what others asked on this connection
    for number in range(1, 6):
        kept([1] * number)
    assert len(questions._kept_of(connection)) <= 3


def test_kept_questions_asked_together_have_each_its_own_rows(house, django_assert_num_queries):
    one = make.draft(house, "askedumab")
    kept = Kept(
        lambda key, words: [
            Section.objects.filter(edition=key).values_list("edition", "heading"),
            Edition.objects.filter(pk=key).values_list("pk", "state"),
            Section.objects.filter(heading__in=words).values_list("edition", "heading").order_by("heading")[:1],
        ]
    )
    for _ in range(2):
        with django_assert_num_queries(1):
            sections, editions, first = kept(one.pk, ["Monitoring", "None"])
        assert sorted(heading for _key, heading in sections) == ["Monitoring", "Prescribing in practice"]
        assert editions == [(one.pk, "draft")]
        assert [heading for _key, heading in first] == ["Monitoring"]


def test_keys_are_padded_to_few_lengths():
    assert [len(padded(range(number))) for number in (0, 1, 2, 3, 4, 5, 30)] == [0, 1, 2, 4, 4, 8, 32]
    assert set(padded([7, 8, 9])) == {7, 8, 9}


def test_kept_questions_of_unlike_columns_are_asked_together_by_an_instant(house, django_assert_num_queries):
    one, other = make.draft(house, "askedumab"), make.draft(house, "sideumab")
    written = []

    def rows(key, since, words):
        written.append(key)
        return [
            ChangeSet.objects.filter(edition=key, at__gt=since).values_list("id", "at", "touched"),
            Edition.objects.filter(pk=key).values_list("state"),
            Section.objects.filter(edition=key, heading__in=words).values_list("key", "text_rules", "heading"),
            ChangeSet.objects.filter(edition=key, at__gt=since).values_list("id", "at", "touched"),
        ]

    kept = Kept(rows)
    at = ChangeSet.objects.get(edition=one).at
    before = at - timedelta(microseconds=1)
    for edition, since in ((one, before), (one, at), (other, before), (one, before)):
        with django_assert_num_queries(1):
            found = kept(edition.pk, since, ["Monitoring"])
        expected = [list(map(tuple, asked)) for asked in rows(edition.pk, since, ["Monitoring"])]
        assert found == expected
        assert [len(answer) for answer in found] == [since == before, 1, 1, since == before]
    assert len(written) == 1 + 4  # ours for what is expected, and one of the question
    with django_assert_num_queries(1):  # nothing is in an empty list
        assert [len(answer) for answer in kept(one.pk, before, [])] == [1, 1, 0, 1]


def test_a_question_is_kept_for_every_day_and_asks_for_that_day_alone(house):
    written = []

    def rows(person, day):
        written.append(day)
        return Grant.objects.said_since(day).filter(person=person).values_list("role", flat=True)

    kept = Kept(rows)
    ((role, given),) = Grant.objects.filter(person=house.editor).values_list("role", "given_on")
    for day in (given, given - timedelta(1), given + timedelta(1), given - timedelta(400)):
        assert kept(house.editor.pk, day) == [role] * (day < given)
    assert len(written) == 1

    made_of_it = Kept(lambda day: Grant.objects.filter(given_on__gt=day - timedelta(1)))
    with pytest.raises(ValueError, match="another day"):
        made_of_it(given)
