"""What changed between two documents. Pure."""

from monographs.document import PART_FIELDS, Document, digest_of_part


def changed_parts(old: Document | None, new: Document) -> frozenset[str]:
    """Keys of the parts that differ: "header", "order", and the key of each part that was added, changed or removed.

    "order" is among them when parts that both documents have stand in another order; an insertion or removal alone is
    no move. Without an old document everything that is there has changed.
    """
    if old is None:
        return frozenset({"header", *(str(part.key) for part in new.parts())})
    before, after = old.by_key(), new.by_key()
    changed = {str(key) for key in before.keys() ^ after.keys()}
    for key in before.keys() & after.keys():
        one, other = before[key], after[key]
        if type(one) is not type(other) or digest_of_part(one) != digest_of_part(other):
            changed.add(str(key))
    if digest_of_part(old.header) != digest_of_part(new.header):
        changed.add("header")
    for field in PART_FIELDS.values():
        stayed = [part.key for part in getattr(old, field) if part.key in after]
        if stayed != [part.key for part in getattr(new, field) if part.key in before]:
            changed.add("order")
    return frozenset(changed)
