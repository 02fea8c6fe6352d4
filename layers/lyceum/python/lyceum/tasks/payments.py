"""Tasks of payments: what providers are asked and told, refunds, receipts, PINs."""

from typing import ClassVar

from lyceum.kit.event import PagedTask, Task
from lyceum.kit.long_jobs.task import JobTask

_WORKER = "payments-settlement"


class ApplyProviderEvent(Task):
    """Act upon what a provider told, after asking the provider whether it is so."""

    name: ClassVar[str] = "provider_event.apply"
    worker: ClassVar[str] = _WORKER
    provider: str
    provider_event_id: str


class VerifyPayment(Task):
    """Ask a provider what has become of a payment; one that nobody pays in time is over."""

    name: ClassVar[str] = "payment.verify"
    worker: ClassVar[str] = _WORKER
    payment_id: str


class AttendSubscription(Task):
    """Do what is due for a subscription: renew it, try again, or end it; only while it stands as it did."""

    name: ClassVar[str] = "subscription.attend"
    worker: ClassVar[str] = _WORKER
    user_id: str
    subscription_id: str
    generation: int
    periods: int
    attempt: int


class SendRefund(Task):
    """Send a refund to its provider, or ask what has become of it."""

    name: ClassVar[str] = "refund.send"
    worker: ClassVar[str] = _WORKER
    payment_id: str
    refund_id: str


class RefundOrder(Task):
    """Send back all that is left of a payment, since its order came to nothing; once, however often it is asked for."""

    name: ClassVar[str] = "order.refund"
    worker: ClassVar[str] = _WORKER
    payment_id: str
    reason: str


class ReturnCommission(Task):
    """Count commission as owed again whose payout failed, to be paid out with the next."""

    name: ClassVar[str] = "commission.return"
    worker: ClassVar[str] = _WORKER
    user_id: str
    currency: str
    amount: int


class IssueReceipt(Task):
    """Give a payment the next number of its tenant's receipts."""

    name: ClassVar[str] = "receipt.issue"
    worker: ClassVar[str] = _WORKER
    payment_id: str


class MakeSeats(PagedTask):
    """Make the PINs of seats that were bought."""

    name: ClassVar[str] = "seats.make"
    worker: ClassVar[str] = _WORKER
    batch_id: str


class EndSeats(PagedTask):
    """End what the PINs of seats are good for, and what they gave: their money went back."""

    name: ClassVar[str] = "seats.end"
    worker: ClassVar[str] = _WORKER
    batch_id: str


class PrintVouchers(JobTask):
    """Make the PINs of a batch and write them down as a file.

    - `form`: csv or pdf.
    - `language`: of the words on cards.
    """

    name: ClassVar[str] = "vouchers.print"
    worker: ClassVar[str] = _WORKER
    batch_id: str
    form: str = "csv"
    language: str = "en"
