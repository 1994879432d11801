"""What the desk calls each transition, before and after it is done."""

from monographs.models import Edition, State
from monographs.standing import overlays_of
from reviews.desk.base import and_list
from reviews.review.edition_review import EditionReview

PROFESSIONS_OF_TIER = {
    "high": "a specialist doctor and a pharmacist sign; full review every 12 months",
    "standard": "a doctor or pharmacist and one more registered clinician sign; full review every 24 months",
    "low": "a doctor or a pharmacist signs; full review every 36 months",
}
# The four steps of the path, with the state in which an edition stands on it.
STEPS = (State.DRAFT, State.IN_REVIEW, State.CLINICIAN_REVIEWED, State.PUBLISHED)


def button(transition: str, number: int, next_number: int) -> str:
    """Verb and thing, as the button says it. `next_number` is that of an edition to be started."""
    return {
        "start": f"Start edition {next_number}",
        "submit": "Send for review",
        "send-back": "Send back to the editors",
        "sign": f"Sign edition {number}",
        "unsign": "Take my signature back",
        "publish": f"Publish edition {number}",
        "discard": f"Give up edition {number}",
        "withdraw": "Withdraw the page",
        "confirm-withdrawal": "Confirm the withdrawal",
        "still-correct": f"Sign that edition {number} is still correct",
        "reinstate": "Bring the page back",
    }[transition]


def allowed(transition: str, case: EditionReview) -> str:
    """What it does, for whoever may do it now."""
    live = case.monograph.live
    stays = f"Edition {live.number} stays published." if live else "Readers notice nothing."
    return {
        "start": "A draft with the same words. Readers notice nothing until it is signed and published.",
        "submit": "Clinicians read and sign it next. Until somebody sends it back, nobody can change it.",
        "send-back": "It becomes a draft again. Signatures of this round no longer count.",
        "sign": "Read what changed, then sign with your password.",
        "unsign": "Your signature no longer counts. It and your reason are kept.",
        "publish": f"Readers see it at once.{f' It replaces edition {live.number}.' if live else ''}",
        "discard": f"It is closed and cannot be opened again. Its history is kept. {stays}",
        "withdraw": "Readers see it at once. Somebody of the other role, clinician or publisher, confirms it.",
        "confirm-withdrawal": "You looked at why it was withdrawn, and agree.",
        "still-correct": "Read all of it again, then sign with your password. A publisher can bring it back then.",
        "reinstate": "Readers get the signed page again, at its address.",
    }[transition]


def missing(case: EditionReview) -> list[str]:
    """Who still has to sign, each once: the union over all changed parts."""
    return list(dict.fromkeys(one for who in case.missing_sign_offs().values() for one in who))


def done(transition: str, edition: Edition) -> str:
    """What happened, and what comes next."""
    n = edition.number
    if transition in ("submit", "sign", "unsign"):
        case = EditionReview.load(edition)
        wanted = missing(case)
        waits = f"Next, {and_list(wanted)} must sign." if wanted else "A publisher can publish it now."
        return {
            "submit": f"Edition {n} is in review. {waits}",
            "sign": f"You signed edition {n}. {waits}",
            "unsign": f"Your signature on edition {n} no longer counts. {waits}",
        }[transition]
    return {
        "start": f"Edition {n} is started. Change it, then send it for review.",
        "send-back": f"Edition {n} is a draft again. Its editors see your reason in their queue.",
        "publish": f"Edition {n} is published. {_what_readers_see(edition)}",
        "discard": f"Edition {n} was given up. Its history is kept.",
        "withdraw": "The page is withdrawn. Below is where it is gone, and what is left to do.",
        "confirm-withdrawal": "You confirmed the withdrawal.",
        "still-correct": f"You signed that edition {n} is still correct. A publisher can bring the page back now.",
        "reinstate": "The page is back. Readers see it now.",
    }[transition]


def _what_readers_see(edition: Edition) -> str:
    kinds = {one.kind for one in overlays_of(edition.monograph_id)}
    if "take_down" in kinds:
        return "The page stays taken down until it is brought back."
    if "retire" in kinds:
        return "The page stays retired until it is brought back: readers see it under the banner."
    return "Readers see it now."
