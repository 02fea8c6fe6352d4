"""Checks every counter and key of a table: `python -m tools.check_data STAGE [--tenant NAME]`.

The whole table is read once. What is counted follows from events, so a difference that is seconds old may go by
itself; the exit status is 1 when there is any.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from infra.settings import Stage, UnfitSettings
from lyceum.kit import context
from lyceum.kit.table import Entity
from lyceum.kit.table.entity import UnknownKind
from tools.declared import entities
from tools.migrations.journal import KIND
from tools.stages import point_at, require_tenant, storage_of

from functions.compliance.checks.inspection import Inspection
from functions.compliance.checks.schemas import Inconsistency

Item = dict[str, dict[str, Any]]


def main(arguments: list[str]) -> int:
    """Check with the credentials at hand; returns the exit status."""
    parser = argparse.ArgumentParser(prog="check_data", description="Check counters and keys.")
    parser.add_argument("stage")
    parser.add_argument("--tenant")
    asked = parser.parse_args(arguments)
    try:
        point_at(asked.stage)
        require_tenant(asked.tenant)
        client, table = storage_of(Stage.load(asked.stage))
    except UnfitSettings as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    found = inspect((item for page in pages for item in page["Items"]), asked.tenant)
    for tenant, wrong in sorted(found.items()):
        sys.stdout.writelines(f"{tenant}: {line(each)}\n" for each in wrong)
        sys.stdout.write(f"{tenant}: {len(wrong) or 'no'} findings\n")
    return 1 if any(found.values()) else 0


def inspect(items: Iterable[Item], only: str | None = None) -> dict[str, list[Inconsistency]]:
    """Return what is wrong in each tenant of these items, which are all that there are."""
    kinds = entities()
    inspections: dict[str, Inspection] = defaultdict(lambda: Inspection(kinds))
    unknown: dict[str, list[Inconsistency]] = defaultdict(list)
    for raw in items:
        tenant, _, name = raw["PK"]["S"].partition("|")
        if only not in {None, tenant} or raw.get("kind") == {"S": KIND}:
            continue  # what migrations remember of themselves is no tenant's
        try:
            item = Entity.from_raw_data(raw)
        except UnknownKind:
            unknown[tenant].append(_unknown(f"{name} {raw['SK']['S']}", raw["kind"]["S"]))
        else:
            with context.working(context.RequestContext(tenant=tenant)):
                inspections[tenant].add([item])
    found = {tenant: inspection.findings() for tenant, inspection in inspections.items()}
    return {tenant: [*unknown[tenant], *found.get(tenant, [])] for tenant in {**found, **unknown}}


def _unknown(item_id: str, kind: str) -> Inconsistency:
    return Inconsistency(
        kind="unknown_kind", entity="item", id=item_id, field="kind", expected="a known one", found=kind
    )


def line(wrong: Inconsistency) -> str:
    """Write a finding in one line."""
    return (
        f"{wrong.entity} {wrong.id}: {wrong.field} is {wrong.found or 'none'}, and has to be {wrong.expected or 'none'}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
