"""Feature flags of a tenant: listed, set, and how often each variant was answered."""

from collections import Counter
from datetime import timedelta
from typing import Any

from lyceum.kit import clock, context
from lyceum.kit.configuration import known
from lyceum.kit.configuration.records import FeatureFlag, RoleSet, SettingValues
from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, cut_sorted, fetch_partition, find
from lyceum.model.admin.telemetry import DayCount
from lyceum.rules import audits

from functions.admin.configuration.schemas import FlagsQuery, FlagUsage, FlagView, SetFlag, VariantDay

MOST_FLAGS = 200
_ON = "on"
__all__ = ["RoleSet", "SettingValues", "listed", "put", "usage"]


def listed(query: FlagsQuery) -> Slice[FlagView]:
    """Return a page of the tenant's flags and of the deployment's that it has none of its own for."""
    views = {name: _view(flag, "deployment") for name, flag in known.of(context.MAIN_TENANT).flags.items()}
    own = {item.flag: item for item in fetch_partition(FeatureFlag) if isinstance(item, FeatureFlag)}
    if context.tenant() == context.MAIN_TENANT:
        views = {}
    views |= {name: _view(flag, _scope()) for name, flag in own.items()}
    wanted = [
        view
        for view in views.values()
        if (query.query is None or query.query.lower() in view.flag)
        and (query.is_enabled is None or view.is_enabled is query.is_enabled)
    ]
    return cut_sorted(wanted, lambda view: [view.flag], limit=query.limit, after=query.start_key())


def put(caller: Principal, name: str, wanted: SetFlag, expect: int | None) -> FlagView:
    """Set a flag, audited; in force everywhere within ten seconds (1 read and 1 transaction).

    Raises RuleViolation for tenants named by another tenant than the main one, and where there are too many flags,
    PreconditionFailed when it is not as the caller read it.
    """
    if wanted.tenants and caller.tenant != context.MAIN_TENANT:
        raise rule_violation("OTHER_TENANTS", "Only the operator's flags name tenants.", field="tenants")
    flags = {item.flag: item for item in fetch_partition(FeatureFlag) if isinstance(item, FeatureFlag)}
    if name not in flags and len(flags) >= MOST_FLAGS:
        raise rule_violation("TOO_MANY_FLAGS", f"There are {MOST_FLAGS} flags already.")
    flag = flags.get(name) or FeatureFlag(flag=name)
    before = _rules(flag) if name in flags else {}
    rules: Any = wanted
    flag.description, flag.is_enabled, flag.percentage = rules.description, rules.is_enabled, rules.percentage
    flag.roles, flag.tenants, flag.users = [role.value for role in wanted.roles], wanted.tenants, wanted.users
    flag.starts_at, flag.ends_at = wanted.starts_at, wanted.ends_at
    flag.variants = [each.model_dump() for each in wanted.variants]
    unit = Unit().save(flag, expect=expect)
    audits.note(unit, caller.user_id, None, "flag.set", name, before=before, after=_rules(flag))
    unit.commit()
    known.forget(caller.tenant)
    return _view(flag, _scope())


def usage(name: str, days: int) -> FlagUsage:
    """Return how often each variant of a flag was answered (a request for each day); raises NotFound."""
    if name not in known.of(context.tenant()).flags and name not in known.of(context.MAIN_TENANT).flags:
        raise NotFound("There is no such flag.")
    rows = []
    for back in range(days):
        day = clock.iso(clock.now() - timedelta(days=back))[:10]
        found = find(DayCount, day=day, name=f"flag.{name}.").items
        counts = {item.name.removeprefix(f"flag.{name}."): int(item.total) for item in found}
        rows.append(VariantDay(day=day, variants=counts))
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row.variants)
    return FlagUsage(flag=name, total=dict(total), days=rows)


def _scope() -> Any:
    return "deployment" if context.tenant() == context.MAIN_TENANT else "tenant"


def _rules(flag: FeatureFlag) -> dict[str, Any]:
    """Write the rules of a flag for the audit; of the users it is on for, their number alone."""
    return {
        "is_enabled": flag.is_enabled,
        "percentage": str(flag.percentage),
        "roles": flag.roles,
        "tenants": flag.tenants,
        "users": len(flag.users),
        "starts_at": clock.iso(flag.starts_at) if flag.starts_at else None,
        "ends_at": clock.iso(flag.ends_at) if flag.ends_at else None,
        "variants": flag.variants,
    }


def _view(flag: FeatureFlag, scope: Any) -> FlagView:
    return FlagView(
        flag=flag.flag,
        description=flag.description,
        is_enabled=flag.is_enabled,
        percentage=float(flag.percentage),
        roles=flag.roles,
        tenants=flag.tenants,
        users=flag.users,
        starts_at=flag.starts_at,
        ends_at=flag.ends_at,
        variants=flag.variants,
        scope=scope,
        version=int(flag.version),
        updated_at=flag.updated_at,
    )
