"""`python -m tools.migrations STAGE [--to N] [--dry-run]`; the Makefile's `migrate` calls it."""

import argparse
import sys

from infra.settings import Stage, UnfitSettings
from tools.migrations.runner import Contended, Migration, NotProven
from tools.migrations.step import collect
from tools.stages import storage_of


def main() -> int:
    """Bring a stage's table to a step with the credentials at hand; returns the exit status."""
    steps = collect()
    parser = argparse.ArgumentParser(prog="make migrate", description="Change data that is stored already.")
    parser.add_argument("stage")
    parser.add_argument(
        "--to", type=int, default=len(steps), choices=range(len(steps) + 1), help="a number; 0 for none"
    )
    parser.add_argument("--dry-run", action="store_true", help="count what would change, and write nothing")
    asked = parser.parse_args()
    try:
        client, table = storage_of(Stage.load(asked.stage))
        migration = Migration(client, table, steps, _say)
        _say(f"{table} has had the steps up to {migration.at():04} of {len(steps):04}")
        if asked.dry_run:
            _show(migration, asked.to)
        else:
            migration.run(asked.to)
            _say(f"{table} has had the steps up to {migration.at():04}")
    except (UnfitSettings, NotProven, Contended, OSError) as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


def _show(migration: Migration, target: int) -> None:
    for step, forth in migration.plan(target):
        _say(f"{step.number:04} {'forth' if forth else 'back'}: {step.title}")
    for name, many in sorted(migration.look(target).items()):
        _say(f"  {name}: {many} items")


def _say(message: str) -> None:
    sys.stdout.write(f"· {message}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
