"""Commission that is paid out to a bank: each payout once, and what fails is owed again and paid with the next."""

import pytest

from lyceum.kit.table import find_all
from lyceum.model.payments.orders import Payment
from lyceum.model.payouts import Payout
from lyceum.rules.ledger.booking import standing
from lyceum.rules.providers.port import RefundOutcome
from tests.payments.conftest import Shop, plan
from tests.support import workers
from tests.support.http import Client
from tests.support.jobs import run, run_twice_at_once

from functions.marketplace import jobs as payout_jobs
from functions.payments import jobs
from functions.payments.orders import refunds

EARNED = 46_512
"""A tenth of 500 000 less the tax that it holds."""


class Affiliate:
    """Somebody who led a buyer here, and what was paid to them."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    @property
    def client(self) -> Client:
        return self.shop.client.as_("eve", "student")

    @property
    def path(self) -> str:
        return f"/api/affiliate/{self.client.user_id}"

    def refer(self) -> None:
        """Lead a buyer here, and let the time for refunds pass."""
        code = self.client.post("/api/affiliate/links", {}).data["code"]
        self.shop.buy(referralCode=code)
        self.shop.clock.advance(days=14, hours=1)
        run(jobs, "commissions_due")

    def set_account(self, currency: str = "NGN") -> None:
        wanted = {"provider": "paystack", "recipient": "RCP_abc12345"}
        assert self.client.put(f"{self.path}/accounts/{currency}", wanted).status == 200

    def pay_out(self) -> None:
        """Let the first of the next month come, and all follow from it."""
        at = self.shop.clock.at
        year, month = divmod(at.year * 12 + at.month, 12)
        self.shop.clock.move_to(at.replace(year=year, month=month + 1, day=1, hour=2))
        for _ in range(2):
            run_twice_at_once(jobs, "commissions_due")
            self.work()

    def ask(self) -> None:
        run(payout_jobs, "open_payouts")
        self.work()

    def work(self) -> None:
        assert workers.deliver(self.shop.cloud, self.shop.tenant, rounds=8) == 0

    def figures(self) -> tuple[int, int]:
        """Return what is payable and what was paid out."""
        (earned,) = self.client.get(f"{self.path}/stats").data["earnings"]
        return earned["payable"]["amount"], earned["paidOut"]["amount"]

    def sent(self) -> list[int]:
        return [int(each.amount) for each in self.shop.providers.books.transfers.values()]

    def states(self) -> list[str]:
        return [each.state for each in find_all(Payout, payee_id=self.client.user_id, consistent=True)]


@pytest.fixture
def affiliate(shop: Shop) -> Affiliate:
    return Affiliate(shop)


def test_what_goes_back_beyond_what_was_paid_takes_no_commission_that_there_is_not(
    shop: Shop, affiliate: Affiliate
) -> None:
    code = affiliate.client.post("/api/affiliate/links", {}).data["code"]
    paid = shop.buy(referralCode=code)
    assert shop.admin.post(f"/api/refunds/{paid['paymentId']}", {"reason": "half", "amount": 250_000}).status == 202
    refunds.hear(
        Payment.require(payment_id=paid["paymentId"], consistent=True),
        RefundOutcome("done", provider_id="made-there", amount=400_000, currency="NGN"),
    )
    shop.settle()
    assert shop.buyer.get("/api/payments").data[0]["refunded"]["amount"] == 650_000
    assert standing(f"commission_pending:{affiliate.client.user_id}", "NGN") == 0
    shop.require_balanced()


def test_commission_of_thousandths_is_paid_out_in_whole_hundredths_and_the_rest_stays(
    shop: Shop, affiliate: Affiliate
) -> None:
    plan("gulf", product="Gulf", prices=[{"amount": 12_340, "currency": "KWD"}])
    affiliate.set_account("KWD")
    code = affiliate.client.post("/api/affiliate/links", {}).data["code"]
    shop.buy(referralCode=code, planId="gulf", currency="KWD")
    shop.clock.advance(days=14, hours=1)
    run(jobs, "commissions_due")
    affiliate.pay_out()
    assert [(int(each.amount), each.state) for each in find_all(Payout, payee_id=affiliate.client.user_id)] == [
        (1_230, "paid")
    ]
    assert standing(f"affiliate:{affiliate.client.user_id}", "KWD") == 4
    shop.require_balanced()


def test_commission_goes_to_the_bank_of_who_has_one(shop: Shop, affiliate: Affiliate) -> None:
    affiliate.set_account()
    affiliate.refer()
    affiliate.pay_out()
    assert (affiliate.sent(), affiliate.figures()) == ([EARNED], (0, EARNED))
    assert standing(f"credit:{affiliate.client.user_id}", "NGN") == 0
    (listed,) = affiliate.client.get(f"{affiliate.path}/payouts").data
    assert (listed["state"], listed["amount"], listed["hint"]) == (
        "paid",
        {"amount": EARNED, "currency": "NGN"},
        "2345",
    )
    told = affiliate.client.get("/api/notifications").data
    assert any("has been paid to you for whom you led here" in each["body"] for each in told)
    assert shop.balance("payout", "NGN") == 0
    shop.require_balanced()


def test_an_account_in_another_currency_leaves_it_credit(shop: Shop, affiliate: Affiliate) -> None:
    affiliate.set_account("USD")
    affiliate.refer()
    affiliate.pay_out()
    assert affiliate.sent() == []
    assert standing(f"credit:{affiliate.client.user_id}", "NGN") == EARNED
    shop.require_balanced()


def test_what_a_bank_refuses_is_owed_again_and_paid_with_the_next(shop: Shop, affiliate: Affiliate) -> None:
    affiliate.set_account()
    affiliate.refer()
    shop.providers.books.provisions.transfers = "pending"
    affiliate.pay_out()
    assert (affiliate.states(), affiliate.figures()) == (["sent"], (0, EARNED))
    shop.providers.finish_transfers(well=False)
    shop.clock.advance(hours=1)
    affiliate.ask()
    affiliate.ask()
    assert (affiliate.states(), affiliate.figures()) == (["failed"], (EARNED, 0))
    assert standing(f"affiliate:{affiliate.client.user_id}", "NGN") == EARNED
    shop.require_balanced()
    shop.providers.books.provisions.transfers = "done"
    affiliate.pay_out()
    assert (affiliate.states()[-1], affiliate.figures()) == ("paid", (0, EARNED))
    assert standing(f"affiliate:{affiliate.client.user_id}", "NGN") == 0
    shop.require_balanced()


def test_a_lost_answer_pays_nobody_twice(shop: Shop, affiliate: Affiliate) -> None:
    affiliate.set_account()
    affiliate.refer()
    shop.providers.books.provisions.lost.add("paystack")
    affiliate.pay_out()
    shop.providers.books.provisions.lost.clear()
    affiliate.ask()
    assert (affiliate.states(), affiliate.sent()) == (["paid"], [EARNED])
    shop.require_balanced()


def test_where_one_is_paid_is_ones_own_and_sealed(shop: Shop, affiliate: Affiliate) -> None:
    affiliate.set_account()
    stats = affiliate.client.get(f"{affiliate.path}/stats")
    assert stats.data["accounts"] == [{"currency": "NGN", "provider": "paystack", "hint": "2345"}]
    assert len(stats.cost.operations) <= 2
    assert "RCP_abc12345" not in str(shop.cloud.items(shop.tenant))
    wanted = {"provider": "paystack", "recipient": "RCP_theirs123"}
    assert shop.buyer.put(f"{affiliate.path}/accounts/NGN", wanted).status == 403
    assert shop.buyer.get(f"{affiliate.path}/payouts").status == 403
    assert affiliate.client.put(f"{affiliate.path}/accounts/NGN", {**wanted, "recipient": "0123456789"}).status == 400
