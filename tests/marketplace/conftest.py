"""A market: sellers, buyers with and without credit, moderators, and the local payment providers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from lyceum.kit import ids
from lyceum.kit.table import Unit, fetch_partition
from lyceum.model.courses.course import Course
from lyceum.model.marketplace.sellers import SellerLine
from lyceum.model.questions.question import Question
from lyceum.rules.ledger.booking import book, credit, debit, standing
from lyceum.search.embedded import publishing, replica
from tests.payments.conftest import Shop, providers
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.http import Reply as Answer
from tests.support.jobs import run
from tests.users.privacy.test_privacy import prove

from functions.marketplace import jobs

__all__ = ["Market", "market", "providers"]
PRICE = 100_000
NGN = {"amount": PRICE, "currency": "NGN"}


def storage(reply: Answer) -> int:
    """Return how many storage requests an answer cost, less those that count it against limits."""
    return sum(name != "UpdateItem" for name in reply.cost.operations)


@pytest.fixture(autouse=True)
def _own_replicas() -> Iterator[None]:
    """No test sees what another one's searches left in this process."""
    replica.forget()
    yield
    replica.forget()
    publishing.forget()


@dataclass
class Market(Shop):
    """What tests of the marketplace do: offer, list, buy, pay, take back, pay out."""

    @property
    def seller(self) -> Client:
        return self.client.as_("instructor")

    @property
    def moderator(self) -> Client:
        return self.client.as_("moderator")

    def question(self, author: Client | None = None, **values: Any) -> str:
        """Store a draft of an author."""
        fields: dict[str, Any] = {
            "topic_id": ids.new_id(), "course_id": "c", "type": "single", "stem": "What is a set?",
            "difficulty": "easy", "status": "draft", "fingerprint": ids.new_id(), "sort_key": "0" * 16,
            "content": {"options": []},
        }  # fmt: skip
        made = Question(question_id=ids.new_id(), author_id=(author or self.seller).user_id, **fields | values)
        Unit().put(made).commit()
        return str(made.question_id)

    def course(self, **values: Any) -> str:
        """Store a course of the seller that costs something."""
        fields: dict[str, Any] = {"title": "Sets", "instructor_id": self.seller.user_id, "price": NGN}
        made = Course(course_id=ids.new_id(), **fields | values)
        Unit().put(made).commit()
        return str(made.course_id)

    def offer(self, seller: Client | None = None, **wanted: Any) -> Answer:
        """Offer a bank of one question, or what is named."""
        body = {"type": "question_bank", "title": "Sets", "description": "<p>Fifty.</p>", "price": NGN, **wanted}
        if body["type"] == "question_bank" and "questionIds" not in body:
            body["questionIds"] = [self.question(seller)]
        return (seller or self.seller).post("/api/marketplace/products", body)

    def decide(self, offer: dict[str, Any], **decision: Any) -> Answer:
        body = decision or {"approved": True}
        path = f"/api/admin/marketplace/products/{offer['productId']}/decision"
        return self.moderator.post(path, {"revision": offer["revision"], **body})

    def listed(self, seller: Client | None = None, **wanted: Any) -> dict[str, Any]:
        """Offer something and have it listed."""
        made = self.offer(seller, **wanted)
        assert made.status == 201, made.error
        found: dict[str, Any] = self.decide(made.data).data
        return found

    def give_credit(self, buyer: Client, amount: int) -> None:
        """Let somebody have credit, as from a voucher."""
        unit = Unit()
        account = f"credit:{buyer.user_id}"
        book(unit, ids.new_id(), "test", [debit("vouchers", amount, "NGN"), credit(account, amount, "NGN")])
        unit.commit()

    def purchase(self, offer: dict[str, Any], buyer: Client | None = None, **wanted: Any) -> Answer:
        """Order an offer."""
        path = f"/api/marketplace/products/{offer['productId']}/purchase"
        return (buyer or self.buyer).post(path, {"provider": "paystack", **wanted})

    def bought(self, offer: dict[str, Any], buyer: Client | None = None, **wanted: Any) -> dict[str, Any]:
        """Order an offer and pay for it."""
        made = self.purchase(offer, buyer, **wanted)
        assert made.status == 201, made.error
        if made.data["state"] != "paid":
            self.pay(made.data)
        self.settle()
        found: dict[str, Any] = made.data
        return found

    def pay(self, made: dict[str, Any], provider: str = "paystack") -> None:
        self.providers.act(provider, made["reference"], "pay")

    def work(self) -> None:
        assert workers.deliver(self.cloud, self.tenant, rounds=8) == 0

    def refund(self, made: dict[str, Any], **wanted: Any) -> Answer:
        """Refund a purchase, and let it happen."""
        answer = self.admin.post(f"/api/refunds/{made['paymentId']}", {"reason": "not as promised", **wanted})
        self.settle()
        return answer

    def own(self, path: str, **query: str) -> Any:
        """Read what is the seller's own."""
        return self.seller.get(f"/api/marketplace/seller/{self.seller.user_id}/{path}", query or None).data

    def set_account(self, provider: str = "paystack", recipient: str = "RCP_abc12345", currency: str = "NGN") -> Answer:
        path = f"/api/marketplace/seller/{self.seller.user_id}/accounts/{currency}"
        prove(self.seller)
        return self.seller.put(path, {"provider": provider, "recipient": recipient})

    def process(self, threshold: int = 1, currency: str = "NGN") -> dict[str, Any]:
        """Pay sellers, and let it happen; returns the job."""
        wanted = {"currency": currency, "threshold": threshold}
        started = self.admin.post("/api/admin/payouts/process", wanted)
        assert started.status == 202, started.error
        self.settle()
        found: dict[str, Any] = self.admin.get(f"/api/jobs/{started.data['jobId']}").data
        return found

    def ask(self) -> None:
        """Let the job ask for open payouts."""
        run(jobs, "open_payouts")
        self.settle()

    def owed(self, seller: Client | None = None) -> int:
        """Return what stands on the seller's account, less what they owe."""
        name = (seller or self.seller).user_id
        return standing(f"seller:{name}", "NGN") - standing(f"seller_debt:{name}", "NGN")

    def require_balanced(self) -> None:
        """Demand that the books balance, and that the lines of the statement add up to what is owed."""
        super().require_balanced()
        lines = fetch_partition(SellerLine, seller_id=self.seller.user_id, consistent=True)
        assert sum(int(each.amount) for each in lines if isinstance(each, SellerLine)) == self.owed()


@pytest.fixture
def market(client: Client, cloud: Cloud, tenant: str, providers: Any, clock: Clock) -> Market:
    """A market without offers."""
    return Market(client, cloud, tenant, providers, clock)
