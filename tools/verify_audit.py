"""Verifies audit trails: `python -m tools.verify_audit STAGE [--tenant NAME] [--since DAY] [--until DAY]`.

Every day of every tenant is checked from the table and the bucket, however many events it has; without a span it is
the last 31 days. The exit status is 1 when anything is not as it was written.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import date, timedelta

from infra.settings import UnfitSettings
from lyceum.kit import clock, context
from lyceum.kit.tenancy import directory
from tools.stages import point_at, require_tenant

from functions.compliance.audit import verification

_DAYS = 31


def main(arguments: list[str]) -> int:
    """Verify with the credentials at hand; returns the exit status."""
    parser = argparse.ArgumentParser(prog="verify_audit", description="Verify audit trails.")
    parser.add_argument("stage")
    parser.add_argument("--tenant")
    parser.add_argument("--since", type=date.fromisoformat)
    parser.add_argument("--until", type=date.fromisoformat)
    asked = parser.parse_args(arguments)
    try:
        point_at(asked.stage)
        require_tenant(asked.tenant)
    except UnfitSettings as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    names = [asked.tenant] if asked.tenant else [str(tenant.tenant_name) for tenant in directory.listed()]
    until = asked.until or clock.now().date()
    since = asked.since or until - timedelta(days=_DAYS - 1)
    return 1 if sum(say(name, since, until) for name in names) else 0


def say(tenant: str, since: date, until: date) -> int:
    """Print what is found in a tenant, and return how many findings there are."""
    count = 0
    for day, told in found(tenant, since, until):
        count += len(told)
        sys.stdout.writelines(f"{tenant} {day}: {line}\n" for line in told)
    sys.stdout.write(f"{tenant}: {count or 'no'} findings from {since} to {until}\n")
    return count


def found(tenant: str, since: date, until: date) -> Iterator[tuple[date, list[str]]]:
    """Yield the days of a tenant with what is wrong in each."""
    with context.working(context.RequestContext(tenant=tenant, actor="operator", correlation_id="verify-audit")):
        for number in range((until - since).days + 1):
            day = since + timedelta(days=number)
            findings = verification.verify(day, most=None).findings
            yield day, [f"{each.kind} {each.audit_id or ''}".strip() for each in findings]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
