"""Credit that is bought on a provider's page, from which lessons are paid."""

from typing import Any

import pytest

from lyceum.kit import ids
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.payments.orders import Payment
from lyceum.model.users.account import User
from lyceum.rules.ledger.booking import book, credit, debit, standing
from tests.payments.conftest import Shop
from tests.payments.test_refunds import refund
from tests.support import workers
from tests.support.http import Client

CREDIT = {"creditAmount": 300_000}


def _credit(shop: Shop) -> int:
    return standing(f"credit:{shop.buyer.user_id}", "NGN")


def _bought(shop: Shop) -> dict[str, Any]:
    return shop.buy(**CREDIT)


def test_what_is_paid_becomes_credit_once_and_is_no_sale(shop: Shop) -> None:
    paid = _bought(shop)
    assert (paid["state"], paid["what"], paid["total"]["amount"]) == ("paid", "Credit", 300_000)
    for webhook in shop.providers.take_webhooks():
        shop.tell(webhook)
    shop.settle()
    assert _credit(shop) == 300_000
    assert shop.balance("revenue", "NGN") == shop.balance("tax", "NGN") == 0
    assert shop.right("CREDIT") is None
    shop.require_balanced()


def test_credit_that_is_there_pays_nothing_of_more(shop: Shop) -> None:
    _bought(shop)
    assert _bought(shop)["total"]["amount"] == 300_000
    assert _credit(shop) == 600_000


def test_an_order_that_is_declined_gives_none(shop: Shop) -> None:
    made = shop.order(**CREDIT).data
    shop.act(made, "decline")
    shop.settle()
    assert _credit(shop) == 0


def test_credit_goes_back_as_long_as_it_is_there(shop: Shop) -> None:
    paid = _bought(shop)
    unit = Unit()
    legs = [debit(f"credit:{shop.buyer.user_id}", 100_000, "NGN"), credit("held", 100_000, "NGN")]
    book(unit, ids.new_id(), "booked", legs)
    unit.commit()
    assert refund(shop, paid).error.fields == {"CREDIT_SPENT"}
    assert refund(shop, paid, amount=200_000).status == 202
    shop.settle()
    assert _credit(shop) == 0
    assert refund(shop, paid, amount=1).error.fields == {"CREDIT_SPENT"}


def test_credit_takes_no_coupons_and_is_asked_for_alone(shop: Shop) -> None:
    for more in ({"couponCodes": ["LESS"]}, {"seats": 2}, {"planId": "plus-monthly"}):
        assert shop.order(**{**CREDIT, **more}).status == 400
    for amount in (0, -5, 10**9 + 1, 1.5, "many"):
        assert shop.order(creditAmount=amount).status == 400


def test_a_lesson_is_paid_by_a_providers_page_and_its_price_comes_back(shop: Shop, client: Client) -> None:
    mentor, student = client.as_("mentor", "mentor"), shop.buyer
    user = User.require(user_id=student.user_id, consistent=True)
    user.profile = {"birthDate": "1995-05-05"}
    Unit().replace(user).commit()
    offer = {
        "timeZone": "Africa/Lagos",
        "weekly": {str(day): [{"start": "08:00", "end": "18:00"}] for day in range(7)},
        "subjects": ["Algebra"],
        "hourlyAmount": 250_000,
        "currency": "NGN",
        "takesMinors": True,
    }
    assert mentor.put("/api/tutoring/availability", offer).status == 200
    wanted = {"mentorId": mentor.user_id, "subject": "Algebra", "startsAt": f"{shop.clock.at.year}-01-15T09:00:00Z"}
    assert student.post("/api/tutoring/sessions", wanted).error.fields == {"CREDIT_TOO_LOW"}
    _bought(shop)
    booked = student.post("/api/tutoring/sessions", wanted).data
    assert (booked["amount"], booked["paidBy"], _credit(shop)) == (250_000, "credit", 50_000)
    back = student.patch(f"/api/tutoring/sessions/{booked['sessionId']}", {"action": "cancel"}).data
    workers.deliver(shop.cloud, shop.tenant, only="payments", rounds=6)
    assert (back["refunded"], _credit(shop)) == (250_000, 300_000)
    shop.require_balanced()


def test_an_order_remembers_where_the_edge_saw_its_buyer(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYCEUM_COUNTRY_HEADER", "cloudfront-viewer-country")
    settings.cache_clear()
    wanted = {"provider": "paystack", "currency": "NGN", **CREDIT}
    made = shop.buyer.post("/api/payments/initialize", wanted, cloudfront_viewer_country="ke").data
    settings.cache_clear()
    kept = Payment.require(payment_id=made["paymentId"], consistent=True)
    assert (kept.seen_in, kept.country) == ("KE", None)
    assert _order_of(shop).seen_in is None, "without an edge nobody says where it was"


def _order_of(shop: Shop) -> Payment:
    return Payment.require(payment_id=shop.order(**CREDIT).data["paymentId"], consistent=True)
