"""Makes a tenant: `python -m tools.make_tenant dev harbour [--unknown-age adult] [--host learn.harbour.org]...`.

`--minor-contacts staff` lets minors write to teachers and assigned mentors alone, and not to classmates.

Over the API operators make organisations, which are tenants with a first administrator; this command makes bare ones.
"""

import argparse
import sys

from infra.settings import UnfitSettings
from lyceum.kit import context
from lyceum.kit.errors import DomainError
from lyceum.kit.tenancy.records import Tenant
from lyceum.rules import tenants
from tools.first_admin import OPERATOR
from tools.stages import point_at


def main(arguments: list[str]) -> int:
    """Make a tenant with the credentials at hand; returns the exit status."""
    parser = argparse.ArgumentParser(prog="make_tenant", description="Make a tenant.")
    parser.add_argument("stage")
    parser.add_argument("name")
    parser.add_argument("--unknown-age", choices=("minor", "adult"), default="minor")
    parser.add_argument("--minor-contacts", choices=("classmates", "staff"), default="classmates")
    parser.add_argument("--host", action="append", default=[])
    asked = parser.parse_args(arguments)
    try:
        point_at(asked.stage)
        with context.working(context.RequestContext(actor=OPERATOR, correlation_id=OPERATOR)):
            made = tenants.make(
                asked.name, unknown_age=asked.unknown_age, minor_contacts=asked.minor_contacts, hosts=asked.host
            )
    except (UnfitSettings, DomainError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"· {_told(made)}\n")
    return 0


def _told(made: Tenant) -> str:
    return f"there is a tenant {made.tenant_name}; who is of unknown age counts as {made.unknown_age}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
