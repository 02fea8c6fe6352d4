"""Rate limits: one conditional write a call, on items that disappear by themselves."""

from lyceum.kit import clock
from lyceum.kit.errors import RateLimited
from lyceum.kit.http.records import RateLimitWindow
from lyceum.kit.http.routes import Limit
from lyceum.kit.table import Unit


def count(limit: Limit, subject: str, route: str) -> None:
    """Count one call; raises RateLimited with the seconds until the window ends when it is one too many."""
    now = int(clock.now().timestamp())
    ends = now - now % limit.seconds + limit.seconds
    window = RateLimitWindow.at(subject=subject, route=route, window=str(ends))
    refuse = RateLimited("Too many requests. Slow down.", retry_after_seconds=max(1, ends - now))
    free = RateLimitWindow.calls.does_not_exist() | (RateLimitWindow.calls < limit.calls)
    actions = [RateLimitWindow.calls.add(1), RateLimitWindow.ttl.set(ends + 60)]
    Unit().change(window, *actions, when=free, refuse=refuse, or_create=True).commit()
