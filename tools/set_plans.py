"""Puts plans on sale in a tenant: `python -m tools.set_plans dev harbour plans.json`.

The file holds all plans of the tenant in the order in which they are shown (docs/payments.md); one that is not in it is
sold no more, and who has it keeps it.
"""

import argparse
import sys
from pathlib import Path

from infra.settings import UnfitSettings
from lyceum.kit import context
from lyceum.kit.tenancy import directory
from tools.first_admin import OPERATOR
from tools.stages import point_at

from functions.payments.offers import plan_files


def main(arguments: list[str]) -> int:
    """Store the plans with the credentials at hand; returns the exit status."""
    parser = argparse.ArgumentParser(prog="set_plans", description="Put plans on sale.")
    parser.add_argument("stage")
    parser.add_argument("tenant")
    parser.add_argument("file", type=Path)
    asked = parser.parse_args(arguments)
    try:
        plans = plan_files.read(asked.file.read_text())
        point_at(asked.stage)
        with context.working(context.RequestContext(asked.tenant, actor=OPERATOR, correlation_id=OPERATOR)):
            if directory.named(asked.tenant) is None:
                raise plan_files.WrongPlans(f"there is no tenant {asked.tenant}")
            plan_files.store(plans)
    except (UnfitSettings, plan_files.WrongPlans, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"· {len(plans)} plans are on sale in {asked.tenant}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
