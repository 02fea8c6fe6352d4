"""Builds the third-party layers for Lambda from the lock file: `python -m infra.layers path/to/uv`."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from infra.functions import FUNCTIONS

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "build" / "layers"
PLATFORM = "aarch64-manylinux_2_34"
"""The C library of Amazon Linux 2023, on which this version of Python runs."""
PYTHON_VERSION = "3.13"
EVERYWHERE = "runtime"
PROVIDED = frozenset({"botocore", "jmespath", "python-dateutil", "six", "urllib3"})
"""What Lambda's own runtime brings along."""
_NOT_NEEDED = (
    "**/__pycache__",
    "**/tests",
    "**/test",
    "**/*.pyi",
    "**/*.dist-info/RECORD",
    "**/*.dist-info/WHEEL",
    "bin",
)
_MOST_BYTES = 250 * 1024 * 1024
_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


class LayerTooLarge(RuntimeError):
    """A function's code and layers would pass what Lambda unpacks."""


def build_all(uv: str) -> None:
    """Build the layer that every function has and each one that a row of the function table names."""
    groups = sorted({group for function in FUNCTIONS for group in function.layers})
    common = _pins(uv, EVERYWHERE)
    _build(uv, EVERYWHERE, common)
    for group in groups:
        own = {name: text for name, text in _pins(uv, group).items() if name not in common}
        _build(uv, group, own)


def _pins(uv: str, group: str) -> dict[str, str]:
    """Return the pinned requirements of a dependency group, with their hashes, by name."""
    command = [
        uv,
        "export",
        "--locked",
        "--quiet",
        "--only-group",
        group,
        "--no-emit-project",
        "--no-annotate",
        "--no-header",
    ]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own tool
    starts = [match.start() for match in _REQUIREMENT.finditer(text)]
    blocks = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    pins = {block.split("==", 1)[0].lower(): block for block in blocks}
    return {name: block for name, block in pins.items() if name not in PROVIDED}


def _build(uv: str, name: str, pins: dict[str, str]) -> None:
    folder = BUILT / name
    shutil.rmtree(folder, ignore_errors=True)
    target = folder / "python"
    target.mkdir(parents=True)
    requirements = BUILT / f"{name}.txt"
    requirements.write_text("".join(pins.values()))
    install = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--link-mode",
        "copy",
    ]
    place = [
        "--target",
        str(target),
        "--python-platform",
        PLATFORM,
        "--python-version",
        PYTHON_VERSION,
        "-r",
        str(requirements),
    ]
    subprocess.run([*install, *place], cwd=ROOT, check=True)  # noqa: S603 - our own tool
    _strip(target)
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    if size > _MOST_BYTES:
        raise LayerTooLarge(f"layer {name} is {size >> 20} MiB; Lambda unpacks at most {_MOST_BYTES >> 20} MiB")
    sys.stdout.write(f"· layer {name}: {size / (1 << 20):.1f} MiB in {len(pins)} packages\n")


def _strip(target: Path) -> None:
    """Remove what no function reads."""
    for pattern in _NOT_NEEDED:
        for path in sorted(target.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


if __name__ == "__main__":
    build_all(sys.argv[1])
