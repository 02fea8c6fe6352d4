"""Live figures for those who watch: a message a second and topic at most, and none where nobody watches.

Topics are followed as `admin:requests` and so on, each in its own tenant; those of `requests` and `errors` in the main
tenant, whose figures are the deployment's.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any, Literal

from lyceum.events.admin import AdminFiguresChanged
from lyceum.kit import clock
from lyceum.kit.table import ConditionFailed, Unit, find
from lyceum.model.admin.telemetry import LiveMark
from lyceum.model.realtime import Follower

APART = timedelta(seconds=1)
_KEPT = timedelta(days=1)
Topic = Literal["requests", "errors", "activity", "anomalies", "sales"]


def send(topic: Topic, figures: dict[str, Any]) -> None:
    """Send figures unless nobody follows, or something was sent within the second (2 requests)."""
    if not find(Follower, topic=f"admin:{topic}", limit=1).items:
        return
    now = clock.now()
    is_over = LiveMark.pk.does_not_exist() | (LiveMark.sent_at <= now - APART)
    changes = [LiveMark.sent_at.set(now), LiveMark.ttl.set(now + _KEPT)]
    event = AdminFiguresChanged(topic=topic, figures=figures)
    with suppress(ConditionFailed):
        mark = LiveMark.at(topic=topic)
        Unit().change(mark, *changes, when=is_over, events=[event], or_create=True).commit()
