"""Sending once: what waits is claimed, sent and recorded.

The claim is a conditional write with a lease, so two workers never send the same message at once, and one that dies
after its claim leaves a delivery that is claimed again when the queue shows the message the next time. One window is
left: when a worker dies, or the service's answer is lost, after the service took the message and before that is
recorded, the message is sent twice. The service has no way to ask, and a mail that comes twice is better than none.

Nothing here logs an address or a text: a refusal is told by its code alone.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from lyceum.kit import clock, metrics
from lyceum.kit.aws import clients
from lyceum.kit.errors import Conflict, Unavailable
from lyceum.kit.event import Task
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.notifications.deliveries import Delivery, Digest

LEASE = timedelta(minutes=1)
"""Longer than a sending function may run (20 s), shorter than its queue hides a message that failed (120 s)."""
_FINAL = frozenset({"sent", "failed", "suppressed"})


class NotSent(RuntimeError):
    """A service could not take a message now; the queue delivers the task again."""


class DeliveryCancelled(Exception):
    """A message is not to be sent any more; the text says why."""


class DeliveryPostponed(Exception):
    """A message waits until the quarter of an hour (UTC) that the text names."""


class _Settled(Conflict):
    def __init__(self) -> None:
        super().__init__("settled already")


def carry_out(
    waiting: Delivery | Digest, task: Task, send: Callable[[Unit], str], *, permanent: Collection[str]
) -> None:
    """Claim what waits, send it and note what became of it; nothing happens when it is settled already.

    What is settled says itself that its task is done, so no marker does.

    - `task`: what asks for it. One that led to a delay is spent: when it comes again, only its successor sends.
    - `send`: returns the service's name for the message, raises DeliveryCancelled or DeliveryPostponed, or fails. What
      it adds to its unit is stored with the outcome.
    - `permanent`: the codes with which it fails for good; with any other it fails for now.

    Raises Unavailable while another worker holds the claim and NotSent for a failure that may pass.
    """
    entity, unit = type(waiting), Unit()
    claimed_until = _claim(waiting, task)
    if claimed_until is None:
        return
    try:
        outcome, told = "sent", entity.provider_id.set(send(unit))
    except DeliveryCancelled as reason:
        outcome, told = "suppressed", entity.reason.set(str(reason))
    except DeliveryPostponed as wait:
        _hold(waiting, task, str(wait), unit)
        return
    except Exception as error:
        code = clients.error_code(error) or type(error).__name__
        if code not in permanent:
            _release(waiting, claimed_until)
            _count(waiting, "postponed")
            raise NotSent(code) from None  # what caused it may name the address
        outcome, told = "failed", entity.reason.set(code)
    _settle(waiting, unit, entity.state.set(outcome), told)
    _count(waiting, outcome)


def _settle(waiting: Delivery | Digest, unit: Unit, *actions: Action) -> None:
    """Store what became of a message; where another worker was faster, after a claim that ran out, that stands."""
    is_open = ~type(waiting).state.is_in(*sorted(_FINAL))
    with suppress(_Settled):
        unit.change(waiting, *actions, when=is_open, refuse=_Settled()).commit()


def _hold(waiting: Delivery | Digest, task: Task, bucket: str, unit: Unit) -> None:
    """Add to a unit that what was claimed waits until a quarter of an hour, whose job gives the task anew."""
    entity = type(waiting)
    waiting.held_bucket = bucket
    waiting.fill_keys()
    actions = [getattr(entity, name).set(getattr(waiting, name)) for name in ("held_bucket", "gsi1pk", "gsi1sk")]
    actions += [entity.state.set("pending"), entity.claimed_until.remove(), entity.spent_tasks.add({task.event_id})]
    _settle(waiting, unit, *actions)
    _count(waiting, "held")


def _count(waiting: Delivery | Digest, outcome: str) -> None:
    """Count what became of a delivery, for the dashboard: by channel and outcome."""
    metrics.count("Deliveries", channel=waiting.channel if isinstance(waiting, Delivery) else "digest", outcome=outcome)


def _claim(waiting: Delivery | Digest, task: Task) -> datetime | None:
    """Take what is free until the time returned; None when there is nothing to send any more."""
    entity, now = type(waiting), clock.now()
    until = now + LEASE
    free = (entity.state == "pending") | ((entity.state == "sending") & (entity.claimed_until < now))
    free &= ~entity.spent_tasks.contains(task.event_id)
    try:
        Unit().change(waiting, entity.state.set("sending"), entity.claimed_until.set(until), when=free).commit()
    except ConditionFailed as failure:
        item = failure.item
        if item is None or item["state"]["S"] in _FINAL or task.event_id in item.get("spent_tasks", {}).get("SS", ()):
            return None
        raise Unavailable("Another worker is sending this.") from None
    return until


def _release(waiting: Delivery | Digest, claimed_until: datetime) -> None:
    entity = type(waiting)
    Unit().change(
        waiting, entity.state.set("pending"), entity.claimed_until.remove(), when=entity.claimed_until == claimed_until
    ).commit()
