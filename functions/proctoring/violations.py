"""Rules that make violations of events: data, with severities; and what students need, which some rules leave out.

A violation is a hint for people. Nothing here decides about an exam, its score or its student.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from lyceum.model.proctoring import ProctorEvent, ProctorSession, ProctorViolation

SEVERITIES = ("info", "low", "medium", "high")
"""From the least to the gravest."""
LIVE = frozenset({"medium", "high"})
"""What is shown to invigilators at once."""
_TOLD_EVERY = timedelta(minutes=1)


@cache
def known() -> Mapping[str, Any]:
    """Return the rules, what is observed without them, needs, and networks of data centres."""
    found: Mapping[str, Any] = json.loads((Path(__file__).parent / "violation_rules.json").read_text())
    return found


def silence_after() -> timedelta:
    """Return how long a client may say nothing."""
    return timedelta(seconds=known()["silenceSeconds"])


def observed(
    session: ProctorSession, rule: str, moment: datetime, name: str, facts: Mapping[str, Any] | None = None
) -> ProctorViolation:
    """Return the violation of something that is seen without an event of the client's; `name` tells it from others."""
    return _made(session, rule, known()["observed"][rule], name, moment, facts or {})


def of_event(session: ProctorSession, event: ProctorEvent, at: datetime) -> list[ProctorViolation]:
    """Return what the rules make of an event, and note in the session what they count."""
    found = []
    for rule in known()["rules"]:
        if rule["event"] == event.type and _applies(rule["when"], event.facts) and _is_reached(session, rule, at):
            made = _made(session, rule["rule"], rule["severity"], f"{int(event.number):09d}", at, event.facts)
            made.number = event.number
            found.append(made)
    return found


def _applies(when: Mapping[str, Mapping[str, Any]], facts: Mapping[str, Any]) -> bool:
    return all(name in facts and _holds(condition, facts[name]) for name, condition in when.items())


def _holds(condition: Mapping[str, Any], value: Any) -> bool:
    if "is" in condition:
        return bool(value is condition["is"])
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return bool(is_number and condition.get("atLeast", value) <= value <= condition.get("atMost", value))


def _is_reached(session: ProctorSession, rule: Mapping[str, Any], at: datetime) -> bool:
    """Say whether a rule's event happened as often as it counts; then it counts anew."""
    if "count" not in rule:
        return True
    first = at.timestamp() - rule["withinSeconds"]
    times = [each for each in session.recent.get(rule["rule"], []) if each >= first] + [at.timestamp()]
    is_reached = len(times) >= int(rule["count"])
    session.recent = {**session.recent, rule["rule"]: [] if is_reached else times}
    return is_reached


def _made(
    session: ProctorSession, rule: str, severity: str, name: str, moment: datetime, facts: Mapping[str, Any]
) -> ProctorViolation:
    made = ProctorViolation(
        session_id=session.session_id,
        violation_id=f"{name}-{rule}",
        rule=rule,
        severity=severity,
        happened_at=moment,
        facts=dict(facts),
    )
    made.ttl = session.ttl
    session.severities = {**session.severities, severity: session.severities.get(severity, 0) + 1}
    return made


def is_due(session: ProctorSession, found: list[ProctorViolation], now: datetime) -> ProctorViolation | None:
    """Return the gravest violation that invigilators are shown now; at most one a minute of each session."""
    grave = [each for each in found if each.severity in LIVE and each.rule not in left_out(session)]
    if not grave or (session.told_at is not None and now - session.told_at < _TOLD_EVERY):
        return None
    session.told_at = now
    return max(grave, key=lambda each: SEVERITIES.index(each.severity))


def left_out(session: ProctorSession) -> frozenset[str]:
    """Return the rules that what a student needs leaves out."""
    needs = known()["accommodations"]
    return frozenset(rule for need in session.accommodations for rule in needs.get(need, ()))


def is_of_data_centre(address: str) -> bool:
    """Say whether an address is in a network of data centres, from which people seldom sit exams: a hint, no more."""
    try:
        given = ip_address(address)
    except ValueError:
        return False
    return any(given in ip_network(each) for each in known()["dataCentres"])
