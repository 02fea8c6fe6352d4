"""Writes NOTICE: what of others goes with a deployment, and under which licence: `python -m tools.notice UV`.

Packages are those of the layers, as `uv.lock` has them; their licences are what their own metadata say.
"""

import sys
from importlib import metadata
from pathlib import Path

from infra.layers import groups

ROOT = Path(__file__).parents[1]
FILE = ROOT / "NOTICE"
_HEAD = """Lyceum
Licensed under the Apache License, Version 2.0; see LICENSE.

A deployment holds works of others beside it, each under its own licence. Packages of Python, unchanged, in layers that
can be exchanged for other versions of them:

"""
_BESIDES = """
The program FFmpeg (GNU General Public License 3.0) comes within imageio-ffmpeg; recordings are handed to it as to any
other program.
Fonts: Noto Sans and Noto Sans Math (The Noto Project Authors), SIL Open Font License 1.1, with the documents that are
typeset.
"""


def licence_of(name: str) -> str:
    """Return a package's licence as its metadata say; raises LookupError for one that says nothing."""
    told = metadata.metadata(name)
    if expression := told["License-Expression"]:
        return str(expression)
    classifiers = [each.rpartition(" :: ")[2] for each in told.get_all("Classifier") or [] if "License ::" in each]
    if classifiers:
        return ", ".join(classifiers)
    short = (told["License"] or "").strip().partition("\n")[0]
    if not short:
        raise LookupError(f"{name} names no licence")
    return short


def text(uv: str) -> str:
    """Return what the file should hold; `uv` is the tool that reads the lock file."""
    names = sorted({name for pins in groups(uv).values() for name in pins})
    return _HEAD + "".join(f"  {name}: {licence_of(name)}\n" for name in names) + _BESIDES


if __name__ == "__main__":
    FILE.write_text(text(sys.argv[1]))
    sys.stdout.write(f"{FILE.relative_to(ROOT)}\n")
