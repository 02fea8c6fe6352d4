"""Steps that may crash or hang over a file, run in a process of their own: `python -m functions.content.processing.isolation STEP FILE FOLDER [MORE]`.

The process writes its files into the folder and one JSON object to its output: `{"facts": ...}` or `{"refused": reason}`.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lyceum.kit import sandbox

from functions.content.processing.rejection import Rejected

_SECONDS = 90
_MEMORY_MB = 1400
_MOST_FILE_MB = 300


def take(step: str, path: Path, folder: Path, *more: str) -> dict[str, Any]:
    """Take a step on a file and return the facts that it found; raises Rejected, also when the process broke down over the file."""
    command = sandbox.python_module("functions.content.processing.isolation", step, str(path), str(folder), *more)
    try:
        outcome = sandbox.run(command, folder, seconds=_SECONDS, memory_mb=_MEMORY_MB, most_file_mb=_MOST_FILE_MB)
    except sandbox.Overran:
        raise Rejected("The file takes too long to process.") from None
    try:
        answer: dict[str, Any] = json.loads(outcome.output)
    except ValueError:
        raise Rejected("The file is broken and can not be processed.") from None
    if reason := answer.get("refused"):
        raise Rejected(reason)
    facts: dict[str, Any] = answer["facts"]
    return facts


def steps() -> dict[str, Callable[..., dict[str, Any]]]:
    """Return every step by its name."""
    from functions.content.processing import documents, texts

    return {"rewrite": documents.rewrite, "look": documents.look, "purify": texts.purify}


def main(step: str, path: str, folder: str, *more: str) -> None:
    """Take a step in this process."""
    answer: dict[str, Any]
    try:
        answer = {"facts": steps()[step](Path(path), Path(folder), *more)}
    except Rejected as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": "The file takes too much memory to process."}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
