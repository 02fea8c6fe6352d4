"""Flutterwave, version 4 (https://developer.flutterwave.com/reference, read in 2026).

Amounts are decimal numbers of the major unit. Calls bear a token that a client's secret buys for ten minutes. What is
charged again by is a customer with a payment method.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lyceum.kit import clock
from lyceum.kit.values.money import Money
from lyceum.rules.providers.calls import ask
from lyceum.rules.providers.keys import FlutterwaveKeys
from lyceum.rules.providers.port import (
    BadSignature,
    Checkout,
    DisputeOutcome,
    Notice,
    Order,
    Outcome,
    OutcomeState,
    ProviderRefused,
    RefundOutcome,
    RefundState,
    SettledLine,
    Transfer,
    TransferOutcome,
    TransferState,
)
from lyceum.rules.providers.units import from_decimal

_STATES: dict[str, OutcomeState] = {"succeeded": "paid", "pending": "pending", "failed": "failed", "voided": "failed"}
_TRANSFERS: dict[str, TransferState] = {"SUCCESSFUL": "done", "FAILED": "failed", "REVERSED": "failed"}
_REFUNDS: dict[str, RefundState] = {"succeeded": "done", "completed": "done", "failed": "failed"}
_SPARE = timedelta(seconds=30)
_SESSION_MINUTES = 24 * 60
_ON_A_PAGE = 50
_MOST_PAGES = 50
_tokens: dict[str, tuple[datetime, datetime, str]] = {}


class Flutterwave:
    """The adapter of Flutterwave's version 4."""

    name = "flutterwave"

    def __init__(self, keys: FlutterwaveKeys) -> None:
        self.keys = keys

    def begin(self, order: Order) -> Checkout:
        """Make a customer, or find the one of this address, and a checkout session for it."""
        sends = {
            "amount": Money(amount=order.amount, currency=order.currency).decimal,
            "currency": order.currency,
            "customer_id": self._customer(order.email, order.reference),
            "reference": order.reference,
            "redirect_url": order.return_url,
            "session_duration": _SESSION_MINUTES,
        }
        data = self._ask("POST", "/checkout/sessions", sends=sends, key=order.reference)["data"]
        return Checkout(url=str(data.get("checkout_url") or data["link"]), provider_reference=str(data["id"]))

    def look_up(self, reference: str, _provider_reference: str | None) -> Outcome:
        """Find the charges of our reference; of several the one that was paid."""
        found = [_outcome(row) for row in self._ask("GET", "/charges", query={"reference": reference})["data"]]
        order: tuple[OutcomeState, ...] = ("paid", "pending", "failed", "open")
        return min(found, key=lambda each: order.index(each.state), default=Outcome("open", reference=reference))

    def charge(self, order: Order, authorisation: str) -> Outcome:
        """Charge a payment method of a customer again."""
        customer, _, method = authorisation.partition(":")
        sends = {
            "amount": Money(amount=order.amount, currency=order.currency).decimal,
            "currency": order.currency,
            "reference": order.reference,
            "customer_id": customer,
            "payment_method_id": method,
            "recurring": True,
        }
        try:
            return _outcome(self._ask("POST", "/charges", sends=sends, key=order.reference)["data"])
        except ProviderRefused as refusal:
            return Outcome("failed", reference=order.reference, failure=refusal.code)

    def refund(self, charge_id: str, reference: str, refund_id: str, amount: int, currency: str) -> RefundOutcome:
        """Refund a charge, under the refund's own idempotency key."""
        sends = {
            "amount": Money(amount=amount, currency=currency).decimal,
            "charge_id": charge_id,
            "reason": "requested_by_customer",
            "meta": {"refund": refund_id, "reference": reference},
        }
        return _refund(self._ask("POST", "/refunds", sends=sends, key=refund_id)["data"], currency)

    def look_up_refund(self, provider_id: str) -> RefundOutcome:
        """Fetch a refund."""
        return _refund(self._ask("GET", f"/refunds/{provider_id}")["data"])

    def look_up_dispute(self, dispute_id: str) -> DisputeOutcome:
        """Fetch a chargeback."""
        data = self._ask("GET", f"/chargebacks/{dispute_id}")["data"]
        state = {"won": "won", "lost": "lost", "accepted": "lost"}.get(str(data["status"]), "open")
        return DisputeOutcome(
            state=state,  # type: ignore[arg-type]
            dispute_id=str(data["id"]),
            amount=from_decimal(data["amount"], str(data["currency"])),
            currency=str(data["currency"]),
            charge_id=str(data["charge_id"]),
            reference=str(data.get("reference", "")),
        )

    def transfer(self, wanted: Transfer) -> TransferOutcome:
        """Send money to a recipient, under the reference as idempotency key."""
        sends = {
            "action": "instant",
            "reference": wanted.reference,
            "narration": wanted.title,
            "payment_instruction": {
                "source_currency": wanted.currency,
                "amount": {
                    "value": Money(amount=wanted.amount, currency=wanted.currency).decimal,
                    "applies_to": "destination_currency",
                },
                "recipient_id": wanted.recipient,
            },
        }
        return _transfer(self._ask("POST", "/transfers", sends=sends, key=wanted.reference)["data"])

    def look_up_transfer(self, reference: str) -> TransferOutcome:
        """Find the transfers of our reference, of which there is one at most."""
        found = self._ask("GET", "/transfers", query={"reference": reference})["data"]
        return _transfer(found[0]) if found else TransferOutcome("unknown")

    def settled(self, day: date) -> list[SettledLine]:
        """List the day's charges that succeeded and its refunds."""
        span = {"from": f"{day}T00:00:00Z", "to": f"{day + timedelta(days=1)}T00:00:00Z", "status": "succeeded"}
        lines = []
        for row in self._pages("/charges", span):
            seen = _outcome(row)
            lines.append(
                SettledLine("charge", seen.reference, seen.provider_id, seen.amount, seen.currency, seen.fee or 0)
            )
        for row in self._pages("/refunds", span):
            back = _refund(row)
            lines.append(
                SettledLine("refund", "", back.provider_id, back.amount, back.currency, charge_id=back.charge_id)
            )
        return lines

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Check `flutterwave-signature`, the HMAC-SHA256 of the body in base64."""
        digest = hmac.digest(self.keys.secret_hash.encode(), body, hashlib.sha256)
        expected = base64.b64encode(digest)
        if not hmac.compare_digest(expected, headers.get("flutterwave-signature", "").encode()):
            raise BadSignature
        event = json.loads(body)
        kind, data = str(event.get("type", "")), event.get("data") or {}
        name = str(event.get("id") or event.get("webhook_id") or hashlib.sha256(body).hexdigest())
        object_id, reference = str(data.get("id", "")), str(data.get("reference", ""))
        if kind.startswith("charge."):
            return Notice(name, kind, "payment", reference, object_id)
        if kind.startswith("refund."):
            return Notice(name, kind, "refund", reference, object_id)
        if kind.startswith("chargeback."):
            return Notice(name, kind, "dispute", reference, object_id)
        return Notice(name, kind, "none", reference, object_id)

    def _customer(self, email: str, reference: str) -> str:
        try:
            made = self._ask("POST", "/customers", sends={"email": email}, key=f"{reference}-customer")
            return str(made["data"]["id"])
        except ProviderRefused:
            found = self._ask("POST", "/customers/search", sends={"email": email})["data"]
            if not found:
                raise
            return str(found[0]["id"])

    def _pages(self, path: str, query: dict[str, Any]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for page in range(1, _MOST_PAGES + 1):
            found = self._ask("GET", path, query={**query, "size": _ON_A_PAGE, "page": page})["data"]
            rows += found
            if len(found) < _ON_A_PAGE:
                break
        return rows

    def _ask(self, method: Any, path: str, *, key: str = "", **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token()}"}
        if key:
            headers["X-Idempotency-Key"] = key
        return ask(self.name, method, f"{self.keys.base_url}{path}", headers=headers, **options)

    def _token(self) -> str:
        """Return a token that still holds, or buy one (RFC 6749, 4.4)."""
        now = clock.now()
        known = _tokens.get(self.keys.client_id)
        if known and known[0] <= now < known[1]:
            return known[2]
        form = {
            "grant_type": "client_credentials",
            "client_id": self.keys.client_id,
            "client_secret": self.keys.client_secret,
        }
        answer = ask(self.name, "POST", self.keys.token_url, form=form)
        ends = now + timedelta(seconds=int(answer["expires_in"])) - _SPARE
        _tokens[self.keys.client_id] = (now, ends, str(answer["access_token"]))
        return str(answer["access_token"])


def _outcome(data: dict[str, Any]) -> Outcome:
    currency = str(data["currency"])
    method = data.get("payment_method_details") or data.get("payment_method") or {}
    fees = data.get("fees")
    customer, saved = data.get("customer_id"), data.get("payment_method_id") or method.get("id")
    state = _STATES.get(str(data["status"]), "pending")
    kind = str(method.get("type", ""))
    return Outcome(
        state=state,
        reference=str(data["reference"]),
        amount=from_decimal(data["amount"], currency),
        currency=currency,
        provider_id=str(data["id"]),
        fee=None if fees is None else from_decimal(sum((Decimal(fee["amount"]) for fee in fees), Decimal(0)), currency),
        channel=kind,
        authorisation=f"{customer}:{saved}" if customer and saved and kind == "card" else "",
        failure=str((data.get("processor_response") or {}).get("code", ""))[:60] if state == "failed" else "",
    )


def _refund(data: dict[str, Any], currency: str = "") -> RefundOutcome:
    currency = str(data.get("currency") or currency)
    return RefundOutcome(
        state=_REFUNDS.get(str(data["status"]), "sent"),
        provider_id=str(data["id"]),
        amount=from_decimal(data.get("amount_refunded") or data["amount"], currency),
        currency=currency,
        charge_id=str(data.get("charge_id", "")),
        refund_id=str((data.get("meta") or {}).get("refund", "")),
    )


def _transfer(data: dict[str, Any]) -> TransferOutcome:
    state = _TRANSFERS.get(str(data["status"]), "sent")
    failure = str((data.get("processor_response") or {}).get("code") or state)[:60]
    return TransferOutcome(state, str(data["id"]), failure if state == "failed" else "")
