"""The books add up after any interleaving of what happens to money, with a death at every write."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.identity import Principal, Role
from lyceum.kit.table import Unit, fetch_partition
from lyceum.model.marketplace.sales import OfferPurchase, Sale
from lyceum.model.payments.affiliates import AffiliateFigures, Commission
from lyceum.model.payments.ledger import LedgerEntry
from lyceum.model.payments.orders import Customer, Payment, Refund
from lyceum.model.payouts import Payout, PayoutAccount
from lyceum.rules.ledger.booking import book, credit, debit, standing
from lyceum.rules.marketplace import sales
from lyceum.rules.payouts import sending
from lyceum.rules.providers.port import DisputeOutcome, Outcome, RefundOutcome, TransferOutcome
from tests.faults.interleaving import Act, Play, drawn, parts
from tests.support.clock import Clock
from tests.support.cloud import Cloud, unwired

from functions.marketplace.payouts import ordering
from functions.payments.affiliates import commissions
from functions.payments.orders import disputes, refunds
from functions.payments.orders.schemas import MakeRefund
from functions.payments.settlement import settling

FEW = 54
MOST_WRITES = 14
IN_A_TENANT = 50
CURRENCIES = ("NGN", "JPY", "KWD")


@dataclass
class Money:
    """One payment with everybody whom it concerns."""

    play: Play
    clock: Clock
    tenant: str
    buyer: str = field(default_factory=ids.new_id)
    seller: str = field(default_factory=ids.new_id)
    affiliate: str = field(default_factory=ids.new_id)

    def __post_init__(self) -> None:
        chance = self.play.chance
        self.currency = chance.choice(CURRENCIES)
        self.amount = chance.choice([1, 7, 99, 100_001, 10**12])
        self.credit, self.discount = chance.choice([0, 0, 3]), chance.choice([0, 0, 5])
        self.is_sale = chance.random() < 0.5
        self.payment = self._order()
        self.staff = Principal(ids.new_id(), self.tenant, Role.ADMIN, "free", "s")

    def _order(self) -> Payment:
        listed = self.amount + self.credit + self.discount
        offer_id = ids.new_id() if self.is_sale else None
        made = Payment(
            payment_id=ids.new_id(),
            user_id=self.buyer,
            provider="flutterwave" if self.currency == "KWD" else "paystack",
            purpose=sales.OFFER if self.is_sale else "checkout",
            product=f"BANK#{offer_id}" if self.is_sale else "PLAN#Plus",
            title="Plus",
            offer_id=offer_id,
            interval=None if self.is_sale else "month",
            currency=self.currency,
            list_amount=listed,
            discount=self.discount,
            balance_used=self.credit,
            tax=0 if self.is_sale else listed // 15,
            amount=self.amount,
            affiliate_id=None if self.is_sale else self.affiliate,
        )
        unit = Unit().create(made).create(Customer(user_id=self.buyer))
        if self.credit:
            given = [debit("vouchers", self.credit, self.currency), credit("held", self.credit, self.currency)]
            book(unit, made.payment_id, "hold", given)
        if self.is_sale:
            unit.create(self._sale(made))
        for user_id in (self.seller, self.affiliate):
            unit.create(
                PayoutAccount(
                    user_id=user_id, currency=self.currency, provider="paystack", recipient="sealed", hint="2345"
                )
            )
        unit.commit()
        return made

    def _sale(self, made: Payment) -> Sale:
        gross = int(made.list_amount)
        parts = sales.parts_of(gross, "20")
        return Sale(
            payment_id=made.payment_id,
            offer_id=made.offer_id,
            seller_id=self.seller,
            buyer_id=self.buyer,
            type="question_bank",
            title="Sets",
            gross=gross,
            discount=self.discount,
            commission=parts.commission,
            earned=parts.earned,
            currency=self.currency,
            rule={},
        )

    # What happens

    def settled(self, state: Any = "paid", **other: Any) -> Act:
        fields = {"amount": self.amount, "currency": self.currency, "reference": self.payment.reference, **other}
        told = Outcome(state, provider_id=f"c{self.payment.payment_id}", fee=self.amount // 70, **fields)
        return partial(settling.settle, self.payment.payment_id, told)

    def given_up(self) -> Act:
        return partial(settling.give_up, self.payment.payment_id)

    def refunded(self, amount: int | None, end: str) -> Act:
        """Reserve a refund and have its end told; what is done again finds the refunds that it left."""

        def act() -> None:
            asked = MakeRefund(reason="not as promised", amount=amount)
            refunds.make(self.staff, self.payment.payment_id, asked)
            self.conclude(end)

        return act

    def conclude(self, end: str = "done") -> None:
        """Let a provider tell the end of every refund that is open."""
        for each in self.refunds():
            if each.state in {"requested", "sent"}:
                told: Any = RefundOutcome(end, provider_id=f"r{each.refund_id}")  # type: ignore[arg-type]
                refunds.conclude(self.payment.payment_id, str(each.refund_id), told)

    def refunded_there(self, amount: int) -> Act:
        told = RefundOutcome("done", provider_id=f"x{self.payment.payment_id}", amount=amount, currency=self.currency)
        return lambda: refunds.hear(self.current(), told)

    def disputed(self, *states: Any) -> Act:
        def act() -> None:
            for state in states:
                told = DisputeOutcome(state, dispute_id="d", amount=self.amount, currency=self.currency)
                disputes.hear(self.payment.payment_id, told)

        return act

    def vested(self) -> None:
        owed = Commission.fetch(payment_id=self.payment.payment_id, consistent=True)
        if owed is not None:
            commissions.vest(owed)

    def paid_out(self) -> None:
        figures = AffiliateFigures.fetch(user_id=self.affiliate, currency=self.currency, consistent=True)
        if figures is not None and figures.payout_day:
            commissions.pay_out(figures)

    def seller_paid(self, number: int) -> Act:
        payout_id = ids.related_id(self.payment.payment_id, "payout", str(number))
        return lambda: ordering.order(self.seller, self.currency, 1, payout_id)

    def transferred(self, state: Any) -> None:
        for each in self.payouts():
            told = TransferOutcome(state, provider_id="t")
            sending.conclude(str(each.payee_id), str(each.payout_id), told)

    # What stands then

    def current(self) -> Payment:
        return Payment.require(payment_id=self.payment.payment_id, consistent=True)

    def refunds(self) -> list[Refund]:
        found = fetch_partition(Refund, payment_id=self.payment.payment_id, consistent=True)
        return [each for each in found if isinstance(each, Refund)]

    def payouts(self) -> list[Payout]:
        pages = [fetch_partition(Payout, payee_id=each, consistent=True) for each in (self.seller, self.affiliate)]
        return [each for page in pages for each in page if isinstance(each, Payout)]

    def entries(self) -> Iterable[LedgerEntry]:
        subjects = {self.payment.payment_id, *(str(each.payout_id) for each in self.payouts())}
        for subject in subjects:
            for each in fetch_partition(LedgerEntry, subject_id=subject, consistent=True):
                if isinstance(each, LedgerEntry):
                    yield each

    def require_whole(self) -> None:
        """Demand that every entry and every account adds up, and that no more went back than came in."""
        sums: dict[str, int] = {}
        for entry in self.entries():
            assert sum(int(leg["amount"]) for leg in entry.legs) == 0, entry.cause
            for leg in entry.legs:
                assert leg["currency"] == self.currency
                sums[leg["account"]] = sums.get(leg["account"], 0) + int(leg["amount"])
        assert sum(sums.values()) == 0
        people = [f"credit:{self.buyer}", f"seller:{self.seller}", f"seller_debt:{self.seller}"]
        for account in [*people, *(f"{name}:{self.affiliate}" for name in ("commission_pending", "affiliate"))]:
            stands = standing(account, self.currency)
            assert stands >= 0, account
            assert stands == (1 if account.startswith("seller_debt") else -1) * sums.get(account, 0), account
        payment, made = self.current(), self.refunds()
        back = sum(int(each.amount) for each in made if each.state == "done")
        there = sum(int(each.amount) for each in made if each.state == "done" and each.origin == "provider")
        assert payment.refunded == back and back - there <= self.amount
        is_paid = payment.state in {"paid", "partly_refunded", "refunded", "disputed"}
        assert sums.get("held", 0) == 0 or payment.state in {"created", "pending"}
        if not is_paid:
            assert back == 0 and sums.get("revenue", 0) == 0
        assert sums.get("payout", 0) == -sum(int(e.amount) for e in self.payouts() if e.state not in {"paid", "failed"})


def beginnings(money: Money, chance: random.Random) -> list[Act]:
    """Draw what happens until a payment is paid or not, told once or more."""
    acts = [money.settled("pending"), money.settled("failed"), money.given_up(), money.settled()]
    return [money.settled(), *drawn(chance, acts, 3)]


def middles(money: Money, chance: random.Random) -> list[Act]:
    """Draw what happens to a payment that is paid."""
    part = max(1, money.amount // chance.randint(1, 4))
    acts = [
        *[money.refunded(chance.choice([None, part]), chance.choice(["done", "failed"])) for _ in range(4)],
        money.refunded_there(part),
        money.disputed("open", chance.choice(["won", "lost"])),
        money.settled(),
    ]
    return drawn(chance, acts, 4)


def ends(money: Money, chance: random.Random) -> list[Act]:
    """Draw what happens weeks later: what is owed is paid out, while something may still go back."""
    acts: list[Act] = [
        money.vested,
        money.paid_out,
        money.seller_paid(1),
        money.seller_paid(2),
        partial(money.transferred, chance.choice(["done", "failed", "sent"])),
        money.refunded(1, "done"),
    ]
    return drawn(chance, acts, 5)


def played(number: int, clock: Clock, tenant: str) -> bool:
    """Play what happens to one payment, demand that its books are whole, and say whether an act died."""
    play = Play(number, most_writes=MOST_WRITES)
    money = Money(play, clock, tenant)
    play.together(*beginnings(money, play.chance))
    play.together(*middles(money, play.chance))
    clock.advance(days=15)
    play.together(*ends(money, play.chance))
    money.conclude()
    money.require_whole()
    bought = OfferPurchase.fetch(user_id=money.buyer, offer_id=money.payment.offer_id or "none", consistent=True)
    assert bought is None or bought.payment_id == money.payment.payment_id
    return play.writes > number % MOST_WRITES


@pytest.mark.parametrize("numbers", parts(FEW), ids=str)
def test_books_add_up_after_any_interleaving_with_a_death_at_every_write(
    cloud: Cloud, clock: Clock, numbers: range
) -> None:
    deaths, began = 0, clocks.now()
    for first in range(0, len(numbers), IN_A_TENANT):
        with cloud.new_tenant() as tenant, unwired():
            for number in numbers[first : first + IN_A_TENANT]:
                clock.move_to(began)
                deaths += played(number, clock, tenant)
    assert deaths >= len(numbers) // 3
