"""An installation as docs/deploy.md tells a stranger to make it: its lines, and those of docs/keys.md, typed on a copy of
this checkout beside an empty PostgreSQL, and nginx in front with a certificate of its own.

What belongs to the machine itself (packages, users, units of systemd, who signs in how to PostgreSQL) is not typed; every
other line is, by one user who is all of them, and a line that is neither stops the test.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
SITE = "monographs.example.org"
OF_THE_MACHINE = (
    "apt-get ", "adduser ", "systemctl ", "cp /srv/clincalc/code/deploy/", "nginx -t", "editor /etc/", "psql --command ",
    "certbot ", "systemd-ask-password ", "rsync ",
)  # fmt: skip
ELSEWHERE = ("/etc/postgresql/", "/etc/letsencrypt/", "/var/lib/clincalc-copies")
CLONE = "git clone --branch TAG ADDRESS "
SUDO = re.compile(r"sudo (?:-H )?(?:-u \w+ )?")


def lines(heading: str, page: str = "deploy.md") -> list[str]:
    """The lines below a heading of a page of docs/, in order, as they are typed."""
    text = (ROOT / "docs" / page).read_text()
    part = re.search(rf"^## {heading}$(.+?)(?:^## |\Z)", text, re.MULTILINE | re.DOTALL)[1]
    return [line.strip() for line in part.splitlines() if line.startswith(" " * 4) and line.strip()]


class Installation:
    """Where it was made, what each line said, and where nginx answers."""

    def __init__(self, home: Path, server: postgres.Cluster) -> None:
        self.home, self.server, self.code = home, server, home / "code"
        self.mails = home / "var" / "mails"
        self.said: dict[str, str] = {}
        self.port, self.inner = _free(), _free()
        # As a shell of the service's user has it: nothing of whoever runs the tests but where programs are.
        self.environment = {
            "PATH": f"{server.binaries}:{os.environ['PATH']}", "HOME": str(home), "LANG": "C.UTF-8",
            "PGHOST": str(server.directory), "PGUSER": "postgres",
        }  # fmt: skip

    @property
    def url(self) -> str:
        return f"https://{SITE}:{self.port}"

    def type(self, line: str) -> str:
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.code if self.code.exists() else self.home.parent, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"{line}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def follow(self, heading: str, page: str = "deploy.md") -> None:
        """Types what stands below a heading."""
        self.type_each(lines(heading, page))

    def type_each(self, these: list[str]) -> None:
        for line in these:
            bare = SUDO.sub("", line)
            if bare.startswith(OF_THE_MACHINE) or any(one in bare for one in ELSEWHERE):
                continue
            if bare.startswith(CLONE):
                _copy(self.here(bare.removeprefix(CLONE)))
            elif bare == "editor /srv/clincalc/.env":
                self.fill_in()
            else:
                if "install --" in bare:
                    bare = re.sub(r" --(?:owner|group)=[\w-]+", "", bare)
                self.said[line] = self.type(bare.replace("/srv/clincalc", str(self.home)).replace("OWNER", self.owner))

    def here(self, path: str) -> Path:
        return Path(path.replace("/srv/clincalc", str(self.home)))

    @property
    def owner(self) -> str:
        """The address of the database for whoever has its tables."""
        return f"'postgres://clincalc_owner@/clincalc?host={self.server.directory}'"

    def fill_in(self) -> None:
        """What a person does in the editor: the site's address, the socket of PostgreSQL, where mail goes."""
        path = self.home / ".env"
        text = path.read_text()
        for before, after in {
            f"SITE_URL=https://{SITE}": f"SITE_URL={self.url}",
            "host=/var/run/postgresql": f"host={self.server.directory}",
            "EMAIL_URL=smtp://localhost:25": f"EMAIL_URL=filemail:///{self.mails}",
            "/srv/clincalc/": f"{self.home}/",
        }.items():
            assert before in text, before
            text = text.replace(before, after)
        path.write_text(text)


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _copy(home: Path) -> None:
    """This checkout as a clone has it, with the libraries that are installed already."""
    home.mkdir(parents=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, home / name)
    (home / ".venv").symlink_to((ROOT / ".venv").resolve())
    (home / "requirements" / "runtime.txt").touch()
    os.utime(home / "requirements" / "runtime.txt", (0, 0))  # installed already


@contextmanager
def installed(directory: Path) -> Iterator[Installation]:
    """An installation after the last line that is typed, with nothing served yet."""
    with postgres.cluster() as server:
        made = Installation(directory / "clincalc", server)
        made.follow("For real")
        yield made


@contextmanager
def served(made: Installation) -> Iterator[str]:
    """Its service and nginx, as the unit and the file of `deploy/` say; the address that a browser opens."""
    start = re.search(r"^ExecStart=(.+)$", (made.code / "deploy" / "clincalc.service").read_text(), re.MULTILINE)[1]
    with (made.home / "service.log").open("w") as log:
        service = subprocess.Popen(
            [*start.split(), f"PORT={made.inner}"], cwd=made.code, env=made.environment, stdout=log,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        proxy = subprocess.Popen(
            ["nginx", "-p", str(made.home), "-c", str(_nginx(made)), "-g", "daemon off;"], stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait(made.inner, service, made.home / "service.log")
        _wait(made.port, proxy, made.home / "service.log")
        yield made.url
    finally:
        for process in (proxy, service):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait()


def _nginx(made: Installation) -> Path:
    """`deploy/nginx.conf` inside the frame that Debian's nginx has around it, with ports and paths of the test."""
    key, pem = made.home / "key.pem", made.home / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={SITE}"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(pem)], check=True, capture_output=True)
    text = (made.code / "deploy" / "nginx.conf").read_text()
    for before, after in {
        "/etc/ssl/certs/clincalc.pem": str(pem), "/etc/ssl/private/clincalc.key": str(key),
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{made.inner};",
        "listen 443 ssl": f"listen 127.0.0.1:{made.port} ssl",
        "listen 80;": f"listen 127.0.0.1:{_free()};",
        "/var/log/nginx/": f"{made.home}/",
    }.items():  # fmt: skip
        assert before in text, before
        text = text.replace(before, after)
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    # The port of a test stands in the address, and nginx's own $host leaves it out.
    text = text.replace("Host $host;", "Host $http_host;")
    path = made.home / "nginx.conf"
    frame = "pid {0}/nginx.pid; error_log {0}/nginx.log; events {{}} http {{ {1}\n{2} }}"
    parts = " ".join(
        f"{name}_temp_path {made.home}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root; " if os.geteuid() == 0 else ""
    path.write_text(user + frame.format(made.home, parts, text))
    return path


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())
