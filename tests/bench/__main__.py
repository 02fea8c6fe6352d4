"""`python -m tests.bench`: measures, prints, and keeps the figures in docs/performance.md."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "layers/lyceum/python"), str(ROOT)]
os.environ["POWERTOOLS_LOG_LEVEL"] = "ERROR"

import tests.conftest  # noqa: E402, F401 - sets the environment of the in-process stack
from tests.bench import courses, draws, importing, imports, live, notices, processing, requests  # noqa: E402
from tests.support.cloud import cloud_in_process  # noqa: E402
from tests.support.http import Client  # noqa: E402

_HEAD = """# Performance

Written by `make bench`. CPU figures are of the machine it ran on and mean something beside each other only: compare the
ratios.
Storage requests do not depend on the machine; the tests assert them.
"""


def main() -> None:
    """Measure everything and write the page."""
    parts = [_HEAD, "## Cold imports\n", *imports.table()]
    with cloud_in_process() as cloud:
        with cloud.new_tenant() as tenant:
            parts += ["\n## Warm requests\n", *requests.table(Client(cloud, tenant))]
        with cloud.new_tenant() as tenant:
            parts += ["\n## Growing courses\n", *courses.table(Client(cloud, tenant))]
        parts += ["\n## Random draw\n", *draws.table(cloud)]
        parts += ["\n## Bulk import\n", *importing.table(cloud)]
        parts += ["\n## A notice for everybody\n", *notices.table(cloud)]
    parts += ["\n## From an event to its reader\n", *live.table()]
    parts += ["\n## Processing of files\n", *processing.table()]
    page = "\n".join(parts) + "\n"
    print(page)
    (ROOT / "docs/performance.md").write_text(page)


if __name__ == "__main__":
    main()
