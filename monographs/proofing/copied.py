"""Words that were copied from another drug's page and still name that drug. Pure."""

import re
from collections.abc import Collection, Iterator

from monographs.checks.typed_words import written
from monographs.document import Part
from monographs.proofing.proof import Finding, Place
from monographs.proofing.readable import readable

RULE = "copied"
_SENTENCE = (
    "This was copied from its page. Write what is so of this drug; if it is meant, write it into a part of your own."
)


def names_in(part: Part, names: Collection[str]) -> Iterator[tuple[Place, list[Finding]]]:
    """Each of these names, whole and in whatever letters, in each text of a part. It stands against a submission."""
    known = sorted(filter(None, names), key=len, reverse=True)
    if not known:
        return
    any_of = "|".join(r"\s+".join(map(re.escape, name.split())) for name in known)
    pattern = re.compile(rf"(?<!\w)(?:{any_of})(?!\w)", re.IGNORECASE)
    for one in written(part):
        read = readable(one.text, is_prose=one.is_prose)
        found = [Finding(RULE, "block", *read.typed(*hit.span()), _SENTENCE) for hit in pattern.finditer(read.words)]
        if found:
            yield Place(part.key, one.field, part.label_for_people, one.text), found
