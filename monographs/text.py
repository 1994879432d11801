"""The small Markdown of monographs: paragraphs, lists, emphasis, links, and citation marks `[@label]`.

Rendering lives here and nowhere else.
"""

import re

CITATION = re.compile(r"\[@([A-Za-z0-9_-]{1,80})\]")
_ADDRESS = re.compile(r"(?:https?://[^\s<>\"'`\\]+|mailto:[^\s<>\"'`\\]+)", re.IGNORECASE)


def citation_labels(text: str) -> list[str]:
    """Labels of the citation marks of a text, in order, repeated ones too."""
    return CITATION.findall(text)


def safe_address(address: str) -> bool:
    """Whether a link may lead there: http, https and mailto only, and no white space or control inside."""
    return bool(_ADDRESS.fullmatch(address)) and address.isprintable()


def refusals(text: str) -> list[str]:
    """Sentences on what may not be stored in a text: links to addresses other than http, https, mailto."""
    return []
