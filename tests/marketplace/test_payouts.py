"""Payouts: each once, whatever is lost, doubled or unknown, and never more than is owed."""

import pytest

from lyceum.kit.table import find_all
from lyceum.model.payouts import Payout
from lyceum.rules.payouts import sending
from lyceum.tasks.marketplace import SendPayout
from tests.marketplace.conftest import PRICE, Market
from tests.support.jobs import run
from tests.support.threads import at_once

from functions.marketplace import jobs
from functions.marketplace.payouts import ordering

EARNED = PRICE * 8 // 10


@pytest.fixture
def earned(market: Market) -> dict[str, object]:
    """Something that was sold long enough ago to be paid out; returns the purchase."""
    offer = market.listed()
    made = market.bought(offer)
    assert market.set_account().status == 200
    market.clock.advance(days=15)
    return made


def payouts(market: Market) -> list[Payout]:
    return list(find_all(Payout, payee_id=market.seller.user_id, consistent=True))


def sent(market: Market) -> list[int]:
    return [int(each.amount) for each in market.providers.books.transfers.values()]


@pytest.mark.parametrize(
    ("provider", "recipient"),
    [("paystack", "RCP_abc12345"), ("flutterwave", "rcp_abc12345"), ("stripe", "acct_1abcde")],
)
def test_what_is_owed_is_paid_once(market: Market, earned: object, provider: str, recipient: str) -> None:
    market.set_account(provider, recipient)
    done = market.process(threshold=EARNED)
    assert (done["state"], done["done"], done["failed"]) == ("done", 1, 0)
    assert len(market.providers.books.transfers) == 1 and market.owed() == 0
    found = market.own("payouts")
    assert [(each["state"], each["amount"]["amount"], each["hint"]) for each in found] == [
        ("paid", EARNED, recipient[-4:])
    ]
    assert market.process()["done"] == 0, "nothing is owed any more"
    assert market.own("stats")["figures"][0]["paidOut"]["amount"] == EARNED
    assert market.own("stats")["accounts"][0]["hint"] == recipient[-4:]
    assert market.balance("payout", "NGN") == 0
    market.require_balanced()


def test_below_the_threshold_within_the_hold_and_without_an_account_nobody_is_paid(market: Market) -> None:
    market.bought(market.listed())
    market.set_account()
    assert market.process()["done"] == 0, "it may still be returned"
    market.clock.advance(days=15)
    assert market.process(threshold=EARNED + 1)["done"] == 0
    other = market.client.as_("colleague", "instructor")
    market.bought(market.listed(other))
    market.clock.advance(days=15)
    done = market.process()
    assert (done["done"], done["failed"]) == (1, 1) and sent(market) == [EARNED]


def test_orders_at_once_set_the_money_aside_once(market: Market, earned: object) -> None:
    name = market.seller.user_id
    outcomes = at_once(*[lambda n=n: ordering.order(name, "NGN", 1, f"{n:026d}") for n in range(4)])
    assert sorted(outcomes) == ["ordered", "too little", "too little", "too little"]
    market.settle()
    assert sent(market) == [EARNED] and len(payouts(market)) == 1
    market.require_balanced()


def test_an_answer_that_is_lost_is_asked_for_and_nothing_is_sent_again(market: Market, earned: object) -> None:
    market.providers.books.provisions.lost.add("paystack")
    market.process()
    assert [each.state for each in payouts(market)] == ["sending"] and sent(market) == [EARNED]
    market.providers.books.provisions.lost.clear()
    for _ in range(3):
        name, payout = market.seller.user_id, payouts(market)[0].payout_id
        sending.send(name, payout)
    market.ask()
    assert [each.state for each in payouts(market)] == ["paid"] and sent(market) == [EARNED]
    market.require_balanced()


