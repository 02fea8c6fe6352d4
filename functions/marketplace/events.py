"""What follows from sales, and the work on payouts: figures are folded, payouts are ordered, sent and asked for."""

from collections.abc import Sequence
from typing import Any

from lyceum.events.marketplace import OfferReturned, OfferSold, SellerPayoutEnded
from lyceum.events.users import UserErased
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit, find
from lyceum.model.marketplace.offers import Offer
from lyceum.rules.payouts import sending
from lyceum.tasks.marketplace import ProcessPayouts, SendPayout, WithdrawOffers

from functions.marketplace.payouts import ordering
from functions.marketplace.sellers import folding

consumer = Consumer("marketplace-events")
handler = consumer.handler
_TOGETHER = 50


@consumer.fold(OfferSold)
def count_sales(events: Sequence[OfferSold], unit: Unit) -> None:
    """Count sales in the figures of sellers and offers."""
    folding.count_sales(events, unit)


@consumer.fold(OfferReturned)
def count_returns(events: Sequence[OfferReturned], unit: Unit) -> None:
    """Count what went back."""
    folding.count_returns(events, unit)


@consumer.fold(SellerPayoutEnded)
def count_payouts(events: Sequence[SellerPayoutEnded], unit: Unit) -> None:
    """Count what was paid out."""
    folding.count_payouts(events, unit)


@long_job(consumer, ProcessPayouts)
def process_payouts(task: ProcessPayouts, unit: Unit) -> Progress:
    """Order a page of payouts."""
    return ordering.order_page(task, unit)


@consumer.on(SendPayout, outside=True)
def send_payout(task: SendPayout, _unit: Unit) -> None:
    """Send a payout, or ask for it."""
    sending.send(task.payee_id, task.payout_id)


@consumer.on(UserErased)
def begin_withdrawing(event: UserErased, unit: Unit) -> None:
    """Order that the offers of somebody who is gone are withdrawn; who bought them keeps them."""
    send(unit, WithdrawOffers(seller_id=event.user_id))


@consumer.paged(WithdrawOffers)
def withdraw(task: WithdrawOffers, unit: Unit) -> Any:
    """Withdraw some offers."""
    found = find(Offer, index="gsi2", seller_id=task.seller_id, limit=_TOGETHER, after=task.after)
    for offer in found.items:
        offer.state = "withdrawn"
        unit.amend(offer, "state", "shelf")
    return found.last_key
