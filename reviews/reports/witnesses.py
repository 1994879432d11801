"""Lines of the checkpoint file, mailed to whoever audits: what they keep shows what was done to ours."""

from monographs.standing import today
from reviews.models import Grant
from reviews.reports.mailing import Letter, ServerGone, deliver

KEEP = """Keep it where nobody who administers the database can change it. Put one below the other in a file, lines that
you kept are what “manage.py verify_trail --checkpoints FILE” holds the trail against."""


class NotMailed(Exception):
    """Some auditor was not sent the line, with a sentence that says who or why."""


def mail_line(line: str, subject: str, said: str) -> int:
    """Sends each auditor a line, and `said` above it. Answers how many there are."""
    auditing = Grant.objects.counting(today()).filter(role="auditor", person__is_active=True)
    people = {one.person.email: one.person for one in auditing.select_related("person") if one.person.email}
    body = f"{said}\n\n{line}\n\n{KEEP}"
    letters = [Letter(to, subject, body, person) for to, person in sorted(people.items())]
    try:
        refused = [letter.about.get_username() for letter, code in deliver(letters) if code]
    except ServerGone as error:
        raise NotMailed("The line was written. The mail server is gone: no auditor was sent it.") from error
    if refused:
        raise NotMailed(f"The line was written. The mail server refused it for {', '.join(refused)}.")
    return len(letters)


def mailed_to(many: int) -> str:
    return f"Mailed to {many} auditor{'s' * (many > 1)}."
