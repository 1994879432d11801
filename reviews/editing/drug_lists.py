"""Lists and traits of a drug, as they may be stored: one check for a drug that is made and for one that is changed."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from monographs import document as values
from monographs.checks.plain_fields import marked
from monographs.checks.problems import objections, sentences
from monographs.checks.typed_words import words_of
from monographs.checks.unnamed import unnamed
from monographs.texts.confusables import mixed_scripts
from monographs.vocabulary import CODE_SYSTEMS, TRAITS
from reviews.access.door import PATIENT
from reviews.access.privacy import holds_nhs_number
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse

LISTS = ("names", "brands", "codes")


def checked_traits(traits: Iterable[str]) -> list[str]:
    """Traits in the order in which they are stored. Refuses one that there is not."""
    wanted = sorted(set(traits))
    if unknown := set(wanted) - set(TRAITS):
        sentence = f"There is no trait “{sorted(unknown)[0][:100]}”."
        raise refuse("traits", sentence, RefusalType.INVALID, field="traits")
    return wanted


def checked_lists(
    names: Iterable[Any], brands: Iterable[Any], codes: Iterable[Any], stood: dict[str, Any] | None = None
) -> dict[str, list[dict[str, str]]]:
    """Lists of a drug as they are stored. Refuses all that a header of an edition would not take; what stood already
    may stay."""

    def plain(rows: Iterable[Any]) -> list[Any]:
        return [row if isinstance(row, dict) else row.model_dump(mode="json") for row in rows]

    given: dict[str, Any] = {"names": plain(names), "brands": plain(brands), "codes": plain(codes)}
    try:
        header = values.Header(**given)
    except ValidationError as error:
        raise Refused(
            [Refusal("invalid", words, RefusalType.INVALID, field=str(at[0])) for at, words in sentences(error)]
        ) from error
    before = values.Header.stored(stood or {})
    found = [(field, words) for field, words in objections(header) if field in LISTS]
    found += [(str(at[0]), words) for at, words in (*unnamed(header), *marked(header, before))]
    for name in ("names", "brands"):
        found += [
            (name, f"“{row.name[:100]}” mixes letters of different alphabets that look alike. Type it again.")
            for row in getattr(header, name)
            if mixed_scripts(row.name)
        ]
    for code in header.codes:
        if not re.fullmatch(CODE_SYSTEMS[code.system], code.code, re.ASCII):
            found.append(("codes", f"“{code.code}” is not a code of {code.system}."))
    for name in LISTS:
        rows = getattr(header, name)
        if twice := next((row for row in rows if rows.count(row) > 1), None):
            found.append((name, f"“{twice.in_words}” stands there twice."))
    if found:
        raise Refused([Refusal("invalid", words, RefusalType.INVALID, field=field) for field, words in found])
    old = {words for _field, words in words_of(before)}
    if any(words not in old and holds_nhs_number(words) for _field, words in words_of(header)):
        raise refuse("patient_data", PATIENT, RefusalType.INVALID, recorded=False)
    held: dict[str, list[dict[str, str]]] = header.model_dump(mode="json", include=set(LISTS))
    return held
