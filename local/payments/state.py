"""What the local providers know: payments, refunds, disputes, and what they have to tell."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

State = Literal["open", "pending", "paid", "failed"]
KEYS: dict[str, dict[str, Any]] = {
    "paystack": {"secretKey": "sk_test_lyceum"},
    "flutterwave": {"clientId": "lyceum", "clientSecret": "local", "secretHash": "hash"},
    "stripe": {"secretKey": "sk_test_local", "webhookSecrets": ["whsec_local"]},
}
"""The keys that the local providers take; they open nothing else."""
FEE = Decimal("0.015")


class Rejected(Exception):
    """A call that a provider says no to: the status and body of its answer."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status)
        self.status, self.body = status, body


@dataclass
class Transaction:
    """A payment at a provider; `amount` is in the unit that the provider writes."""

    number: int
    provider: str
    reference: str
    amount: Decimal
    currency: str
    email: str
    title: str = ""
    return_url: str = ""
    state: State = "open"
    channel: str = "card"
    customer: str = ""
    method: str = ""
    failure: str = ""
    is_renewal: bool = False
    paid_at: datetime | None = None
    refunded: Decimal = Decimal(0)

    @property
    def fee(self) -> Decimal:
        """What the provider keeps: a share of the amount, rounded down to its unit."""
        unit = Decimal("0.01") if self.provider == "flutterwave" else Decimal(1)
        return (self.amount * FEE / unit).to_integral_value(rounding="ROUND_DOWN") * unit


@dataclass
class RefundRecord:
    """A refund at a provider; `note` is what its maker calls it."""

    number: int
    transaction: Transaction
    amount: Decimal
    note: str
    state: str
    made_at: datetime


@dataclass
class DisputeRecord:
    """A dispute at a provider: open, won or lost, as the merchant sees it."""

    number: int
    transaction: Transaction
    state: str = "open"


@dataclass
class TransferRecord:
    """Money that the merchant sends to somebody: pending, done or failed."""

    number: int
    provider: str
    reference: str
    amount: Decimal
    currency: str
    recipient: str
    state: str


@dataclass
class Webhook:
    """A message to the merchant, signed over these very bytes."""

    provider: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Provisions:
    """What goes wrong on demand.

    - `down`: providers that answer nobody. `lost`: those that do what they are asked, and whose answer never arrives.
    - `declines`: how many of the next charges without the buyer are declined, by provider.
    - `slow_refunds`: whether refunds wait to be finished.
    - `transfers`: what becomes of the next transfers: done, pending or failed.
    """

    down: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    declines: dict[str, int] = field(default_factory=dict)
    slow_refunds: bool = False
    transfers: str = "done"

    def recover(self) -> None:
        """Let every provider answer again."""
        self.down.clear()
        self.lost.clear()


@dataclass
class Books:
    """Everything that the local providers remember while they run."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    transactions: dict[tuple[str, str], Transaction] = field(default_factory=dict)
    refunds: list[RefundRecord] = field(default_factory=list)
    disputes: list[DisputeRecord] = field(default_factory=list)
    transfers: dict[tuple[str, str], TransferRecord] = field(default_factory=dict)
    idempotent: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)
    customers: dict[str, str] = field(default_factory=dict)
    provisions: Provisions = field(default_factory=Provisions)
    webhooks: list[Webhook] = field(default_factory=list)
    first_number: int = 100_001

    def __post_init__(self) -> None:
        self._numbers = itertools.count(self.first_number)

    def next_number(self) -> int:
        """Return a number that nothing has yet."""
        return int(next(self._numbers))

    def find(self, provider: str, reference: str) -> Transaction | None:
        """Return a payment by the merchant's reference."""
        return self.transactions.get((provider, reference))

    def numbered(self, provider: str, number: str) -> Transaction | None:
        """Return a payment by the provider's number."""
        return next((each for each in self.of(provider) if str(each.number) == number), None)

    def of(self, provider: str) -> list[Transaction]:
        """Return the payments of a provider."""
        return [each for each in self.transactions.values() if each.provider == provider]

    def begin(self, provider: str, **values: Any) -> Transaction:
        """Begin a payment; raises KeyError for a reference that is used."""
        key = (provider, str(values["reference"]))
        if key in self.transactions:
            raise KeyError(key)
        made = Transaction(self.next_number(), provider, **values)
        self.transactions[key] = made
        return made

    def finish(self, transaction: Transaction, state: State, failure: str = "") -> None:
        """Let a payment be paid or fail; one that was paid stays so."""
        if transaction.state == "paid":
            return
        transaction.state, transaction.failure = state, failure
        if state == "paid":
            transaction.paid_at = self.now()
            transaction.customer = transaction.customer or f"cus_{transaction.number}"
            transaction.method = transaction.method or f"pm_{transaction.number}"

    def charge(self, transaction: Transaction) -> None:
        """Charge without the buyer: paid, unless declines are asked for."""
        left = self.provisions.declines.get(transaction.provider, 0)
        if left:
            self.provisions.declines[transaction.provider] = left - 1
        self.finish(transaction, "failed" if left else "paid", "insufficient_funds" if left else "")

    def give_back(self, transaction: Transaction, amount: Decimal, note: str) -> RefundRecord:
        """Refund a payment; raises ValueError for more than was paid."""
        if transaction.state != "paid" or amount <= 0 or transaction.refunded + amount > transaction.amount:
            raise ValueError("more than was paid")
        transaction.refunded += amount
        state = "pending" if self.provisions.slow_refunds else "done"
        made = RefundRecord(self.next_number(), transaction, amount, note, state, self.now())
        self.refunds.append(made)
        return made

    def send(self, provider: str, reference: str, amount: Decimal, currency: str, recipient: str) -> TransferRecord:
        """Send money to somebody; raises KeyError for a reference that is used."""
        if (provider, reference) in self.transfers:
            raise KeyError(reference)
        made = TransferRecord(
            self.next_number(), provider, reference, amount, currency, recipient, self.provisions.transfers
        )
        self.transfers[provider, reference] = made
        return made

    def refund_numbered(self, number: str) -> RefundRecord | None:
        """Return a refund by its number."""
        return next((each for each in self.refunds if str(each.number) == number), None)

    def dispute_numbered(self, number: str) -> DisputeRecord | None:
        """Return a dispute by its number."""
        return next((each for each in self.disputes if str(each.number) == number), None)

    def on_day(self, moment: datetime | None, start: datetime) -> bool:
        """Say whether a moment lies in the day that begins at another."""
        return moment is not None and start <= moment < start + timedelta(days=1)
