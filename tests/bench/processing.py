"""Processing of files: seconds and peak memory for each kind, and how much smaller the low rendition is.

Each file is worked on in a fresh process, by the steps of the pipeline without storage. Peak memory is what that
process grew by or what the largest program that it started used, whichever is more. Real photographs and documents are
taken where they are at hand.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.samples import samples

ROOT = Path(__file__).parents[2]
_REAL = samples("")
_MEBIBYTE = 1 << 20


def table() -> list[str]:
    """Measure each kind and return the rows of a Markdown table."""
    rows = [
        "| file | MiB | seconds | seconds per MiB | peak MiB | GB-seconds for 1000 | low, share of original |",
        "|---|---|---|---|---|---|---|",
    ]
    with TemporaryDirectory() as folder:
        for name, content_type, body in _files():
            path = Path(folder) / "file"
            path.write_bytes(body)
            command = [sys.executable, "-m", "tests.bench.processing", content_type, str(path)]
            found = json.loads(
                subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout.splitlines()[-1]
            )
            size = len(body) / _MEBIBYTE
            low = f"{found['low'] / len(body):.0%}" if found["low"] else "none"
            rows.append(
                f"| {name} | {size:.2f} | {found['seconds']:.2f} | {found['seconds'] / size:.2f} "
                f"| {found['peak']:.0f} | {_billed(content_type, found)} | {low} |"
            )
    return rows


def _billed(content_type: str, found: dict[str, Any]) -> str:
    """Say what a thousand such files are billed at their worker's memory, as if it were as fast as this machine."""
    from infra.functions import FUNCTIONS

    worker = (
        "functions.content.events.transcoding"
        if content_type.startswith(("audio/", "video/"))
        else "functions.content.events.processing"
    )
    (row,) = [function for function in FUNCTIONS if function.entry == worker]
    return f"{1000 * found['seconds'] * row.memory_mb / 1024:.0f}"


def _files() -> list[tuple[str, str, bytes]]:
    from tests.content import pictures, samples

    files = [
        ("photograph, 12 megapixels", "image/jpeg", samples.noise(4000, 3000)),
        ("document, 1 page, 1 photograph", "application/pdf", samples.document(image=samples.noise(3000, 2000))),
        ("film, 720p, 20 s", "video/mp4", samples.film(picture="1280x720", seconds=20)),
        ("speech, MP3, 5 min", "audio/mpeg", samples.recording("a.mp3", "-b:a", "128k", seconds=300)),
        ("Markdown", "text/markdown", b"# Title\n\nSome *words* and a [link](https://example.com).\n\n" * 8000),
        (
            "package, 200 files",
            "application/zip",
            samples.package({"index.html": b"x", **{f"{n}.jpg": pictures.picture() for n in range(200)}}),
        ),
    ]
    for kind, content_type, pattern in (
        ("photograph", "image/jpeg", "images-exif/**/*.jpg"),
        ("document", "application/pdf", "pdf-samples/**/*.pdf"),
    ):
        real = sorted(_REAL.glob(pattern), key=lambda path: path.stat().st_size)
        files += [(f"real {kind}, the largest at hand", content_type, path.read_bytes()) for path in real[-1:]]
    return files


def _measure(content_type: str, path: Path) -> dict[str, Any]:
    from lyceum.rules.uploads.purposes import KINDS, PURPOSES

    from functions.content.processing import file_type, images, isolation, recordings, scanner
    from functions.content.processing.archives import packages

    with TemporaryDirectory() as place:
        folder, kind = Path(place), KINDS[content_type]
        before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
        file_type.check_type(path, content_type)
        scanner.scan(path, content_type)
        sizes: list[int] = []
        if kind == "image":
            sizes = [made.path.stat().st_size for made in images.resize(path, folder, PURPOSES["library"])]
        elif kind == "document":
            isolation.run_step("rewrite", path, folder)
            isolation.run_step("preview", folder / "original", folder)
        elif kind == "text":
            isolation.run_step("sanitise", path, folder, content_type)
        elif kind == "package":
            packages.repack(path, folder)
        else:
            found = recordings.probe(path, folder, content_type)
            for make in (recordings.copy, recordings.shrink, *([recordings.preview] if kind == "video" else [])):
                make(path, folder, content_type, found)
        seconds = time.perf_counter() - started
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        peak = max(grown, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024
        low = folder / "low"
        return {"seconds": seconds, "peak": peak, "low": low.stat().st_size if low.exists() else min(sizes, default=0)}


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / "layers/lyceum/python"), str(ROOT)]
    print(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]))))
