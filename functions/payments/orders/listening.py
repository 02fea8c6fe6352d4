"""What providers tell: proven by its signature, kept, answered at once, and acted upon once by a worker.

A message is believed in nothing but that it is worth asking: what is booked is what the provider answers then. So one
that is old, forged in its content, repeated or out of order changes nothing that is not so.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.errors import BadRequest, Conflict, NotFound, RuleViolation, Unauthenticated
from lyceum.kit.table import Unit
from lyceum.kit.tenancy import directory
from lyceum.model.payments.books import ProviderCharge
from lyceum.model.payments.orders import Payment, ProviderEvent
from lyceum.rules.providers.port import BadSignature, Notice, ProviderDown, ProviderRefused
from lyceum.rules.providers.registry import circuit_of, provider, reached
from lyceum.tasks.payments import ApplyProviderEvent

from functions.payments.orders import disputes, refunds
from functions.payments.orders.schemas import WebhookTaken
from functions.payments.settlement.settling import settle

logger = Logger()
_REFERENCE = re.compile(r"(?P<tenant>[a-z0-9-]{1,63})-(?P<payment_id>[0-9A-Z]{26})")


def take(name: str, headers: Mapping[str, str], body: bytes) -> WebhookTaken:
    """Keep what a provider tells, in the tenant that its reference names, with the order to act upon it (1 request).

    What came before is answered alike. Raises NotFound for a provider that is not set up, Unauthenticated BAD_SIGNATURE
    and BadRequest.
    """
    notice = _read(name, headers, body)
    found = _REFERENCE.fullmatch(notice.reference)
    tenant = found["tenant"] if found and directory.named(found["tenant"]) else context.tenant()
    with context.working(replace(context.current(), tenant=tenant)):
        event = ProviderEvent(
            provider=name,
            event_id=notice.event_id[:200],
            type=notice.type[:100],
            reference=notice.reference[:100] or None,
            object_id=notice.object_id[:100] or None,
            state="ignored" if notice.about == "none" else "new",
            received_at=clock.now(),
        )
        tasks = [ApplyProviderEvent(provider=name, provider_event_id=event.event_id)] if event.state == "new" else []
        try:
            Unit().create(event, *tasks).commit()
        except Conflict:
            logger.info("told before", extra={"provider": name})
    return WebhookTaken()


def _read(name: str, headers: Mapping[str, str], body: bytes) -> Notice:
    try:
        return provider(name).read_webhook(headers, body)
    except RuleViolation:
        raise NotFound("There is no such provider.") from None
    except BadSignature:
        raise Unauthenticated("This is not signed as it has to be.", code="BAD_SIGNATURE") from None
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise BadRequest("This is not what this provider sends.") from None


def apply(task: ApplyProviderEvent) -> None:
    """Ask the provider for what it told of, and act upon its answer; the hourly look does so again while it is down."""
    event = ProviderEvent.fetch(provider=task.provider, event_id=task.provider_event_id, consistent=True)
    if event is None or event.state != "new":
        return
    try:
        is_known = _act(event)
    except ProviderDown:
        return
    event.state = "applied" if is_known else "unknown"
    Unit().replace(event).commit()


def _act(event: ProviderEvent) -> bool:
    kind, object_id = str(event.type), str(event.object_id or "")
    try:
        if "dispute" in kind or "chargeback" in kind:
            return _hear_dispute(event, object_id)
        if "refund" in kind:
            return _hear_refund(event, object_id)
        return _hear_payment(event)
    except ProviderRefused as refusal:
        logger.warning(
            "a provider knows nothing of what it told", extra={"provider": event.provider, "why": refusal.code}
        )
        return False


def _hear_payment(event: ProviderEvent) -> bool:
    found = _REFERENCE.fullmatch(event.reference or "")
    payment = Payment.fetch(payment_id=found["payment_id"], consistent=True) if found else None
    if payment is None or payment.provider != event.provider or payment.reference != event.reference:
        return False
    ask(payment)
    return True


def ask(payment: Payment) -> Payment:
    """Ask a payment's provider what has become of it, and act upon that; raises ProviderDown."""
    with reached(payment.provider, circuit_of(payment.provider)) as asked:
        outcome = asked.look_up(payment.reference, payment.provider_reference)
    return settle(payment.payment_id, outcome)


def _hear_refund(event: ProviderEvent, object_id: str) -> bool:
    with reached(event.provider, circuit_of(event.provider)) as asked:
        told = asked.look_up_refund(object_id)
    owner = _owner(event, told.charge_id)
    if owner is None:
        return False
    tenant, payment_id = owner
    with context.working(replace(context.current(), tenant=tenant)):
        payment = Payment.fetch(payment_id=payment_id, consistent=True)
        if payment is not None:
            refunds.hear(payment, told)
    return payment is not None


def _hear_dispute(event: ProviderEvent, object_id: str) -> bool:
    with reached(event.provider, circuit_of(event.provider)) as asked:
        told = asked.look_up_dispute(object_id)
    owner = _owner(event, told.charge_id)
    if owner is None:
        return False
    tenant, payment_id = owner
    with context.working(replace(context.current(), tenant=tenant)):
        disputes.hear(payment_id, told)
    return True


def _owner(event: ProviderEvent, charge_id: str) -> tuple[str, str] | None:
    """Return tenant and payment of a provider's charge, as they were written down when its money came."""
    with context.working(replace(context.current(), tenant=context.MAIN_TENANT)):
        known = ProviderCharge.fetch(provider=event.provider, charge_id=charge_id, consistent=True)
    return (str(known.tenant_name), str(known.payment_id)) if known else None
