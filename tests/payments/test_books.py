"""The books as staff see them: a trial balance of zero, and a reconciliation that finds what was planted."""

from datetime import timedelta
from decimal import Decimal

import pytest

from lyceum.events.payments import EntitlementChanged
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit
from lyceum.model.payments.ledger import ControlBalance
from lyceum.model.users.account import User
from tests.payments.conftest import Shop
from tests.support import workers


def test_the_trial_balance_adds_up_by_currency(shop: Shop) -> None:
    shop.buy()
    shop.buy(provider="stripe", currency="USD")
    shop.work()
    found = shop.admin.get("/api/admin/ledger/trial-balance").data
    assert found["isBalanced"] and {row["difference"] for row in found["sums"]} == {0}
    accounts = {(row["account"], row["currency"]): row["balance"] for row in found["accounts"]}
    assert accounts["revenue", "NGN"] == 500_000 - 34_884 and accounts["tax", "NGN"] == 34_884
    assert accounts["provider.stripe", "USD"] == 1_000 - 15
    shop.run("close_books")
    found = shop.admin.get("/api/admin/ledger/trial-balance").data
    assert found["faults"] == found["differences"] == [] and found["closedDay"] == f"{shop.clock.at:%Y-%m-%d}"
    Unit().change(ControlBalance.at(currency="NGN", account="revenue"), ControlBalance.credit.add(1)).commit()
    shop.run("close_books")
    found = shop.admin.get("/api/admin/ledger/trial-balance").data
    assert not found["isBalanced"] and [row["account"] for row in found["differences"]] == ["revenue"]
    for caller in (shop.buyer, shop.client.as_("moderator")):
        assert caller.get("/api/admin/ledger/trial-balance").status == 403
        assert caller.get("/api/admin/reconciliation").status == 403


@pytest.mark.parametrize(("provider", "currency"), [("paystack", "NGN"), ("flutterwave", "NGN"), ("stripe", "USD")])
def test_reconciliation_finds_what_was_planted_and_puts_right_what_was_missed(
    shop: Shop, provider: str, currency: str
) -> None:
    kinds = ["good", "amount", "there", "missed"]
    buyers = {kind: shop.client.as_(kind, "student") for kind in kinds}
    made = {kind: shop.order(buyers[kind], provider=provider, currency=currency).data for kind in kinds}
    for kind in kinds:
        shop.act(made[kind])
        if kind == "missed":
            shop.providers.take_webhooks()
        shop.settle()
    books = shop.providers.books
    books.transactions[provider, made["amount"]["reference"]].amount -= Decimal(100)
    del books.transactions[provider, made["there"]["reference"]]
    refund = shop.admin.post(f"/api/refunds/{made['good']['paymentId']}", {"reason": "why", "amount": 100})
    assert refund.status == 202
    shop.settle()
    shop.clock.advance(days=1)
    shop.run("reconcile")
    found = shop.admin.get("/api/admin/reconciliation", {"provider": provider}).data
    day = f"{shop.clock.at - timedelta(days=1):%Y-%m-%d}"
    (report,) = [each for each in found["reports"] if each["day"] == day]
    names = {payment["reference"]: kind for kind, payment in made.items()}
    assert {names[row["reference"]]: row["kind"] for row in report["differences"]} == {
        "amount": "amount", "there": "missing_there", "missed": "state",
    }  # fmt: skip
    assert (report["charges"], report["refunds"]) == (3, 1)
    assert shop.buyer.get("/api/payments").data == []
    assert buyers["missed"].get("/api/payments").data[0]["state"] == "paid", "it was asked for again"
    shop.run("reconcile")
    again = shop.admin.get("/api/admin/reconciliation", {"provider": provider, "from": day, "to": day}).data
    assert again["differences"] == 2
    shop.require_balanced()


