"""The first request of a process, with and without what is made ready before a snapshot is kept."""

import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

from lyceum.kit import snapshots
from tests.bench.requests import emulator_apart
from tests.support.cloud import cloud_in_process, forget_clients
from tests.support.http import LAMBDA, Client

ROOT = Path(__file__).parents[2]
_NOTHING = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
_ROUTES = {
    "functions.exams.http.delivery": f"/api/exams/{_NOTHING}",
    "functions.auth.http.accounts": "/api/auth/me",
    "functions.courses.http": f"/api/courses/{_NOTHING}",
}
_RUNS = 2


def table() -> list[str]:
    """Measure a route of some functions, each in fresh processes, and return the rows of a Markdown table."""
    rows = ["| first request of | CPU ms | CPU ms, primed | share |", "|---|--:|--:|--:|"]
    for module in _ROUTES:
        plain, primed = (min(_measured(module, how) for _ in range(_RUNS)) for how in ("plain", "primed"))
        rows.append(f"| `{module}` | {plain:.1f} | {primed:.1f} | {primed / plain:.2f} |")
    return rows


def _measured(module: str, how: str) -> float:
    command = [sys.executable, "-m", "tests.bench.first", module, how]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "layers/lyceum/python"), str(ROOT)))}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout.splitlines()[-1])


def main(module: str, how: str) -> None:
    """Print the CPU milliseconds of the first request, without the emulator's share."""
    with cloud_in_process() as cloud, cloud.new_tenant() as tenant:
        event = Client(cloud, tenant).as_("student").event("GET", _ROUTES[module], None, None, {})
        forget_clients()
        handler = importlib.import_module(module).handler
        if how == "primed":
            snapshots.prime()
        with emulator_apart() as apart:
            started = time.process_time()
            handler(event, LAMBDA)
            spent = time.process_time() - started - apart.cpu_seconds
    print(spent * 1000)


if __name__ == "__main__":
    import tests.conftest  # noqa: F401 - sets the environment of the in-process stack

    main(*sys.argv[1:])
