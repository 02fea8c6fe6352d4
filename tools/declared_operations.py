"""What is operated: every job with its times and every queue, as `functions/admin/operations/declared.json` has it.

The functions of `admin` know by it what there is in the whole deployment, which no domain may import.
"""

import json
import sys
from pathlib import Path

from infra.functions import FUNCTIONS
from infra.routes import jobs_of
from lyceum.kit.manifest import Queue, Schedule, Stream

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "functions/admin/operations/declared.json"


def text() -> str:
    """Return what the file should hold."""
    jobs = [
        {"job": f"{function.domain}.{job}", "function": function.name, "times": times}
        for function in FUNCTIONS
        for job, times in jobs_of(function).items()
    ]
    queues = [
        {"queue": function.name, "domain": function.domain, "dead": f"{function.domain}-dead"}
        | ({"goes_with": function.goes_with} if function.goes_with else {})
        for function in FUNCTIONS
        if isinstance(function.trigger, Queue)
    ]
    dead = sorted({each.domain for each in FUNCTIONS if isinstance(each.trigger, Queue | Schedule | Stream)})
    found = {"jobs": jobs, "queues": queues, "dead": [f"{domain}-dead" for domain in dead]}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
    sys.stdout.write(f"{FILE.relative_to(ROOT)}\n")
