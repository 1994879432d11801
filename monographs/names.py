"""Names that look alike. Pure."""

import re
import unicodedata


def skeleton(name: str) -> str:
    """The name folded, so that two names that look alike have one skeleton."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("\u00b5", "\u03bc")
    return re.sub(r"[\s\-\u2010-\u2015]+", " ", folded).strip()


def mixed_scripts(name: str) -> bool:
    """Whether a word mixes Latin with Cyrillic or Greek letters. A Greek affix ("α-") is a word of its own."""
    for word in re.split(r"[\s\-\u2010-\u2015]+", unicodedata.normalize("NFKC", name)):
        scripts = {unicodedata.name(letter, "?").split()[0] for letter in word if letter.isalpha()}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1:
            return True
    return False