def test_what_a_provider_never_heard_of_is_the_sellers_again_after_days(market: Market, earned: object) -> None:
    market.process()
    payout = payouts(market)[0]
    market.require_balanced()
    market.clock.advance(days=1)
    assert payout.state == "paid"
    market.bought(market.listed(), market.client.as_("eve", "student"))
    market.clock.advance(days=15)
    ordering.order(market.seller.user_id, "NGN", 1, "1" * 26)
    waiting = payouts(market)[-1] if payouts(market)[-1].state == "ordered" else payouts(market)[0]
    assert waiting.state == "ordered"
    sending._note_sending(waiting)  # its worker dies before the provider is asked
    for hours in (1, 24, 47):
        market.clock.advance(hours=hours)
        market.ask()
        current = Payout.require(payee_id=market.seller.user_id, payout_id=waiting.payout_id, consistent=True)
        state = current.state
        assert state == ("sending" if hours < 47 else "failed")
    assert len(market.providers.books.transfers) == 1, "it was never sent again"
    assert market.owed() == EARNED
    assert [line["cause"] for line in market.own("statement")][-2:] == ["payout", "payout_failed"]
    market.require_balanced()


def test_a_provider_that_is_down_is_not_asked_until_it_answers(market: Market, earned: object) -> None:
    market.providers.books.provisions.down.add("paystack")
    market.process()
    market.providers.books.provisions.down.clear()
    assert sent(market) == []
    market.clock.advance(hours=1)
    market.ask()
    assert [each.state for each in payouts(market)] == ["sending"], "whether it arrived is not known"
    market.clock.advance(days=3)
    market.ask()
    assert [each.state for each in payouts(market)] == ["failed"] and market.owed() == EARNED
    assert market.process()["done"] == 1 and sent(market) == [EARNED]
    market.require_balanced()


def test_a_bank_takes_its_time_and_may_say_no(market: Market, earned: object) -> None:
    market.providers.books.provisions.transfers = "pending"
    market.process()
    assert [each.state for each in payouts(market)] == ["sent"]
    market.clock.advance(days=2)
    market.ask()
    assert [each.state for each in payouts(market)] == ["sent"]
    market.providers.finish_transfers(well=False)
    market.clock.advance(hours=1)
    market.ask()
    assert [each.state for each in payouts(market)] == ["failed"] and market.owed() == EARNED
    told = market.seller.get("/api/notifications").data
    assert any("could not be paid" in each["body"] for each in told)
    market.require_balanced()


def test_a_doubled_task_sends_once(market: Market, earned: object) -> None:
    ordering.order(market.seller.user_id, "NGN", 1, "1" * 26)
    task = SendPayout(payee_id=market.seller.user_id, payout_id="1" * 26)
    failures = 0
    for outcome in at_once(*[lambda: _send(task) for _ in range(3)]):
        failures += not outcome
    market.settle()
    market.ask()
    assert sent(market) == [EARNED] and [each.state for each in payouts(market)] == ["paid"]
    assert failures <= 2
    market.require_balanced()


def _send(task: SendPayout) -> bool:
    try:
        sending.send(task.payee_id, task.payout_id)
    except Exception:
        return False
    return True


def test_what_goes_back_after_a_payout_is_owed_and_kept_back(market: Market, earned: dict[str, object]) -> None:
    market.process()
    market.refund(earned)
    assert market.owed() == -EARNED
    assert market.own("stats")["balances"] == [
        {"owed": {"amount": 0, "currency": "NGN"}, "debt": {"amount": EARNED, "currency": "NGN"}}
    ]
    market.require_balanced()
    for name in ("ada", "eve"):
        market.bought(market.listed(), market.client.as_(name, "student"))
    market.clock.advance(days=15)
    assert market.process()["done"] == 1
    assert sent(market) == [EARNED, EARNED], "two were sold, and one was owed"
    assert market.owed() == 0
    market.require_balanced()


def test_sales_refunds_and_payouts_at_once_leave_books_that_balance(market: Market, earned: dict[str, object]) -> None:
    offer = market.listed()
    eve = market.client.as_("eve", "student")
    market.give_credit(eve, PRICE)
    market.admin.post(f"/api/refunds/{earned['paymentId']}", {"reason": "not as promised", "amount": 50_000})
    at_once(
        lambda: market.purchase(offer, eve).status,
        lambda: ordering.order(market.seller.user_id, "NGN", 1, "1" * 26),
        lambda: ordering.order(market.seller.user_id, "NGN", 1, "2" * 26),
    )
    market.settle()
    market.ask()
    market.require_balanced()


def test_the_job_asks_once_an_hour(market: Market, earned: object) -> None:
    market.providers.books.provisions.transfers = "pending"
    market.process()
    for _ in range(3):
        run(jobs, "open_payouts")
    market.settle()
    assert [each.state for each in payouts(market)] == ["sent"]
