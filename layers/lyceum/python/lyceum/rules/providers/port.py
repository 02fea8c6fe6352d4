"""The port of payment providers: what each of them can be asked, in our words."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, Protocol

from lyceum.kit.errors import Unavailable
from lyceum.kit.frozen import frozen

OutcomeState = Literal["open", "pending", "paid", "failed"]
"""Of a payment: the buyer has not acted, a bank is at work, money arrived, or it was declined or given up."""
RefundState = Literal["sent", "done", "failed"]
TransferState = Literal["unknown", "sent", "done", "failed"]
"""Of a payout: the provider knows nothing of it, a bank is at work, it arrived, or it did not and the money is back."""
Attention = Literal["payment", "refund", "dispute", "none"]
NAMES = ("paystack", "flutterwave", "stripe")


class ProviderDown(Unavailable):
    """A provider gave no answer that says anything; what was asked may have been done all the same."""

    default_code = "PROVIDER_UNAVAILABLE"

    def __init__(self, provider: str, *, retry_after_seconds: int = 60) -> None:
        text = f"{provider.capitalize()} does not answer at the moment. Nothing is lost; please try again later."
        super().__init__(text, retry_after_seconds=retry_after_seconds)


class ProviderRefused(Exception):
    """A provider understood and said no; `code` is its word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"refused: {code}")
        self.code = code


class BadSignature(Exception):
    """What came in a provider's name is not signed by it, or too old."""


@frozen
class Order:
    """What a provider is to collect: `amount` in minor units of `currency`, known by `reference`."""

    reference: str
    amount: int
    currency: str
    title: str
    email: str
    return_url: str


@frozen
class Checkout:
    """A provider's page on which the buyer pays, and the provider's name for it."""

    url: str
    provider_reference: str


@frozen
class Outcome:
    """What a provider says of a payment.

    Attributes:
        provider_id: Its charge, by which it refunds.
        fee: What it keeps, in minor units; None where it does not say.
        channel: How was paid, such as card, bank_transfer, ussd or mobile_money.
        authorisation: What it charges again by, sealed by nobody yet; never a number of a card.
        failure: Its word for why it failed.
    """

    state: OutcomeState
    reference: str = ""
    amount: int = 0
    currency: str = ""
    provider_id: str = ""
    fee: int | None = None
    channel: str = ""
    authorisation: str = ""
    failure: str = ""


@frozen
class RefundOutcome:
    """What a provider says of a refund; `refund_id` is our own where it was made here."""

    state: RefundState
    provider_id: str = ""
    amount: int = 0
    currency: str = ""
    charge_id: str = ""
    refund_id: str = ""
    failure: str = ""


@frozen
class DisputeOutcome:
    """What a provider says of a dispute: `open`, `won` or `lost`."""

    state: Literal["open", "won", "lost"]
    dispute_id: str
    amount: int
    currency: str
    charge_id: str = ""
    reference: str = ""


@frozen
class Transfer:
    """Money to send to somebody whom a provider knows as `recipient`: minor units, known by `reference`."""

    reference: str
    amount: int
    currency: str
    recipient: str
    title: str


@frozen
class TransferOutcome:
    """What a provider says of a transfer; `failure` is its word for why it failed."""

    state: TransferState
    provider_id: str = ""
    failure: str = ""


@frozen
class Notice:
    """What a webhook is about. It is believed in nothing but that it is worth asking.

    Attributes:
        event_id: The provider's id, or a hash of the body where it has none.
        about: What to ask for.
        reference: Our reference, where it says one.
        object_id: The provider's id of the charge, refund or dispute.
    """

    event_id: str
    type: str
    about: Attention
    reference: str = ""
    object_id: str = ""


@frozen
class SettledLine:
    """A line of a provider's account of a day: a charge or a refund that it has done.

    - `charge_id`: of a refund, the charge that it is of, by the provider's name for it.
    """

    kind: Literal["charge", "refund"]
    reference: str
    provider_id: str
    amount: int
    currency: str
    fee: int = 0
    charge_id: str = ""


class Provider(Protocol):
    """A payment provider. Every call raises ProviderDown or ProviderRefused."""

    name: str

    def begin(self, order: Order) -> Checkout:
        """Make a page on which the buyer pays."""

    def look_up(self, reference: str, provider_reference: str | None) -> Outcome:
        """Say what has become of a payment; one that it does not know is open."""

    def charge(self, order: Order, authorisation: str) -> Outcome:
        """Charge again by what was saved; the reference makes a second call of the same have no effect."""

    def refund(self, charge_id: str, reference: str, refund_id: str, amount: int, currency: str) -> RefundOutcome:
        """Send money back; the refund's id makes a second call of the same have no effect."""

    def look_up_refund(self, provider_id: str) -> RefundOutcome:
        """Say what has become of a refund."""

    def look_up_dispute(self, dispute_id: str) -> DisputeOutcome:
        """Say how a dispute stands."""

    def transfer(self, wanted: Transfer) -> TransferOutcome:
        """Send money to somebody; it is asked for once, and looked up ever after."""

    def look_up_transfer(self, reference: str) -> TransferOutcome:
        """Say what has become of a transfer by our reference."""

    def settled(self, day: date) -> list[SettledLine]:
        """List what was charged and refunded on a day (UTC)."""

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Read what a webhook is about; raises BadSignature. Header names are in lower case."""
