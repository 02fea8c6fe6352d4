"""Plans, buyers, and the local payment providers, called in process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.payment_providers import keys as local_keys
from local.payments.providers import Providers
from local.payments.state import Books, Webhook
from lyceum.kit import ids
from lyceum.kit.outgoing.client import Reply
from lyceum.kit.table import Unit, fetch_partition
from lyceum.model.entitlements import Entitlement
from lyceum.model.payments.ledger import ControlBalance, LedgerEntry
from lyceum.model.payments.plans import Plan
from lyceum.rules.ledger import reports
from lyceum.rules.providers import calls, keys
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.http import Reply as Answer
from tests.support.jobs import run

from functions.payments import jobs

HOME = "https://providers.test"
PRICES = [
    {"amount": 500_000, "currency": "NGN", "tax_name": "VAT", "tax_percent": "7.5"},
    {"amount": 1_000, "currency": "USD"},
    {"amount": 800, "currency": "USD", "country": "GH"},
]


@dataclass
class Outside:
    """Brings calls to the local providers, without a network."""

    providers: Providers

    def call(self, method: str, address: str, *, body: bytes | None = None, headers: Any = None) -> Reply:
        parts = urlsplit(address)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        status, answered, text = self.providers.handle(method, target, sent, body or b"")
        return Reply(status, answered, text, is_whole=True)


@pytest.fixture
def providers(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Providers:
    """All three providers, whose clock is the test's."""
    made = Providers(HOME, Books(now=lambda: clock.at))
    monkeypatch.setattr(calls, "outside", lambda: Outside(made))
    monkeypatch.setattr(keys, "_read", lambda: keys.parse(json.dumps(local_keys(HOME))))
    monkeypatch.setattr(keys, "_known", None)
    return made


def plan(plan_id: str = "plus-monthly", **values: Any) -> Plan:
    """Store a plan."""
    fields: dict[str, Any] = {
        "product": "Plus", "tier": "plus", "title": "Plus", "interval": "month", "prices": PRICES, "seats_most": 50,
    }  # fmt: skip
    made = Plan(plan_id=plan_id, **fields | values)
    Unit().put(made).commit()
    return made


@dataclass
class Shop:
    """What tests of payments do: buy, pay, deliver, look."""

    client: Client
    cloud: Cloud
    tenant: str
    providers: Providers
    clock: Clock

    @property
    def buyer(self) -> Client:
        return self.client.as_("student")

    @property
    def admin(self) -> Client:
        return self.client.as_("admin")

    def order(self, buyer: Client | None = None, **wanted: Any) -> Answer:
        """Order the plan, or what is named."""
        body = {"provider": "paystack", "currency": "NGN", **wanted}
        if not {"planId", "courseId", "subscriptionId", "creditAmount"} & set(body):
            body["planId"] = "plus-monthly"
        return (buyer or self.buyer).post("/api/payments/initialize", body)

    def act(self, payment: dict[str, Any], action: str = "pay", channel: str = "card") -> None:
        """Do as the buyer does on the provider's page."""
        self.providers.act(payment["provider"], payment["reference"], action, channel)

    def tell(self, webhook: Webhook) -> Answer:
        """Bring a webhook to the API, as the provider does."""
        path = f"/api/payments/webhook/{webhook.provider}"
        return self.client.send("POST", path, webhook.body.decode(), None, dict(webhook.headers))

    def settle(self) -> None:
        """Bring all webhooks, and let workers work until nothing is left."""
        for _ in range(3):
            for webhook in self.providers.take_webhooks():
                assert self.tell(webhook).status == 200
            self.work()

    def work(self) -> None:
        assert workers.deliver(self.cloud, self.tenant, only="payments", rounds=6) == 0

    def buy(self, buyer: Client | None = None, **wanted: Any) -> dict[str, Any]:
        """Order and pay; returns the payment as it stands."""
        made: dict[str, Any] = self.order(buyer, **wanted).data
        self.act(made)
        self.settle()
        found: dict[str, Any] = (buyer or self.buyer).get(f"/api/payments/verify/{made['reference']}").data
        return found

    def subscribe(self, buyer: Client | None = None, **wanted: Any) -> dict[str, Any]:
        body = {"provider": "stripe", "currency": "USD", "planId": "plus-monthly", **wanted}
        found: dict[str, Any] = (buyer or self.buyer).post("/api/subscriptions", body).data
        return found

    def subscribed(self, buyer: Client | None = None, **wanted: Any) -> dict[str, Any]:
        """Subscribe and pay the first period; returns the subscription."""
        started = self.subscribe(buyer, **wanted)
        if started.get("payment"):
            self.act(started["payment"])
            self.settle()
        return self.current(buyer)

    def current(self, buyer: Client | None = None) -> dict[str, Any]:
        found: dict[str, Any] = (buyer or self.buyer).get("/api/subscriptions/current").data
        return found.get("subscription") or {}

    def right(self, product: str = "PLAN#Plus", buyer: Client | None = None) -> datetime | None:
        """Return until when a product may be used; None for no right."""
        found = Entitlement.fetch(user_id=(buyer or self.buyer).user_id, product=product, consistent=True)
        return found.ends_at if found else None

    def run(self, *names: str) -> None:
        """Run jobs, and let workers work."""
        run(jobs, *names)
        self.settle()

    def balance(self, account: str, currency: str) -> int:
        """Return debits less credits of an account of the chart."""
        found = ControlBalance.fetch(account=account, currency=currency, consistent=True)
        return int(found.debit) - int(found.credit) if found else 0

    def entries(self, payment_id: str) -> list[str]:
        found = fetch_partition(LedgerEntry, subject_id=payment_id, consistent=True)
        return [each.cause for each in found if isinstance(each, LedgerEntry)]

    def require_balanced(self) -> None:
        """Demand that the books add up to zero, and that entries and balances say the same."""
        self.work()
        assert not any(reports.trial_balance().sums.values())
        reports.close(self.clock.at.replace(hour=0, minute=0, second=0, microsecond=0))
        closing = reports.trial_balance().closing
        assert closing is not None and closing.faults == []
        total = sum(each["debit"] - each["credit"] for each in closing.totals.values())
        assert total == 0

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return the facts of a name that were told so far."""
        return [json.loads(each["Detail"]) for each in self.cloud.published(self.tenant) if each["DetailType"] == name]


@pytest.fixture
def shop(client: Client, cloud: Cloud, tenant: str, providers: Providers, clock: Clock) -> Shop:
    """A shop with one plan, in NGN and USD."""
    plan()
    return Shop(client, cloud, tenant, providers, clock)


@pytest.fixture
def code() -> Callable[[], str]:
    """Makes names that nothing has yet."""
    return lambda: ids.new_code(6)
