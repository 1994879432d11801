"""Programs of Debian's that tests need beside the locked libraries."""

import os
import shutil
import subprocess


def why_missing(program: str, package: str) -> str | None:
    """Installs `package` if `program` is not there. Answers why it is missing still, or None when it is there."""
    if shutil.which(program):
        return None
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return f"there is no {program} here, and only root on Debian can install it (apt-get install {package})"
    print(f"Installing {package} for the tests …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "-y", "install", package]):
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            return f"`{' '.join(command)}` failed"
    return None
