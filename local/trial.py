"""A stack that lives only as long as one command, for tests that must not meet the developer's data."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from infra.functions import FUNCTIONS
from local import emulator, payment_providers
from local.functions import errors
from local.place import ROOT, Place
from local.stack import up


def run(program: list[str], say: Callable[[str], None]) -> int:
    """Deploy to a free port and a temporary folder, run the program with both in its environment, remove all of it.

    When the program fails, the errors that the functions logged are printed: they are gone with the stack.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    command = [part for part in program if part != "--"]
    home = Path(tempfile.mkdtemp(prefix="lyceum-trial-"))
    place = Place(home, _free_port())
    try:
        up(place, say)
        environment = os.environ | {"LYCEUM_HOME": str(home), "LYCEUM_PORT": str(place.port)}
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        if status:
            _print_errors(place)
        return status
    finally:
        payment_providers.stop(place)
        emulator.stop(place)
        shutil.rmtree(home, ignore_errors=True)


def _print_errors(place: Place) -> None:
    for function in FUNCTIONS:
        for line in errors(place, function.name):
            print(f"{function.name}: {line}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
