"""Prints the secret that relays of calls are set up with: `python -m tools.turn_secret dev`.

It is what coturn's `static-auth-secret` takes (with `use-auth-secret`); it changes when the deployment's secret does.
"""

import argparse
import os
import sys

from infra.settings import UnfitSettings
from tools.stages import point_at

from functions.tutoring.calls import turn


def main(arguments: list[str]) -> int:
    """Print the secret with the credentials at hand; returns the exit status."""
    parser = argparse.ArgumentParser(prog="turn_secret", description="Print the secret of relays.")
    parser.add_argument("stage")
    asked = parser.parse_args(arguments)
    try:
        stage = point_at(asked.stage)
    except (UnfitSettings, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    os.environ["LYCEUM_SECRET"] = stage.name_of("secret")
    sys.stdout.write(f"{turn.shared_secret()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
