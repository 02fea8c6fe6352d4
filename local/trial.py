"""A stack that lives only as long as one command, for tests that must not meet the developer's data."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from local import emulator
from local.place import ROOT, Place
from local.stack import up


def run(program: list[str], say: Callable[[str], None]) -> int:
    """Deploy to a free port and a temporary folder, run the program with both in its environment, remove all of it."""
    command = [part for part in program if part != "--"]
    home = Path(tempfile.mkdtemp(prefix="lyceum-trial-"))
    place = Place(home, _free_port())
    try:
        up(place, say)
        environment = os.environ | {"LYCEUM_HOME": str(home), "LYCEUM_PORT": str(place.port)}
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    finally:
        emulator.stop(place)
        shutil.rmtree(home, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
