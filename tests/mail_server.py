"""A mail server that refuses some, or goes away in the middle: `settings.EMAIL_BACKEND = mail_server.BACKEND`."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.mail.backends.locmem import EmailBackend

BACKEND = "tests.mail_server.Server"
# Address -> what the server says to it; and after how many letters it is gone.
refuses: dict[str, Exception] = {}
letters_left: list[int] = []
tried: list[str] = []


class Server(EmailBackend):
    def open(self) -> None:
        if letters_left and letters_left[0] <= 0:
            raise ConnectionRefusedError

    def send_messages(self, messages) -> int:
        for message in messages:
            (to,) = message.to
            tried.append(to)
            if letters_left:
                if letters_left[0] <= 0:
                    raise ConnectionResetError
                letters_left[0] -= 1
            if to in refuses:
                raise refuses[to]
            message.message()  # as the one over SMTP does: an address that cannot be encoded ends here
        return super().send_messages(messages)


@contextmanager
def serving(
    settings, refused: dict[str, Exception] | None = None, gone_after: int | None = None
) -> Iterator[list[str]]:
    """Inside, letters go to this server. Yields the addresses that were tried."""
    before = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = BACKEND
    refuses.update(refused or {})
    letters_left[:] = [] if gone_after is None else [gone_after]
    tried.clear()
    try:
        yield tried
    finally:
        settings.EMAIL_BACKEND = before
        refuses.clear()
        letters_left.clear()
