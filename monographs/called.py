"""What a monograph is called wherever it stands beside others. Pure."""


def called(name: str, title: str) -> str:
    """Its title, because a drug may have a page for each use; and always the name of the drug, which a title may lack.
    "" if it has neither yet."""
    same = name.casefold()
    if not title or title.casefold() == same:
        return name
    return title if same in title.casefold() else f"{name}: {title}"
