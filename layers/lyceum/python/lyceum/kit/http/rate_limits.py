"""Rate limits: one conditional write a call, on items that disappear by themselves."""

import random

from lyceum.kit import clock
from lyceum.kit.configuration import limits
from lyceum.kit.errors import Detail, RateLimited
from lyceum.kit.http.records import RateLimitWindow
from lyceum.kit.http.routes import Limit, Route
from lyceum.kit.identity.permissions import Role
from lyceum.kit.identity.principal import KeyRights, Principal
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit

FREE = "free"
_UNCOUNTED = frozenset({"auth", "exams", "realtime"})
"""Domains whose calls no plan limits: an exam that began is finished, and who is signed in can sign out."""
_DAY = 86_400


def count(limit: Limit, subject: str, route: str, *, rule: str = "", of: str = "") -> None:
    """Count one call; raises RateLimited with the seconds until the window ends when it is one too many.

    `rule` is the code of its detail, for a limit that is not the route's own; `of` is the tenant whose setting counts,
    for a limit that has one. Of a sampled limit most calls write nothing.
    """
    if not is_drawn(limit.sample):
        return
    now = int(clock.now().timestamp())
    ends = now - now % limit.seconds + limit.seconds
    window = RateLimitWindow.at(subject=subject, route=route, window=str(ends))
    message = "Too many requests. Slow down."
    details = [Detail("", message, rule)] if rule else []
    refuse = RateLimited(message, details=details, retry_after_seconds=max(1, ends - now))
    most = limits.value(limit.setting, of) if limit.setting else limit.calls
    free = RateLimitWindow.calls.does_not_exist() | (RateLimitWindow.calls <= most - limit.sample)
    actions = [RateLimitWindow.calls.add(limit.sample), RateLimitWindow.ttl.set(ends + 60)]
    Unit().change(window, *actions, when=free, refuse=refuse, or_create=True).commit()


def is_drawn(sample: int) -> bool:
    """Say whether a call is the one in `sample` that is counted."""
    return not random.randrange(sample)  # noqa: S311 - a sample, not a secret


def count_for_key(key: KeyRights, subject: str) -> None:
    """Count one call by an API key against the key's own limit a minute; raises RateLimited with API_KEY_LIMIT."""
    count(Limit(key.calls_per_minute, 60), subject, "any", rule="API_KEY_LIMIT")


def count_for_app(caller: Principal) -> None:
    """Count one call of an installed app against its own limit a minute, for whomever it acts.

    Raises RateLimited with APP_LIMIT.
    """
    if caller.client_id and caller.client_calls:
        count(Limit(caller.client_calls, 60), f"app-{caller.client_id}", "any", rule="APP_LIMIT")


def count_for_plan(caller: Principal, subject: str, route: Route) -> None:
    """Count one call of a student without a paid plan against the stage's daily number, where it has one.

    Raises RateLimited with the detail PLAN_LIMIT until the day (UTC) is over.
    """
    most = settings().free_calls_daily
    if most and caller.tier == FREE and caller.role is Role.STUDENT and route.domain not in _UNCOUNTED:
        count(Limit(most, _DAY), subject, "any", rule="PLAN_LIMIT")
