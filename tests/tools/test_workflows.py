"""Actions of the workflows are named by digest: a tag that moves runs nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_action_is_pinned_by_its_digest() -> None:
    used = [line for path in (ROOT / ".github/workflows").glob("*.yml") for line in path.read_text().splitlines()]
    named = [line.split("uses:")[1].strip() for line in used if "uses:" in line]
    assert named
    assert [each for each in named if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", each)] == []
