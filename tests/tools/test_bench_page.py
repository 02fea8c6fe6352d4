"""The bench writes the parts that it measured and leaves the others as they were."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SCRIPT = """
from tests.bench.__main__ import PARTS, sections, written
page = "# Performance\\n\\nold words\\n\\n## Warm requests\\n\\n| a |\\n\\n## Random draw\\n\\n| b |\\n"
assert sections(page) == {"Warm requests": "| a |", "Random draw": "| b |"}
again = written({"Random draw": ["| c |"], "Cold imports": ["| d |"]}, page)
assert sections(again) == {"Cold imports": "| d |", "Warm requests": "| a |", "Random draw": "| c |"}
assert written({}, again) == again
assert "old words" not in again
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False, capture_output=True, text=True)


def test_only_what_was_measured_is_written_anew() -> None:
    done = run("-c", _SCRIPT)
    assert done.returncode == 0, done.stderr


def test_a_part_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    done = run("-m", "tests.bench", "speed")
    assert done.returncode == 1
    parts = (
        "imports, first, requests, courses, leaks, payments, selling, studying, figures, community, draws, importing, "
        "notices, live, search, processing"
    )
    assert done.stderr == f"there is no part speed; choose of {parts}\n"
