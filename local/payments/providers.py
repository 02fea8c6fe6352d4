"""The local providers as one answerer: their APIs, the buyer's page, and what goes wrong on demand.

It knows no network: the program in `server` gives it one, tests call it as it is.
"""

import html
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from local.payments import flutterwave, paystack, stripe
from local.payments.state import Books, DisputeRecord, Rejected, Transaction, Webhook

CHANNELS = ("card", "bank_transfer", "ussd", "mobile_money")
ACTIONS = ("pay", "decline", "abandon", "later")
Answer = tuple[int, dict[str, str], bytes]
_JSON = {"content-type": "application/json"}
_MODULES: dict[str, Any] = {paystack.NAME: paystack, flutterwave.NAME: flutterwave, stripe.NAME: stripe}


@dataclass
class Providers:
    """All three providers.

    Attributes:
        home: Their own address, for links to the buyer's page.
        books: What they remember.
    """

    home: str = "http://127.0.0.1"
    books: Books = field(default_factory=Books)

    def handle(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """Answer a request; header names are in lower case."""
        parts = urlsplit(target)
        first, _, rest = parts.path.lstrip("/").partition("/")
        query = dict(parse_qsl(parts.query))
        if first == "checkout":
            provider, _, reference = rest.partition("/")
            return self._checkout(method, provider, reference, body)
        if first == "_demand":
            return self._demand(rest, json.loads(body or b"{}"))
        if first not in _MODULES:
            return 404, _JSON, b"{}"
        return self._api(first, method, f"/{rest}", query, headers, body)

    def _api(
        self, name: str, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Answer:
        provisions = self.books.provisions
        if name in provisions.down:
            return 503, _JSON, b"{}"
        try:
            found = _MODULES[name].answer(self.books, method, path, query, headers, body)
            status = 200
        except Rejected as refusal:
            found, status = refusal.body, refusal.status
        if name in provisions.lost and method == "POST" and path != flutterwave.TOKEN_PATH:
            return 504, _JSON, b"{}"
        return status, _JSON, write(found).replace("{home}", self.home).encode()

    def act(self, provider: str, reference: str, action: str, channel: str = "card") -> Transaction:
        """Do as a buyer does on the page: pay, decline, abandon, or pay later; raises KeyError for no such payment.

        What is paid later is told as pending, and paid by acting again.
        """
        found = self.books.transactions[provider, reference]
        found.channel = channel
        if action == "pay":
            self.books.finish(found, "paid")
        elif action == "decline":
            self.books.finish(found, "failed", "card_declined")
        elif action == "later":
            self.books.finish(found, "pending")
        self._tell(found)
        return found

    def refund(self, provider: str, reference: str, amount: Decimal) -> None:
        """Refund a payment in the provider's own pages, whose webhook follows."""
        found = self.books.transactions[provider, reference]
        made = self.books.give_back(found, amount, "")
        module = _MODULES[provider]
        if provider == paystack.NAME:
            self.books.webhooks.append(module.webhook("refund.processed", module.told_refund(made)))
        elif provider == flutterwave.NAME:
            self.books.webhooks.append(module.webhook("refund.completed", module.refund(made), made.number))
        else:
            self.books.webhooks.append(module.webhook(self.books, "refund.updated", module.refund(made)))

    def dispute(self, provider: str, reference: str) -> DisputeRecord:
        """Open a dispute of a payment."""
        found = self.books.transactions[provider, reference]
        made = DisputeRecord(self.books.next_number(), found)
        self.books.disputes.append(made)
        self._tell_dispute(made)
        return made

    def decide(self, dispute: DisputeRecord, state: str) -> None:
        """Decide a dispute: won or lost, as the merchant sees it."""
        dispute.state = state
        self._tell_dispute(dispute)

    def decide_of(self, provider: str, reference: str, state: str) -> None:
        """Decide the disputes of a payment that are open."""
        for each in self.books.disputes:
            found = each.transaction
            if (found.provider, found.reference, each.state) == (provider, reference, "open"):
                self.decide(each, state)

    def finish_refunds(self, *, well: bool = True) -> None:
        """Finish refunds that wait."""
        for made in self.books.refunds:
            if made.state == "pending":
                made.state = "done" if well else "failed"

    def finish_transfers(self, *, well: bool = True) -> None:
        """Finish transfers that wait."""
        for made in self.books.transfers.values():
            if made.state == "pending":
                made.state = "done" if well else "failed"

    def take_webhooks(self) -> list[Webhook]:
        """Return what is to be told, which is then told no more."""
        waiting, self.books.webhooks = self.books.webhooks, []
        return waiting

    def _tell(self, found: Transaction) -> None:
        module = _MODULES[found.provider]
        told = module.told(self.books, found) if found.provider == stripe.NAME else module.told(found)
        if told is not None:
            self.books.webhooks.append(told)

    def _tell_dispute(self, found: DisputeRecord) -> None:
        provider = found.transaction.provider
        module = _MODULES[provider]
        told = module.told_dispute(self.books, found) if provider == stripe.NAME else module.told_dispute(found)
        self.books.webhooks.append(told)

    def _checkout(self, method: str, provider: str, reference: str, body: bytes) -> Answer:
        found = self.books.find(provider, reference)
        if found is None:
            return 404, {"content-type": "text/plain"}, b"There is no such payment."
        if method != "POST":
            return 200, {"content-type": "text/html; charset=utf-8"}, _page(found).encode()
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if form.get("action") not in ACTIONS or form.get("channel", "card") not in CHANNELS:
            return 400, {"content-type": "text/plain"}, b"Choose what to do."
        self.act(provider, reference, form["action"], form.get("channel", "card"))
        return 303, {"location": found.return_url or self.home}, b""

    def _demand(self, what: str, given: dict[str, Any]) -> Answer:
        """Do what a test asks for."""
        provisions = self.books.provisions
        demands: dict[str, Callable[[], object]] = {
            "act": lambda: self.act(
                given["provider"], given["reference"], given["action"], given.get("channel", "card")
            ),
            "refund": lambda: self.refund(*_named(given), Decimal(given["amount"])),
            "dispute": lambda: self.dispute(*_named(given)),
            "decide": lambda: self.decide_of(*_named(given), given["state"]),
            "declines": lambda: provisions.declines.update({given["provider"]: int(given["count"])}),
            "down": lambda: provisions.down.update(given["providers"]),
            "lost": lambda: provisions.lost.update(given["providers"]),
            "up": provisions.recover,
        }
        if what not in demands:
            return 404, _JSON, b"{}"
        demands[what]()
        return 200, _JSON, b"{}"


def _named(given: dict[str, Any]) -> tuple[str, str]:
    return str(given["provider"]), str(given["reference"])


def write(value: Any) -> str:
    """Write JSON in which decimal numbers stand digit by digit."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {write(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(write, value)) + "]"
    return format(value, "f") if isinstance(value, Decimal) else json.dumps(value)


def _page(found: Transaction) -> str:
    shown = html.escape(f"{found.title or found.reference}: {found.amount} {found.currency} ({found.state})")
    channels = "".join(f"<option>{channel}</option>" for channel in CHANNELS)
    buttons = "".join(f'<button name="action" value="{action}">{action.capitalize()}</button> ' for action in ACTIONS)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Local {found.provider}</title>'
        f'<main><h1>Local {found.provider}</h1><p>{shown}</p><form method="post">'
        f'<label>How <select name="channel">{channels}</select></label> {buttons}</form>'
        "<p>No money moves here.</p></main></html>"
    )
