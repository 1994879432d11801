"""What is still to do before somebody can sign."""

from datetime import timedelta

import pytest

from monographs.standing import today
from reviews.desk.before_signing import BeforeSigning
from tests import factories as make

pytestmark = pytest.mark.any_database


@pytest.mark.usefixtures("grants_last")
def test_a_clinician_is_told_what_is_still_to_do_before_they_sign_and_by_whom(house, enter):
    """Their own part as a link, the part of others with the names of whom to ask; nothing for whoever can sign."""
    profile, day = house.clinician.clinician_profile, today()
    assert "You cannot sign yet" not in enter("clinician").get("/desk/").content.decode()
    assert BeforeSigning.of(house.clinician, day) is None
    later = day + timedelta(days=367)
    assert BeforeSigning.of(house.clinician, later) == BeforeSigning("Declare your interests", ("admin",))
    profile.register_date = later
    assert BeforeSigning.of(house.clinician, later) == BeforeSigning("Declare your interests", ())
    make.give_role(house.publisher, "clinician", actor=house.admin)

    page = enter("publisher").get("/desk/").content.decode()

    assert '<a href="/desk/profile/">State your registration</a>' in page
    assert "Ask an administrator to do it: admin." in page
