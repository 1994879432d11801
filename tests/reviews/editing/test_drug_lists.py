"""A drug that is made is asked what a drug that is changed is asked (`test_drugs` has what is refused)."""

import pytest

from monographs.models import Drug
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.editing.library import make_drug

pytestmark = pytest.mark.django_db

BRAND = {"name": "Brandex", "country": "GB"}


@pytest.mark.parametrize(
    ("lists", "found"),
    [
        ({"brands": [{"name": "Brandex", "country": "Britain"}]}, ("invalid", "brands")),
        ({"brands": [BRAND, BRAND]}, ("invalid", "brands")),
        ({"names": [{"kind": "other", "name": "\u0430ddumab"}]}, ("invalid", "names")),
        ({"codes": [{"system": "ATC", "code": "117055", "name": ""}]}, ("invalid", "codes")),
        ({"traits": ["magic"]}, ("traits", "traits")),
        ({"brands": [{"name": "Brandex 999 000 0018", "country": "GB"}]}, ("patient_data", "")),
    ],
)
def test_what_no_edition_could_hold_is_no_new_drug(house, lists, found):
    with pytest.raises(Refused) as refused, audited_write(actor=house.editor) as trail:
        make_drug(trail, name="Addumab", **lists)

    assert [(one.code, one.field) for one in refused.value.refusals] == [found]
    assert not Drug.objects.exists()
