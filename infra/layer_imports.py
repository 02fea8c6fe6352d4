"""Imports modules, each in a process of its own from a path of its own; it is run by a bare interpreter.

Reads `[{"entry": ..., "path": [...]}]` from its input and fails when a module can not be imported.
"""

import importlib
import json
import os
import sys
import traceback

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
    "AWS_SECRET_ACCESS_KEY": "none",
    "POWERTOOLS_TRACE_DISABLED": "true",
}
"""What Lambda says of itself, as far as an import reads it."""


def is_importable(entry: str, path: list[str]) -> bool:
    """Say whether a fork of this process can import a module and finds the handler in it."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            sys.path[:0] = path
            importlib.import_module(entry).handler  # noqa: B018 - that it is there is what is asked
            status = 0
        except BaseException:
            sys.stderr.write(f"{entry}:\n{traceback.format_exc(limit=-4)}\n")
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def main() -> int:
    """Import all that the input names; returns the exit status."""
    os.environ.update(_ENVIRONMENT)
    sys.stdout.flush()
    failed = [order for order in json.load(sys.stdin) if not is_importable(order["entry"], order["path"])]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
