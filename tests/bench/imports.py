"""Cold imports: CPU seconds and memory of each Lambda's module, beside a bare set of the same libraries."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PATHS = [str(ROOT / "layers/lyceum/python"), str(ROOT)]
_RUNS = 3
_AT_ONCE = 2
BARE = (
    "import pydantic, pynamodb.models; from aws_lambda_powertools.event_handler import APIGatewayHttpResolver; "
    "APIGatewayHttpResolver(enable_validation=True)"
)


@dataclass
class Import:
    """The least of several runs: CPU seconds, and MiB that the process grew by."""

    name: str
    cpu_seconds: float
    mebibytes: float


def measure(name: str, statement: str) -> Import:
    """Run a statement in fresh interpreters and keep the least CPU time."""
    script = (
        f"import sys, time, json; sys.path[:0] = {_PATHS!r}\n"
        "def resident():\n"
        " return next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmRSS'))\n"
        "before = resident(); start = time.process_time()\n"
        f"{statement}\n"
        "spent = time.process_time() - start; print(json.dumps([spent, (resident() - before) / 1024]))"
    )
    runs = [
        json.loads(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)
        for _ in range(_RUNS)
    ]
    return Import(name, min(run[0] for run in runs), min(run[1] for run in runs))


def modules() -> list[str]:
    """Return every Lambda's entry module, read from the table of functions."""
    from infra.functions import FUNCTIONS

    return [function.entry for function in FUNCTIONS]


def table() -> list[str]:
    """Measure everything and return the rows of a Markdown table."""
    wanted = [
        ("Powertools + pydantic + PynamoDB, bare", BARE),
        *((f"`{name}`", f"import {name}") for name in modules()),
    ]
    measure(*wanted[0])  # so that the libraries' bytecode is there
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = list(pool.map(lambda each: measure(*each), wanted))
    bare = found[0].cpu_seconds
    rows = ["| import | CPU s | times bare | MiB |", "|---|--:|--:|--:|"]
    return [
        *rows,
        *(
            f"| {each.name} | {each.cpu_seconds:.2f} | {each.cpu_seconds / bare:.2f} | {each.mebibytes:.0f} |"
            for each in found
        ),
    ]
