"""Deals with providers behind queues: what they told, what they are asked again, charges, refunds, receipts, PINs.

Each of these may be done again and changes nothing then, so a provider that is down leaves the message in its queue, or
to the hourly look.
"""

from typing import Any

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.model.payments.vouchers import VoucherBatch
from lyceum.tasks.payments import (
    ApplyProviderEvent,
    AttendSubscription,
    EndSeats,
    IssueReceipt,
    MakeSeats,
    PrintVouchers,
    RefundOrder,
    ReturnCommission,
    SendRefund,
    VerifyPayment,
)

from functions.payments.affiliates import commissions
from functions.payments.books import receipts
from functions.payments.orders import listening, looking, refunds
from functions.payments.settlement import seat_returns, seats
from functions.payments.subscriptions import renewing
from functions.payments.vouchers import printing

consumer = Consumer("payments-settlement")
handler = consumer.handler


@consumer.on(ApplyProviderEvent, outside=True)
def apply_event(task: ApplyProviderEvent, _unit: Unit) -> None:
    """Act upon what a provider told."""
    listening.apply(task)


@consumer.on(VerifyPayment, outside=True)
def verify_payment(task: VerifyPayment, _unit: Unit) -> None:
    """Ask what has become of a payment, and end an order that nobody paid in time."""
    looking.look(task.payment_id)


@consumer.on(AttendSubscription, outside=True)
def attend_subscription(task: AttendSubscription, _unit: Unit) -> None:
    """Do what is due for a subscription."""
    renewing.attend(task)


@consumer.on(SendRefund, outside=True)
def send_refund(task: SendRefund, _unit: Unit) -> None:
    """Send a refund, or ask for it."""
    refunds.send(task.payment_id, task.refund_id)


@consumer.on(RefundOrder)
def refund_order(task: RefundOrder, unit: Unit) -> None:
    """Have the money of an order sent back that came to nothing."""
    refunds.give_back(task.payment_id, task.reason, unit)


@consumer.on(ReturnCommission)
def return_commission(task: ReturnCommission, unit: Unit) -> None:
    """Let commission be owed again whose payout failed."""
    commissions.take_back(unit, task.user_id, task.currency, task.amount)


@consumer.on(IssueReceipt, outside=True)
def issue_receipt(task: IssueReceipt, _unit: Unit) -> None:
    """Number a receipt."""
    receipts.issue(task.payment_id)


@consumer.paged(MakeSeats)
def make_seats(task: MakeSeats, unit: Unit) -> Any:
    """Make some of the PINs of seats that were bought."""
    batch = VoucherBatch.require(batch_id=task.batch_id, consistent=True)
    last = seats.make(unit, batch, int(task.after or 0))
    return last if last < batch.size else None


@consumer.paged(EndSeats)
def end_seats(task: EndSeats, unit: Unit) -> Any:
    """End some of the PINs of seats whose money went back."""
    batch = VoucherBatch.require(batch_id=task.batch_id, consistent=True)
    last = seat_returns.end(unit, batch, int(task.after or 0))
    return last if last < batch.size else None


@long_job(consumer, PrintVouchers)
def print_vouchers(task: PrintVouchers, unit: Unit) -> Progress:
    """Make a page of a batch of vouchers."""
    return printing.print_page(task, unit)
