"""Starting and stopping the local payment providers beside the emulator, and telling the stack where they are."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from local.payments.state import KEYS
from local.place import ROOT, LocalFailure, Place

_MODULE = "local.payments.server"
_START_SECONDS = 30


def start(place: Place) -> bool:
    """Start the local providers unless they run; returns whether that was needed. Raises LocalFailure."""
    if _process(place) is not None:
        return False
    folder = _folder(place)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ready").unlink(missing_ok=True)
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", _MODULE, str(folder)],
            cwd=ROOT,
            env=place.environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (folder / "pid").write_text(str(process.pid))
    deadline = time.monotonic() + _START_SECONDS
    while not (folder / "ready").is_file():
        if process.poll() is not None or time.monotonic() > deadline:
            raise LocalFailure(f"the local payment providers did not start: look at {folder / 'log'}")
        time.sleep(0.05)
    return True


def stop(place: Place) -> bool:
    """Stop the local providers; what they knew is gone. Returns whether they ran."""
    process = _process(place)
    if process is None:
        return False
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(psutil.TimeoutExpired):
        process.wait(10)
    (_folder(place) / "pid").unlink(missing_ok=True)
    return True


def url(place: Place) -> str:
    """Return the address of the local providers."""
    return f"http://127.0.0.1:{(_folder(place) / 'port').read_text()}"


def connect(place: Place, api_url: str) -> None:
    """Tell the providers where webhooks go, and the stack where the providers are and by what they know it."""
    (_folder(place) / "webhooks").write_text(f"{api_url}/api/payments/webhook")
    text = json.dumps(keys(url(place)))
    name, secrets = _secret_name(), place.client("secretsmanager")
    try:
        secrets.put_secret_value(SecretId=name, SecretString=text)
    except secrets.exceptions.ResourceNotFoundException:
        secrets.create_secret(Name=name, SecretString=text)


def keys(home: str) -> dict[str, Any]:
    """Return the secret of a stack whose providers are at an address."""
    given = {name: {**own, "baseUrl": f"{home}/{name}"} for name, own in KEYS.items()}
    given["flutterwave"]["tokenUrl"] = f"{home}/flutterwave/token"
    return given


def _secret_name() -> str:
    from infra.settings import Stage
    from lyceum.kit.settings import LOCAL

    return Stage.load(LOCAL).name_of("payments")


def _folder(place: Place) -> Path:
    return place.home / "payments"


def _process(place: Place) -> psutil.Process | None:
    """Return the program if it runs; a stranger that got its id does not count."""
    with contextlib.suppress(OSError, ValueError, psutil.NoSuchProcess):
        process = psutil.Process(int((_folder(place) / "pid").read_text()))
        if process.status() != psutil.STATUS_ZOMBIE and _MODULE in process.cmdline():
            return process
    return None
