"""What is asked of a line beside what is here (what is refused of one: test_library_import.py)."""

import pytest

from monographs.models import Drug
from reviews.audit.trail import audited_write
from reviews.editing.library import make_drug
from reviews.models import AuditEvent
from tests.reviews.exchange.test_library_import import a_drug, a_file, librarian, run  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db


def test_a_name_like_one_here_is_asked_about_and_not_those_of_the_file(house, librarian, tmp_path):  # noqa: F811
    with audited_write(actor=house.editor) as trail:
        make_drug(trail, name="Herenumab", former_names=["Formernumab"])
    names = {"names": [{"kind": "british", "name": "Herenumabe"}]}
    # Two of the file are alike too: where it comes from, the desk asked about them.
    path = a_file(
        tmp_path,
        a_drug("oneumab", name="Ownumab"),
        a_drug("twoumab", name="Ownumabe", former_names=["Formernumab"], **names),
    )

    _out, err = run(path)

    assert (
        "line 3, drug “twoumab”: “Formernumab” is the same name as Formernumab, as Herenumab was called before." in err
    )
    assert "Ownumab" not in err
    assert Drug.objects.count() == 1
    assert run(path, "--another", "herenumab")[0].startswith("Taken in: 0 classes, 2 drugs")
    said = {one.subject: one.data.get("another_than") for one in AuditEvent.objects.filter(subject__startswith="drug:")}
    assert (said["drug:oneumab"], said["drug:twoumab"]) == (None, ["herenumab"])
    # An import that was interrupted asks nothing about what it brought itself.
    assert run(path)[0].startswith("Taken in: 0 classes, 0 drugs (2 there already)")
