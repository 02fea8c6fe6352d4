"""Sellers: what everybody sees of them, what they see themselves, and who sold most."""

from lyceum.events.users import UserErased
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit
from lyceum.model.payouts import PayoutAccount
from tests.marketplace.conftest import NGN, PRICE, Market, storage


def test_a_profile_is_public_and_ones_own(market: Market) -> None:
    offer = market.listed()
    name = market.seller.user_id
    shown = market.client.get(f"/api/marketplace/sellers/{name}")
    assert shown.data["offers"][0]["productId"] == offer["productId"] and storage(shown) <= 2
    said = {"name": "Ada L.", "headline": "Sets and more", "about": "<p>Hello</p><script>x</script>"}
    path = f"/api/marketplace/seller/{name}/profile"
    assert "script" not in market.seller.put(path, said).data["about"]
    assert market.client.get(f"/api/marketplace/sellers/{name}").data["name"] == "Ada L."
    assert market.client.as_("colleague", "instructor").put(path, said).status == 404
    assert market.admin.put(path, said).status == 404, "nobody speaks for another"
    assert market.client.get(f"/api/marketplace/sellers/{'0' * 26}").status == 404


def test_figures_balances_and_statement_say_the_same(market: Market) -> None:
    offer = market.listed()
    for name in ("ada", "eve"):
        market.bought(offer, market.client.as_(name, "student"))
    found = market.own("stats")
    ever, month = found["figures"]
    assert ever["period"] == "all" and month["period"] == f"{market.clock.at:%Y-%m}"
    for each in (ever, month):
        assert (each["sales"], each["net"]["amount"], each["commission"]["amount"]) == (2, 2 * PRICE, 2 * PRICE // 5)
    assert found["balances"][0]["owed"]["amount"] == market.owed() == ever["earned"]["amount"]
    lines = market.own("statement", month=month["period"])
    assert sum(line["amount"]["amount"] for line in lines) == market.owed()
    assert market.own("statement", month="2020-01") == []
    name = market.seller.user_id
    assert storage(market.seller.get(f"/api/marketplace/seller/{name}/stats")) <= 2
    for path in ("stats", "payouts", "statement"):
        where = f"/api/marketplace/seller/{name}/{path}"
        assert market.buyer.get(where).status == 404 and market.client.get(where).status == 401
        assert market.admin.get(where).status == 200


def test_who_sold_most_stands_first_and_what_went_back_counts_no_more(market: Market) -> None:
    other = market.client.as_("colleague", "instructor")
    cheap = market.listed(other, price={**NGN, "amount": 1_000})
    made = market.bought(market.listed())
    market.bought(cheap)
    path, naira = "/api/marketplace/top-sellers", {"currency": "NGN"}
    board = market.client.get(path, naira)
    assert [each["sellerId"] for each in board.data["sellers"]] == [market.seller.user_id, other.user_id]
    assert storage(board) <= 2 and "amount" not in str(board.data)
    market.refund(made)
    assert [each["sellerId"] for each in market.client.get(path, naira).data["sellers"]] == [other.user_id]
    assert len(market.client.get(path, {**naira, "period": "all"}).data["sellers"]) == 1
    assert market.client.get(path, {**naira, "period": "2020-01"}).data["sellers"] == []
    assert market.client.get("/api/marketplace/top-sellers").status == 400


def test_where_somebody_is_paid_is_sealed_and_they_are_told(market: Market) -> None:
    assert market.set_account(recipient="RCP_secret99").data == {
        "currency": "NGN", "provider": "paystack", "hint": "et99"
    }  # fmt: skip
    kept = PayoutAccount.require(user_id=market.seller.user_id, currency="NGN")
    assert "secret" not in kept.recipient
    market.settle()
    assert any("et99" in each["body"] for each in market.seller.get("/api/notifications").data)
    assert market.set_account(recipient="0123456789").status == 400, "numbers of accounts are not taken"


def test_offers_of_who_is_gone_are_withdrawn_and_buyers_keep_them(market: Market) -> None:
    offer = market.listed()
    market.bought(offer)
    gone = UserErased(user_id=market.seller.user_id)
    Unit().create(OutboxItem.of(gone), gone).commit()
    market.settle()
    assert market.client.get("/api/marketplace/products").data == []
    assert market.buyer.get(f"/api/marketplace/products/{offer['productId']}/questions").status == 200
