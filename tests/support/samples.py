"""Real files to try things on, where there are any; tests pass without them."""

import os
from pathlib import Path


def samples(name: str) -> Path:
    """Return a folder of real files below the one that `LYCEUM_SAMPLES` names; without that it does not exist."""
    return Path(os.environ.get("LYCEUM_SAMPLES", "no-samples")) / name