@pytest.mark.parametrize(("provider", "currency"), [("paystack", "NGN"), ("flutterwave", "NGN"), ("stripe", "USD")])
def test_reconciliation_finds_refunds_that_were_missed_on_either_side(shop: Shop, provider: str, currency: str) -> None:
    kinds = ["good", "missed", "there", "amount"]
    buyers = {kind: shop.client.as_(kind, "student") for kind in kinds}
    made = {kind: shop.buy(buyers[kind], provider=provider, currency=currency) for kind in kinds}
    for kind in ("good", "there", "amount"):
        asked = {"reason": "why", "amount": 200}
        assert shop.admin.post(f"/api/refunds/{made[kind]['paymentId']}", asked).status == 202
    shop.settle()
    shop.providers.refund(provider, made["missed"]["reference"], Decimal(3 if provider == "flutterwave" else 300))
    shop.providers.take_webhooks()
    books = shop.providers.books
    for record in list(books.refunds):
        if record.transaction.reference == made["there"]["reference"]:
            books.refunds.remove(record)
        elif record.transaction.reference == made["amount"]["reference"]:
            record.amount *= 2
    shop.clock.advance(days=1)
    shop.run("reconcile")
    day = f"{shop.clock.at - timedelta(days=1):%Y-%m-%d}"
    asked = {"provider": provider, "from": day, "to": day}
    (report,) = shop.admin.get("/api/admin/reconciliation", asked).data["reports"]
    names = {payment["reference"]: kind for kind, payment in made.items()}
    assert {names[row["reference"]]: row["kind"] for row in report["differences"]} == {
        "missed": "missing_here", "there": "missing_there", "amount": "amount",
    }  # fmt: skip
    (missed,) = buyers["missed"].get("/api/payments").data
    assert (missed["state"], missed["refunded"]["amount"]) == ("partly_refunded", 300), "it was asked for"
    shop.run("reconcile")
    assert shop.admin.get("/api/admin/reconciliation", asked).data["differences"] == 2
    shop.require_balanced()


def test_health_shows_a_provider_that_does_not_answer(shop: Shop) -> None:
    assert shop.client.get("/api/health").data.get("providers", []) == []
    shop.providers.books.provisions.down.add("paystack")
    for _ in range(5):
        assert shop.order().status == 503
    health = shop.client.get("/api/health").data
    assert (health["status"], health["providers"]) == ("ok", [{"name": "paystack", "state": "down"}])
    shop.providers.books.provisions.down.clear()
    shop.clock.advance(minutes=2)
    assert shop.order().status == 201
    assert shop.client.get("/api/health").data["providers"] == [{"name": "paystack", "state": "up"}]


def test_an_account_has_the_tier_of_its_plan_while_it_lasts(shop: Shop) -> None:
    paid = shop.buy()
    workers.deliver(shop.cloud, shop.tenant, only="users")
    user = User.require(user_id=shop.buyer.user_id, consistent=True)
    assert (user.tier, int(user.permissions_version)) == ("plus", 2)
    shop.clock.advance(days=32)
    shop.run("ended_plans")
    workers.deliver(shop.cloud, shop.tenant, only="users")
    assert User.require(user_id=shop.buyer.user_id, consistent=True).tier == "free"
    stray = EntitlementChanged(user_id="nobody", product="PLAN#Plus", tier="plus")
    Unit().create(OutboxItem.of(stray), stray).commit()
    assert workers.deliver(shop.cloud, shop.tenant, only="users") == 0 and paid["state"] == "paid"


def test_what_is_told_of_money_reaches_the_inbox_in_both_languages(shop: Shop) -> None:
    eve = shop.client.as_("eve", "student")
    Unit().change(User.at(user_id=eve.user_id), User.language.set("fr")).commit()
    for buyer in (shop.buyer, eve):
        shop.buy(buyer)
    workers.deliver(shop.cloud, shop.tenant, only="notifications")
    titles = [buyer.get("/api/notifications").data[0]["title"] for buyer in (shop.buyer, eve)]
    assert titles == ["We received your payment for Plus", "Nous avons reçu votre paiement : Plus"]
