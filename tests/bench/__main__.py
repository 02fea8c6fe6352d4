"""`python -m tests.bench [part ...]`: measures, prints, and keeps the figures in docs/performance.md.

Only the parts that were measured are written anew; `make bench PART=requests` measures one.
"""

import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "layers/lyceum/python"), str(ROOT)]
os.environ["POWERTOOLS_LOG_LEVEL"] = "ERROR"

import tests.conftest  # noqa: E402, F401 - sets the environment of the in-process stack
from tests.bench import (  # noqa: E402
    community,
    courses,
    draws,
    first,
    importing,
    imports,
    live,
    notices,
    payments,
    processing,
    requests,
    search,
    selling,
    study,
)
from tests.simulation import leaks  # noqa: E402
from tests.support.cloud import Cloud, cloud_in_process  # noqa: E402
from tests.support.http import Client  # noqa: E402

PAGE = ROOT / "docs" / "performance.md"
HEAD = """# Performance

Written by `make bench`, or a part of it by `make bench PART=requests`. CPU figures are of the machine it ran on and
mean something beside each other only: compare the ratios. Storage requests and units do not depend on the machine; the
tests assert them.
"""
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)


def _of_tenant(measure: Callable[[Client], list[str]]) -> Callable[[Cloud], list[str]]:
    """Let a part measure in a tenant of its own."""

    def in_tenant(cloud: Cloud) -> list[str]:
        with cloud.new_tenant() as tenant:
            return measure(Client(cloud, tenant))

    return in_tenant


PARTS: dict[str, tuple[str, Callable[[Cloud], list[str]]]] = {
    "imports": ("Cold imports", lambda _: imports.table()),
    "first": ("First requests", lambda _: first.table()),
    "requests": ("Warm requests", _of_tenant(requests.table)),
    "courses": ("Growing courses", _of_tenant(courses.table)),
    "leaks": ("Ten thousand calls", _of_tenant(leaks.table)),
    "payments": ("Payments", _of_tenant(payments.table)),
    "selling": ("Store and marketplace", _of_tenant(selling.table)),
    "studying": ("Studying", _of_tenant(study.table)),
    "figures": ("Figures and boards", _of_tenant(study.figures)),
    "community": ("People helping people", _of_tenant(community.table)),
    "draws": ("Random draw", draws.table),
    "importing": ("Bulk import", importing.table),
    "notices": ("A notice for everybody", notices.table),
    "live": ("From an event to its reader", lambda _: live.table()),
    "search": ("Search", search.table),
    "processing": ("Processing of files", lambda _: processing.table()),
}
"""What is measured: by the name of a part, the title of its section and what measures it."""


def sections(page: str) -> dict[str, str]:
    """Return what a page has written below each of its titles."""
    pieces = _SECTION.split(page)
    return {title: text.strip("\n") for title, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def written(measured: dict[str, list[str]], page: str) -> str:
    """Return the page with what was measured now, by titles, and the rest as it was."""
    known = sections(page) | {title: "\n".join(rows) for title, rows in measured.items()}
    own = [title for title, _ in PARTS.values() if title in known]
    titles = [*own, *(title for title in known if title not in own)]  # the simulator keeps a section of its own
    return "\n".join([HEAD, *(f"## {title}\n\n{known[title]}\n" for title in titles)])


def main(names: Sequence[str]) -> int:
    """Measure the named parts, or all, and write the page; returns the exit status."""
    unknown = sorted(set(names) - PARTS.keys())
    if unknown:
        sys.stderr.write(f"there is no part {', '.join(unknown)}; choose of {', '.join(PARTS)}\n")
        return 1
    wanted = [name for name in PARTS if name in (names or PARTS)]
    measured: dict[str, list[str]] = {}
    began = time.monotonic()
    with cloud_in_process() as cloud:
        for place, name in enumerate(wanted, start=1):
            title, measure = PARTS[name]
            print(f"· {place} of {len(wanted)}: {title}, after {time.monotonic() - began:.0f} s", flush=True)
            measured[title] = measure(cloud)
            print("\n".join(measured[title]) + "\n", flush=True)
            PAGE.write_text(written(measured, PAGE.read_text()))
    print(f"· measured in {time.monotonic() - began:.0f} s; see {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
