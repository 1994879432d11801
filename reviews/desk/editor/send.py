"""Sending the edition for review from the page on which it is written, once that page sees nothing against it.
The transition judges for itself (reviews.workflow)."""

from dataclasses import dataclass

from monographs.digest import digest
from monographs.document import SafetyNotice
from monographs.proofing.proof import Doses
from monographs.signable import signable
from reviews.access import policy
from reviews.desk.editor.context import EditorContext
from reviews.review.proofed import hints_of

# In few words, for a line that stays in sight; the guard `something_changed` says the rest.
ONLY_FIGURES = "Nothing to review yet: only doses that readers are not shown differ. Keep this draft open."


@dataclass(frozen=True)
class Send:
    """`digest` is of what would be sent. `asks`: proofing wants a reason or a change first, and the workspace says
    which. `why_not`: readers would get what they have."""

    digest: str
    asks: bool
    why_not: str = ""


def sending(editor: EditorContext, touched: set[str]) -> Send | None:
    """None if this person may not, or if nothing was changed in this edition. `touched` are the keys of what was."""
    if not (touched and editor.is_draft and policy.can(editor.request.user, "submit", editor.edition)):
        return None
    document, live = editor.document, editor.monograph.live
    sent = digest(signable(document))
    if document.regimens and live is not None and sent == live.document_id:
        if tuple(editor.live_doses.values()) != document.regimens:
            return Send(sent, asks=False, why_not=ONLY_FIGURES)
    return Send(sent, _asks(editor, touched))


def _asks(editor: EditorContext, touched: set[str]) -> bool:
    """More than the transition asks for, never less: what was changed back to what readers see counts here too."""
    document = editor.document
    labels, doses = {citation.label for citation in document.citations}, Doses.in_document(document)
    changed = [part for part in document.parts() if str(part.key) in touched]
    values = [*([document.header] if "header" in touched else []), *changed]
    return any(
        one.finding.severity != "advise"
        for value in values
        for one in hints_of(value, labels, doses, editor.names_of(value))
        if not (isinstance(value, SafetyNotice) and one.finding.rule == "L35")
    )
