"""A provider's refunds of a day, held against those that were booked; what was missed is asked for again."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from lyceum.kit import clock, context
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit, batch_fetch, fetch_partition
from lyceum.model.payments.books import ProviderCharge
from lyceum.model.payments.ledger import LedgerEntry
from lyceum.model.payments.orders import ProviderEvent, Refund
from lyceum.rules.providers.port import ProviderRefused, SettledLine
from lyceum.rules.providers.registry import circuit_of, reached
from lyceum.tasks.payments import ApplyProviderEvent

from functions.payments.books.differences import difference, not_there

_CAUSE = "refund:"
Differences = list[dict[str, Any]]


def compare(
    name: str, day: date, lines: Sequence[SettledLine], booked: Sequence[LedgerEntry]
) -> tuple[list[SettledLine], Differences]:
    """Return which of a provider's refunds are the current tenant's, and what is otherwise there than here.

    Raises ProviderDown.
    """
    entries = [entry for entry in booked if entry.cause.startswith(_CAUSE)]
    own = _refunds_of(entries)
    known = {str(each.provider_id): each for each in own.values()}
    strange = [line for line in lines if line.provider_id not in known]
    ours = [line for line in lines if line.provider_id in known]
    found: Differences = []
    for line, payment_id in _of_this_tenant(name, strange):
        ours.append(line)
        here = next((each for each in _refunds(payment_id) if each.provider_id == line.provider_id), None)
        if here is not None and here.state == "done":
            known[line.provider_id] = here
            continue
        kind = "missing_here" if here is None else "state"
        found.append(difference(kind, line, None if here is None else 0, _reference(payment_id)))
        _ask_again(name, day, line, payment_id)
    for line in ours:
        here = known.get(line.provider_id)
        if here is not None and here.amount != line.amount:
            found.append(difference("amount", line, int(here.amount), _reference(str(here.payment_id))))
    told = {line.provider_id for line in lines}
    today = [entry for entry in entries if entry.day == str(day) and entry.cause in own]
    missing = [entry for entry in today if own[entry.cause].provider_id not in told]
    return ours, [*found, *_not_there(name, missing, own)]


def _refunds_of(entries: Sequence[LedgerEntry]) -> dict[str, Refund]:
    """Return the refunds that were booked, by the cause of their entries."""
    names = [Refund.at(payment_id=entry.subject_id, refund_id=entry.cause.removeprefix(_CAUSE)) for entry in entries]
    found = batch_fetch(names, consistent=True)
    return {entry.cause: each for entry, each in zip(entries, found, strict=True) if isinstance(each, Refund)}


def _of_this_tenant(name: str, lines: Sequence[SettledLine]) -> list[tuple[SettledLine, str]]:
    """Return the refunds of charges of the current tenant, with the payments that these are of."""
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        names = [ProviderCharge.at(provider=name, charge_id=line.charge_id or "none") for line in lines]
        charges = batch_fetch(names, consistent=True)
    return [
        (line, str(charge.payment_id))
        for line, charge in zip(lines, charges, strict=True)
        if isinstance(charge, ProviderCharge) and charge.tenant_name == context.tenant()
    ]


def _refunds(payment_id: str) -> list[Refund]:
    found = fetch_partition(Refund, payment_id=payment_id, consistent=True)
    return [each for each in found if isinstance(each, Refund)]


def _not_there(name: str, entries: Sequence[LedgerEntry], own: dict[str, Refund]) -> Differences:
    """Return which refunds a provider does not have, or has not done: days of both may be others, so it is asked."""
    found: Differences = []
    for entry in entries:
        with reached(name, circuit_of(name)) as provider:
            try:
                told = provider.look_up_refund(str(own[entry.cause].provider_id))
            except ProviderRefused:
                found.append(not_there(_reference(entry.subject_id), entry))
                continue
        if told.state != "done":
            found.append(not_there(_reference(entry.subject_id), entry) | {"kind": "state"})
    return found


def _ask_again(name: str, day: date, line: SettledLine, payment_id: str) -> None:
    """Have a refund asked for as if its provider had told of it just now, once for each day."""
    event = ProviderEvent(
        provider=name,
        event_id=f"reconciled-{day}-{line.provider_id}"[:200],
        type="refund.reconciled",
        reference=_reference(payment_id),
        object_id=line.provider_id,
        state="new",
        received_at=clock.now(),
    )
    with suppress(Conflict):  # a run before has asked
        Unit().create(event, ApplyProviderEvent(provider=name, provider_event_id=event.event_id)).commit()


def _reference(payment_id: str) -> str:
    return f"{context.tenant()}-{payment_id}"
