"""Commission rules: set by administrators, and chosen for a sale by type of offer, tier of seller and date."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, retry_on_conflict
from lyceum.model.marketplace.sellers import CommissionRules
from lyceum.rules import audits

from functions.marketplace.commissions.schemas import CommissionList, CommissionView, SetCommission

DEFAULT_PERCENT = "20"
"""What stays here where no rule applies."""
_MOST = 100
Rule = dict[str, Any]


def listed() -> CommissionList:
    """List every rule by its name (1 request)."""
    found = CommissionRules.fetch()
    now = clock.now()
    rules = [_view(name, rule, now) for name, rule in sorted((found.rules if found else {}).items())]
    return CommissionList(rules=rules, default_percent=Decimal(DEFAULT_PERCENT))


def put(caller: Principal, rule_id: str, wanted: SetCommission) -> CommissionView:
    """Set a rule from now on; sales keep the one that they were ordered by. Raises RuleViolation TOO_MANY_RULES."""
    return retry_on_conflict(lambda: _put(caller, rule_id, wanted))


def _put(caller: Principal, rule_id: str, wanted: SetCommission) -> CommissionView:
    found = CommissionRules.fetch(consistent=True) or CommissionRules(rules={})
    before = found.rules.get(rule_id)
    if before is None and len(found.rules) >= _MOST:
        raise rule_violation("TOO_MANY_RULES", f"There are {_MOST} rules already.", field="ruleId")
    rule: Rule = {
        "type": wanted.type,
        "tier": wanted.tier,
        "percent": format(wanted.percent, "f"),
        "starts_at": clock.iso(wanted.starts_at),
        "ends_at": clock.iso(wanted.ends_at) if wanted.ends_at else None,
        "revision": (before["revision"] if before else 0) + 1,
    }
    found.rules = {**found.rules, rule_id: rule}
    unit = Unit().save(found)
    audits.note(unit, caller.user_id, None, "commission.set", rule_id, before=before, after=rule)
    unit.commit()
    return _view(rule_id, rule, clock.now())


def chosen(found: CommissionRules | None, kind: str, tier: str, now: datetime) -> Rule:
    """Return the rule for a sale, as the sale keeps it: rule_id, revision and percent.

    The one that says most wins: of type and tier, then of the type, then of the tier; of equals the latest.
    """
    fitting = [
        ((rule["type"] is not None, rule["tier"] is not None, rule["starts_at"], name), name, rule)
        for name, rule in (found.rules if found else {}).items()
        if rule["type"] in {None, kind} and rule["tier"] in {None, tier} and _is_in_force(rule, now)
    ]
    if not fitting:
        return {"rule_id": "default", "revision": 0, "percent": DEFAULT_PERCENT}
    _, name, rule = max(fitting, key=lambda each: each[0])
    return {"rule_id": name, "revision": rule["revision"], "percent": rule["percent"]}


def _is_in_force(rule: Rule, now: datetime) -> bool:
    ends_at = rule["ends_at"]
    return clock.parse(rule["starts_at"]) <= now and (ends_at is None or now < clock.parse(ends_at))


def _view(name: str, rule: Rule, now: datetime) -> CommissionView:
    return CommissionView(rule_id=name, is_in_force=_is_in_force(rule, now), **rule)
