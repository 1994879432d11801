"""The kinds of overlay, and their groups. Pure.

The list is closed: whatever else is to be said over a page needs a signature (clinical/safety_notices.md, Overlays).
"""

KINDS = {
    "withhold": "Dose withheld",
    "warning": "Urgent warning",
    "erratum": "Correction",
    "retire": "Retired",
    "take_down": "Removed",
    "lift": "Lifted",
}
# They keep the page from readers until they are lifted.
WITHDRAWALS = ("retire", "take_down")
# They stand at once, and somebody else confirms them: by which action of the policy.
CONFIRMED_BY = {"warning": "countersign", **dict.fromkeys(WITHDRAWALS, "confirm-withdrawal")}
