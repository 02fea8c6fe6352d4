"""Starting and stopping the emulator; it keeps its data between runs."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil

from local.place import REGION, LocalFailure, Place

_PROGRAM = Path(__file__).with_name("emulated.py")
_START_SECONDS = 60
_STOP_SECONDS = 60


def start(place: Place) -> bool:
    """Start the emulator unless it runs; returns whether it had to. Raises LocalFailure when it does not come up."""
    if is_running(place):
        return False
    if _pid(place) is not None:
        raise LocalFailure(f"the emulator of {place.home} runs, but not on port {place.port}; `make down` stops it")
    if _port_is_taken(place):
        raise LocalFailure(
            f"port {place.port} is used by another program; stop it or choose another port with LYCEUM_PORT"
        )
    for folder in ("state", "files", "tmp"):
        (place.emulator / folder).mkdir(parents=True, exist_ok=True)
    rewind_streams(place)
    with (place.emulator / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", str(_PROGRAM)],
            cwd=place.emulator,
            env=_environment(place),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (place.emulator / "pid").write_text(str(process.pid))
    _await_health(place, process)
    return True


def stop(place: Place) -> bool:
    """Stop the emulator so that it saves its state; returns whether it ran, or raises LocalFailure when it goes on."""
    pid = _pid(place)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while _pid(place) is not None:
        if time.monotonic() > deadline:
            raise LocalFailure(
                f"the emulator (process {pid}) does not end; it may still be saving: look at {place.emulator / 'log'}"
            )
        time.sleep(0.1)
    (place.emulator / "pid").unlink(missing_ok=True)
    return True


def is_running(place: Place) -> bool:
    """Whether this place's emulator runs and answers."""
    return _pid(place) is not None and _is_healthy(place)


def was_killed(place: Place) -> bool:
    """Whether the emulator ended without being told to, so that what came after its last checkpoint is lost."""
    return (place.emulator / "pid").is_file() and _pid(place) is None


def rewind_streams(place: Place) -> None:
    """Set the saved positions of all stream readers to the start.

    The emulator keeps positions over a restart but not the records that they count, so without this the first new
    records would be skipped.
    """
    saved = place.emulator / "state" / "lambda.json"
    if not saved.is_file():
        return
    state = json.loads(saved.read_text())
    positions: dict[str, int] = state["payload"]["dynamodb_stream_positions"]["data"]
    positions.update(dict.fromkeys(positions, 0))
    saved.write_text(json.dumps(state))


def _environment(place: Place) -> dict[str, str]:
    environment = place.environment()
    del environment["AWS_ENDPOINT_URL"]  # the emulator itself would call it
    return environment | {
        "AUTH": "true",
        "GATEWAY_PORT": str(place.port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(place.emulator / "tmp"),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(place.emulator / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(place.emulator / "files"),
    }


def _await_health(place: Place, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _is_healthy(place):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join((place.emulator / "log").read_text(errors="replace").splitlines()[-15:])
            raise LocalFailure(f"the emulator did not start; the end of its log ({place.emulator / 'log'}):\n{tail}")
        time.sleep(0.1)


def _is_healthy(place: Place) -> bool:
    try:
        with urllib.request.urlopen(f"{place.url}/_ministack/health", timeout=5) as answer:  # noqa: S310 - http on loopback
            return bool(answer.status == 200)
    except OSError:
        return False


def _port_is_taken(place: Place) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", place.port)) == 0


def _pid(place: Place) -> int | None:
    """Return the emulator's process id if it runs; a stopped child, or a stranger that got the id, does not count."""
    with contextlib.suppress(OSError, ValueError, psutil.NoSuchProcess):
        process = psutil.Process(int((place.emulator / "pid").read_text()))
        if process.status() != psutil.STATUS_ZOMBIE and {"ministack", str(_PROGRAM)} & set(process.cmdline()):
            return int(process.pid)
    return None
