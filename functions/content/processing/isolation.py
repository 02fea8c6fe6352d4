"""Steps that may crash or hang over a file, run in a process of their own.

    python -m functions.content.processing.isolation STEP FILE FOLDER [ARGUMENT...]

It writes its files into the folder and one JSON object to its output: `{"facts": ...}` or `{"rejected": reason}`.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lyceum.kit import sandbox

from functions.content.processing.rejection import Rejected

_MODULE = "functions.content.processing.isolation"
_SECONDS = 90
_MEMORY_MB = 1400
_MOST_FILE_MB = 300


def run_step(step: str, path: Path, folder: Path, *arguments: str) -> dict[str, Any]:
    """Take a step on a file and return the facts that it found.

    Raises Rejected with the step's reason, or because its process took too much time or memory, or crashed.
    """
    command = sandbox.python_module(_MODULE, step, str(path), str(folder), *arguments)
    try:
        outcome = sandbox.run(command, folder, seconds=_SECONDS, memory_mb=_MEMORY_MB, most_file_mb=_MOST_FILE_MB)
    except sandbox.Overran:
        raise Rejected("The file takes too long to process.") from None
    try:
        answer: dict[str, Any] = json.loads(outcome.output)
    except ValueError:
        raise Rejected("The file is broken and can not be processed.") from None
    if reason := answer.get("rejected"):
        raise Rejected(reason)
    facts: dict[str, Any] = answer["facts"]
    return facts


def steps() -> dict[str, Callable[..., dict[str, Any]]]:
    """Return every step by its name."""
    from functions.content.processing import documents, office, texts
    from functions.content.processing.spatial import model_pictures, models

    return {
        "rewrite": documents.rewrite,
        "preview": documents.preview,
        "sanitise": texts.sanitise_file,
        "repack_office": office.repack_file,
        "repack_model": models.repack_file,
        "draw_model": model_pictures.draw,
    }


def main(step: str, path: str, folder: str, *arguments: str) -> None:
    """Take a step in this process."""
    answer: dict[str, Any]
    try:
        answer = {"facts": steps()[step](Path(path), Path(folder), *arguments)}
    except Rejected as rejection:
        answer = {"rejected": str(rejection)}
    except MemoryError:
        answer = {"rejected": "The file takes too much memory to process."}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
