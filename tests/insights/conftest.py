"""Events brought to the worker of insights, as its queue does."""

from collections.abc import Sequence
from datetime import datetime

from lyceum.events.payments import LedgerPosted, PaymentConfirmed, PostedLeg
from lyceum.kit.event import Message
from lyceum.kit.table import Unit
from lyceum.model.payments.orders import Payment
from tests.support.http import LAMBDA
from tests.support.workers import consumers, record

TOGETHER = 10


def bring(messages: Sequence[Message], times: int = 1) -> None:
    """Bring messages to the worker in batches, as often as they come."""
    entries = [
        {"DetailType": each.name, "Source": "lyceum", "Detail": each.model_dump_json(by_alias=True)}
        for each in messages
    ]
    for _ in range(times):
        for start in range(0, len(entries), TOGETHER):
            batch = {"Records": [record(entry) for entry in entries[start : start + TOGETHER]]}
            assert consumers()["functions.insights.events"].handler(batch, LAMBDA)["batchItemFailures"] == []


def bought(
    user: str,
    product: str,
    at: datetime,
    amount: int = 1000,
    currency: str = "NGN",
    country: str | None = "NG",
    seen_in: str | None = None,
) -> PaymentConfirmed:
    """Store a payment and return what is told of it."""
    payment_id = f"{user}-{product}-{at:%Y%m%d%H%M%S}"
    payment = Payment(
        payment_id=payment_id, user_id=user, provider="paystack", state="paid", product=product, title=product.title(),
        currency=currency, country=country, seen_in=seen_in, list_amount=amount, amount=amount,
    )  # fmt: skip
    Unit().put(payment).commit()
    return PaymentConfirmed(
        payment_id=payment_id, user_id=user, amount_minor=amount, currency=currency, what=product.title(), at=at
    )


def booked(at: datetime, currency: str = "NGN", **legs: int) -> LedgerPosted:
    """Return an entry of the ledger with some legs, by account."""
    return LedgerPosted(
        subject_id="p",
        cause="paid",
        at=at,
        legs=[
            PostedLeg(account=account.replace("__", "."), amount=amount, currency=currency)
            for account, amount in legs.items()
        ],
    )
