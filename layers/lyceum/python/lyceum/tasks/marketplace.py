"""`seller_payouts.process`, `payout.send`, `offers.withdraw`."""

from typing import ClassVar

from lyceum.kit.event import PagedTask, Task
from lyceum.kit.long_jobs.task import JobTask

_WORKER = "marketplace-events"


class ProcessPayouts(JobTask):
    """Order a payout for every seller who is owed so much in a currency."""

    name: ClassVar[str] = "seller_payouts.process"
    worker: ClassVar[str] = _WORKER
    currency: str
    threshold: int


class SendPayout(Task):
    """Send a payout of a seller or of an affiliate to its provider, or ask what has become of it."""

    name: ClassVar[str] = "payout.send"
    worker: ClassVar[str] = _WORKER
    payee_id: str
    payout_id: str


class WithdrawOffers(PagedTask):
    """Withdraw the offers of somebody who is gone."""

    name: ClassVar[str] = "offers.withdraw"
    worker: ClassVar[str] = _WORKER
    seller_id: str
