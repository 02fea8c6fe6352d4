"""The marketplace in the deployed stack: offer, review, purchase, refund, payout, and books that balance."""

import json
import urllib.request
from typing import Any

import pytest

from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e
PRICE = {"amount": 5_000, "currency": "USD"}


def demand(stack: Stack, what: str, **given: Any) -> None:
    """Ask something of the local providers."""
    body = json.dumps(given).encode()
    request = urllib.request.Request(f"{stack.facts['paymentsUrl']}/_demand/{what}", body, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def test_an_offer_is_sold_returned_and_paid_out_with_books_that_balance(stack: Stack, topics: list[str]) -> None:
    seller, moderator, admin = (stack.as_(name) for name in ("instructor", "moderator", "admin"))
    buyers = [stack.as_("student"), stack.as_("second_student")]
    seller_id = seller.get("/api/auth/me").data["userId"]
    own = f"/api/marketplace/seller/{seller_id}"
    hold = {"values": {"seller_hold_days": 0}, "reason": "a trial"}
    assert stack.as_("super_admin").send("PUT", "/api/admin/settings", hold, {}).status == 200

    question = draft(seller, topics[0])
    wanted = {"type": "question_bank", "title": "Sets", "description": "<p>One question.</p>", "price": PRICE}
    offer = seller.post("/api/marketplace/products", {**wanted, "questionIds": [question]}).data
    path = f"/api/marketplace/products/{offer['productId']}"
    assert stack.api.get(path).status == 404
    decision = {"revision": offer["revision"], "approved": True}
    assert moderator.post(f"/api/admin/marketplace/products/{offer['productId']}/decision", decision).status == 200
    assert offer["productId"] in ids_of(stack)

    eventually(lambda: offer["productId"] in ids_of(stack, "?search=sets"), "words find it")
    coupon = {"code": "MARKET10", "percent": 10, "products": ["MARKETPLACE"]}
    assert admin.post("/api/coupons", coupon).status in {201, 409}
    asked = {"currency": "USD", "offerId": offer["productId"]}
    assert buyers[0].post("/api/coupons/market10/validate", asked).data["total"]["amount"] == 4_500
    priced = stack.as_("mentor").post(f"{path}/purchase", {"provider": "stripe", "couponCodes": ["market10"]}).data
    assert (priced["total"]["amount"], priced["discount"]["amount"]) == (4_500, 500)

    made = [buy(stack, buyer, path) for buyer in buyers]
    for buyer in buyers:
        eventually(lambda buyer=buyer: buyer.get(f"{path}/questions").status == 200, "the bank opens for its buyer")
    review = {"productId": offer["productId"], "stars": 4, "text": "Good."}
    written = buyers[0].post("/api/marketplace/reviews", review)
    assert written.status == 201
    hidden = f"{path}/reviews/{written.data['reviewId']}"
    for state, counted in (("hidden", 0), ("shown", 1)):
        assert moderator.send("PUT", hidden, {"state": state}, {}).data["state"] == state
        assert stack.api.get(path).data["reviewCount"] == counted
    eventually(lambda: owed(seller, own) == 8_000, "both sales are on the seller's balance")

    refund = {"reason": "not as promised"}
    assert admin.post(f"/api/refunds/{made[1]['paymentId']}", refund).status == 202
    eventually(lambda: buyers[1].get(f"{path}/questions").status == 404, "what was returned is closed")
    assert owed(seller, own) == 4_000

    account = {"provider": "stripe", "recipient": "acct_1seller"}
    assert seller.send("PUT", f"{own}/accounts/USD", account, {}).status == 200
    job = admin.post("/api/admin/payouts/process", {"currency": "USD", "threshold": 1_000}).data
    eventually(lambda: admin.get(f"/api/jobs/{job['jobId']}").data["state"] == "done", "payouts are ordered")
    paid = eventually(
        lambda: (found := seller.get(f"{own}/payouts").data) and found[0]["state"] == "paid" and found,
        "the payout arrived",
    )
    assert [each["amount"]["amount"] for each in paid] == [4_000] and owed(seller, own) == 0
    causes = [line["cause"] for line in seller.get(f"{own}/statement").data]
    assert causes == ["sale", "sale", "return", "payout"]
    board = stack.api.get("/api/marketplace/top-sellers?currency=USD").data["sellers"]
    assert seller_id in {each["sellerId"] for each in board}
    books = eventually(lambda: balanced(admin), "the books are folded and add up to zero")
    assert {row["difference"] for row in books["sums"]} == {0}


def ids_of(stack: Stack, query: str = "") -> set[str]:
    """Return which offers everybody sees."""
    return {each["productId"] for each in stack.api.get(f"/api/marketplace/products{query}").data}


def draft(seller: Remote, topic_id: str) -> str:
    """Write a question that nobody has for nothing."""
    options = [{"id": "a", "text": "A collection"}, {"id": "b", "text": "A number"}]
    wanted = {"type": "single", "topicId": topic_id, "stem": "What is sold as a set here?", "difficulty": "easy"}
    made = seller.post("/api/questions", {**wanted, "options": options, "correctOptionIds": ["a"], "isDraft": True})
    assert made.status == 201, made.json
    return str(made.data["questionId"])


def buy(stack: Stack, buyer: Remote, path: str) -> dict[str, Any]:
    """Order an offer and pay on the provider's page."""
    made = buyer.post(f"{path}/purchase", {"provider": "stripe", "expectedAmount": PRICE["amount"]})
    assert made.status == 201, made.data
    demand(stack, "act", provider="stripe", reference=made.data["reference"], action="pay")
    found: dict[str, Any] = made.data
    return found


def owed(seller: Remote, own: str) -> int:
    """Return what the seller is owed."""
    balances = seller.get(f"{own}/stats").data["balances"]
    return int(balances[0]["owed"]["amount"]) if balances else 0


def balanced(admin: Remote) -> dict[str, Any] | None:
    """Return the trial balance once what was paid out is in it."""
    found: dict[str, Any] = admin.get("/api/admin/ledger/trial-balance").data
    accounts = {row["account"] for row in found["accounts"]}
    return found if found["isBalanced"] and "marketplace" in accounts else None
