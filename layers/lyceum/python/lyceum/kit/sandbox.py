"""Running a program on a file from outside: with little time and memory, and nothing of the function's environment."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from lyceum.kit.frozen import frozen

_PASSED_ON_VARIABLES = ("LD_LIBRARY_PATH", "PATH")
_MOST_OUTPUT_BYTES = 1 << 20
_MOST_OPEN_FILES = 64


class Overran(Exception):
    """A program took more than the time that it was given, and was ended."""


@frozen
class Outcome:
    """How a program ended; a negative code is the signal that ended it. Of each output the last mebibyte is kept."""

    code: int
    output: str
    errors: str


def run(command: Sequence[str], folder: Path, *, seconds: float, memory_mb: int, most_file_mb: int) -> Outcome:
    """Run a program in `folder` with bounded time, address space and size of each file; raises Overran.

    It gets no credentials: of the environment only where libraries are. Its whole process group is ended with it.
    """
    with (folder / ".out").open("w+b") as output, (folder / ".err").open("w+b") as errors:
        process = subprocess.Popen(  # noqa: S603 - callers build commands from fixed parts
            command,
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
            preexec_fn=lambda: _limit(memory_mb, most_file_mb),  # noqa: PLW1509 - it makes system calls only
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Overran(f"more than {seconds:.0f} s") from None
        finally:
            _end(process)
        return Outcome(code, _tail(output), _tail(errors))


def python_module(name: str, *arguments: str) -> list[str]:
    """Return the command that runs one of our modules in a fresh interpreter."""
    return [sys.executable, "-P", "-m", name, *arguments]


def _environment() -> dict[str, str]:
    passed_on = {name: value for name in _PASSED_ON_VARIABLES if (value := os.environ.get(name))}  # noqa: TID251 - the loader's, no settings
    return {**passed_on, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HOME": "/tmp", "LC_ALL": "C.UTF-8"}  # noqa: S108 - Lambda's only place


def _limit(memory_mb: int, most_file_mb: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_file_mb << 20, most_file_mb << 20))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_OPEN_FILES, _MOST_OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(file: BinaryIO) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _MOST_OUTPUT_BYTES))
    return file.read().decode("utf-8", "replace")
