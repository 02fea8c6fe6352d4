"""`python -m local up | down | reset | logs | invoke | trial`; the Makefile's targets call it."""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from infra.functions import DoesNotFit
from infra.gateway import GatewayConflict
from infra.settings import UnfitSettings
from local import emulator, payment_providers
from local.place import LocalFailure, Place


def main() -> int:
    """Run one command; returns the exit status."""
    arguments = _parser().parse_args()
    place = Place.from_environment()
    _leave_other_clouds(place)
    try:
        return int(_COMMANDS[arguments.command](place, arguments) or 0)
    except (LocalFailure, DoesNotFit, GatewayConflict, UnfitSettings) as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _leave_other_clouds(place: Place) -> None:
    """Replace what this process inherited about AWS by the emulator's root user."""
    for name in [
        name
        for name in os.environ
        if name.startswith(("AWS_", "LYCEUM_")) and name not in {"LYCEUM_HOME", "LYCEUM_PORT"}
    ]:
        del os.environ[name]
    os.environ.update({name: value for name, value in place.environment().items() if name.startswith("AWS_")})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="The local stack.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("up", "deploy what changed"),
        ("down", "stop, and keep the data"),
        ("reset", "stop, and forget the data"),
    ):
        commands.add_parser(name, help=text)
    logs = commands.add_parser("logs", help="print a function's log")
    logs.add_argument("function")
    logs.add_argument("--follow", action="store_true", help="go on as lines come")
    logs.add_argument("--minutes", type=int, default=15, help="how far back (15)")
    invoke = commands.add_parser("invoke", help="call a function with a sample event")
    invoke.add_argument("event", type=Path, help="a sample, which names its function")
    trial = commands.add_parser("trial", help="run a command against a stack of its own, which is removed afterwards")
    trial.add_argument("program", nargs=argparse.REMAINDER)
    return parser


def _up(place: Place, _arguments: argparse.Namespace) -> None:
    from local.stack import up
    from local.summary import summary

    started = time.monotonic()
    stack = up(place, say)
    print(summary(place, stack, time.monotonic() - started))


def _down(place: Place, _arguments: argparse.Namespace) -> None:
    payment_providers.stop(place)
    say("stopped; the data is kept" if emulator.stop(place) else "it was not running")


def _reset(place: Place, _arguments: argparse.Namespace) -> None:
    payment_providers.stop(place)
    emulator.stop(place)
    shutil.rmtree(place.emulator, ignore_errors=True)
    for file in (place.stack_file, place.record_file):
        file.unlink(missing_ok=True)
    say("stopped; the data is gone")


def _logs(place: Place, arguments: argparse.Namespace) -> None:
    from local.functions import print_log

    print_log(place, arguments.function, arguments.minutes, follow=arguments.follow)


def _invoke(place: Place, arguments: argparse.Namespace) -> int:
    from local.functions import invoke

    return invoke(place, arguments.event)


def _trial(_place: Place, arguments: argparse.Namespace) -> int:
    from local.trial import run

    return run(arguments.program, say)


def say(message: str) -> None:
    """Print one line of progress at once."""
    print(f"· {message}", flush=True)


_COMMANDS: dict[str, Any] = {
    "up": _up,
    "down": _down,
    "reset": _reset,
    "logs": _logs,
    "invoke": _invoke,
    "trial": _trial,
}

if __name__ == "__main__":
    sys.exit(main())
