"""Stripe (https://docs.stripe.com/api, version 2026-06-24, read in 2026).

Amounts are minor units but for two currencies. Calls are forms, with an idempotency key of 24 hours. What is charged
again by is a customer with a payment method. Webhooks tell their time, and are taken for five minutes.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from lyceum.kit import clock
from lyceum.rules.providers.calls import ask
from lyceum.rules.providers.keys import StripeKeys
from lyceum.rules.providers.port import (
    BadSignature,
    Checkout,
    DisputeOutcome,
    Notice,
    Order,
    Outcome,
    OutcomeState,
    ProviderDown,
    ProviderRefused,
    RefundOutcome,
    RefundState,
    SettledLine,
    Transfer,
    TransferOutcome,
)
from lyceum.rules.providers.units import hundredths

_VERSION = "2026-06-24"
_TOLERANCE_SECONDS = 300
_HUNDREDFOLD = frozenset({"ISK", "UGX"})
"""Currencies without a minor unit that Stripe writes with two places all the same (docs, zero-decimal currencies)."""
_INTENTS: dict[str, OutcomeState] = {
    "succeeded": "paid",
    "processing": "pending",
    "requires_action": "pending",
    "requires_payment_method": "open",
    "requires_confirmation": "open",
    "canceled": "failed",
}
_REFUNDS: dict[str, RefundState] = {"succeeded": "done", "failed": "failed", "canceled": "failed"}
_AT_WORK = "idempotency_key_in_use"
"""The same call is being done at this moment, so it says nothing yet."""
_BALANCE = "latest_charge.balance_transaction"
_ON_A_PAGE = 100
_MOST_PAGES = 50


class Stripe:
    """The adapter of Stripe."""

    name = "stripe"

    def __init__(self, keys: StripeKeys) -> None:
        self.keys = keys

    def begin(self, order: Order) -> Checkout:
        """Make a checkout session that saves the payment method for later."""
        form = {
            "mode": "payment",
            "client_reference_id": order.reference,
            "customer_email": order.email,
            "customer_creation": "always",
            "success_url": order.return_url,
            "cancel_url": order.return_url,
            "line_items[0][quantity]": 1,
            "line_items[0][price_data][currency]": order.currency.lower(),
            "line_items[0][price_data][unit_amount]": _written(order.amount, order.currency),
            "line_items[0][price_data][product_data][name]": order.title,
            "metadata[reference]": order.reference,
            "payment_intent_data[metadata][reference]": order.reference,
            "payment_intent_data[setup_future_usage]": "off_session",
        }
        data = self._ask("POST", "/v1/checkout/sessions", form=form, key=order.reference)
        return Checkout(url=str(data["url"]), provider_reference=str(data["id"]))

    def look_up(self, reference: str, provider_reference: str | None) -> Outcome:
        """Retrieve the checkout session, or search the payment intents of our reference."""
        if provider_reference and provider_reference.startswith("cs_"):
            expand = {"expand[]": f"payment_intent.{_BALANCE}"}
            session = self._ask("GET", f"/v1/checkout/sessions/{provider_reference}", query=expand)
            intent = session.get("payment_intent")
            if not isinstance(intent, dict):
                state: OutcomeState = "failed" if session["status"] == "expired" else "open"
                return Outcome(state, reference=str(session["client_reference_id"]), failure="expired")
            seen = _outcome(intent)
            is_open = seen.state == "failed" and session["status"] == "open"
            return Outcome("open", reference=seen.reference) if is_open else seen
        query = {"query": f"metadata['reference']:'{reference}'", "expand[]": f"data.{_BALANCE}"}
        found = [_outcome(row) for row in self._ask("GET", "/v1/payment_intents/search", query=query)["data"]]
        return found[0] if found else Outcome("open", reference=reference)

    def charge(self, order: Order, authorisation: str) -> Outcome:
        """Confirm a payment intent without the buyer being there."""
        customer, _, method = authorisation.partition(":")
        form = {
            "currency": order.currency.lower(),
            "customer": customer,
            "payment_method": method,
            "off_session": "true",
            "confirm": "true",
            "description": order.title,
            "metadata[reference]": order.reference,
            "expand[]": _BALANCE,
        }
        try:
            form["amount"] = str(_written(order.amount, order.currency))
            return _outcome(self._ask("POST", "/v1/payment_intents", form=form, key=order.reference))
        except ProviderRefused as refusal:
            return Outcome("failed", reference=order.reference, failure=refusal.code)

    def refund(self, charge_id: str, reference: str, refund_id: str, amount: int, currency: str) -> RefundOutcome:
        """Refund a payment intent, under the refund's own idempotency key."""
        form = {
            "payment_intent": charge_id,
            "amount": _written(amount, currency),
            "metadata[refund]": refund_id,
            "metadata[reference]": reference,
        }
        return _refund(self._ask("POST", "/v1/refunds", form=form, key=refund_id))

    def look_up_refund(self, provider_id: str) -> RefundOutcome:
        """Retrieve a refund."""
        return _refund(self._ask("GET", f"/v1/refunds/{provider_id}"))

    def look_up_dispute(self, dispute_id: str) -> DisputeOutcome:
        """Retrieve a dispute."""
        data = self._ask("GET", f"/v1/disputes/{dispute_id}")
        currency = str(data["currency"]).upper()
        return DisputeOutcome(
            state={"won": "won", "lost": "lost"}.get(str(data["status"]), "open"),  # type: ignore[arg-type]
            dispute_id=str(data["id"]),
            amount=_read(int(data["amount"]), currency),
            currency=currency,
            charge_id=str(data["payment_intent"]),
        )

    def transfer(self, wanted: Transfer) -> TransferOutcome:
        """Move money to a connected account, under the reference as group and idempotency key."""
        form = {
            "amount": _written(wanted.amount, wanted.currency),
            "currency": wanted.currency.lower(),
            "destination": wanted.recipient,
            "description": wanted.title,
            "transfer_group": wanted.reference,
            "metadata[reference]": wanted.reference,
        }
        return _transfer(self._ask("POST", "/v1/transfers", form=form, key=wanted.reference))

    def look_up_transfer(self, reference: str) -> TransferOutcome:
        """List the transfers of our reference, of which there is one at most."""
        found = self._ask("GET", "/v1/transfers", query={"transfer_group": reference})["data"]
        return _transfer(found[0]) if found else TransferOutcome("unknown")

    def settled(self, day: date) -> list[SettledLine]:
        """List the day's balance transactions of charges and refunds."""
        start = int(datetime.combine(day, time(), UTC).timestamp())
        query: dict[str, Any] = {
            "created[gte]": start,
            "created[lt]": start + 24 * 3600,
            "limit": _ON_A_PAGE,
            "expand[]": "data.source",
        }
        lines = []
        for _ in range(_MOST_PAGES):
            page = self._ask("GET", "/v1/balance_transactions", query=query)
            lines += [_settled(row) for row in page["data"] if row["type"] in {"charge", "payment", "refund"}]
            if not page["has_more"]:
                break
            query["starting_after"] = page["data"][-1]["id"]
        return lines

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Check `Stripe-Signature`: time and one of the signatures of version 1, for each secret that holds."""
        pairs = [part.partition("=")[::2] for part in headers.get("stripe-signature", "").split(",")]
        stamps = [value for name, value in pairs if name.strip() == "t"]
        given = [value for name, value in pairs if name.strip() == "v1"]
        if len(stamps) != 1 or not stamps[0].isdecimal() or len(stamps[0]) > 12:
            raise BadSignature
        signed = f"{stamps[0]}.".encode() + body
        expected = [hmac.new(key.encode(), signed, hashlib.sha256).hexdigest() for key in self.keys.webhook_secrets]
        matches = [hmac.compare_digest(one.encode(), other.encode()) for one in expected for other in given]
        if not any(matches):
            raise BadSignature
        sent = datetime.fromtimestamp(int(stamps[0]), UTC)
        if abs(clock.now() - sent) > timedelta(seconds=_TOLERANCE_SECONDS):
            raise BadSignature
        event = json.loads(body)
        kind, thing = str(event.get("type", "")), (event.get("data") or {}).get("object") or {}
        metadata = thing.get("metadata") or {}
        reference = str(thing.get("client_reference_id") or metadata.get("reference") or "")
        object_id = str(thing.get("id", ""))
        if kind.startswith(("checkout.session.", "payment_intent.")):
            return Notice(str(event["id"]), kind, "payment", reference, object_id)
        if kind.startswith(("refund.", "charge.refund.")):
            return Notice(str(event["id"]), kind, "refund", reference, object_id)
        if kind.startswith("charge.dispute."):
            return Notice(str(event["id"]), kind, "dispute", reference, object_id)
        return Notice(str(event.get("id", "")), kind, "none", reference, object_id)

    def _ask(self, method: Any, path: str, *, key: str = "", **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.keys.secret_key}", "Stripe-Version": _VERSION}
        if key:
            headers["Idempotency-Key"] = key
        try:
            return ask(self.name, method, f"{self.keys.base_url}{path}", headers=headers, **options)
        except ProviderRefused as refusal:
            if refusal.code == _AT_WORK:
                raise ProviderDown(self.name) from None
            raise


def _written(amount: int, currency: str) -> int:
    """Write an amount; of three places the last is a zero (docs, three-decimal currencies), or ProviderRefused."""
    hundredths(amount, currency)
    return amount * 100 if currency in _HUNDREDFOLD else amount


def _read(written: int, currency: str) -> int:
    return written // 100 if currency in _HUNDREDFOLD else written


def _outcome(intent: dict[str, Any]) -> Outcome:
    currency = str(intent["currency"]).upper()
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    balance = charge.get("balance_transaction")
    fee = balance.get("fee") if isinstance(balance, dict) else None
    error = intent.get("last_payment_error") or {}
    state = _INTENTS.get(str(intent["status"]), "pending")
    if state == "open" and error:
        state = "failed"
    customer, method = intent.get("customer"), intent.get("payment_method")
    return Outcome(
        state=state,
        reference=str((intent.get("metadata") or {}).get("reference", "")),
        amount=_read(int(intent["amount"]), currency),
        currency=currency,
        provider_id=str(intent["id"]),
        fee=None if fee is None else _read(int(fee), currency),
        channel=str((charge.get("payment_method_details") or {}).get("type", "")),
        authorisation=f"{customer}:{method}" if customer and method else "",
        failure=str(error.get("decline_code") or error.get("code") or "")[:60],
    )


def _refund(data: dict[str, Any]) -> RefundOutcome:
    currency = str(data["currency"]).upper()
    return RefundOutcome(
        state=_REFUNDS.get(str(data["status"]), "sent"),
        provider_id=str(data["id"]),
        amount=_read(int(data["amount"]), currency),
        currency=currency,
        charge_id=str(data.get("payment_intent", "")),
        refund_id=str((data.get("metadata") or {}).get("refund", "")),
    )


def _settled(row: dict[str, Any]) -> SettledLine:
    currency = str(row["currency"]).upper()
    found = row.get("source")
    source: dict[str, Any] = found if isinstance(found, dict) else {}
    is_refund = row["type"] == "refund"
    reference = str((source.get("metadata") or {}).get("reference", ""))
    return SettledLine(
        kind="refund" if is_refund else "charge",
        reference="" if is_refund else reference,
        provider_id=str(source.get("id", "")) if is_refund else str(source.get("payment_intent", "")),
        amount=_read(abs(int(row["amount"])), currency),
        currency=currency,
        fee=_read(int(row["fee"]), currency),
        charge_id=str(source.get("payment_intent", "")) if is_refund else "",
    )


def _transfer(data: dict[str, Any]) -> TransferOutcome:
    """Read a transfer, which has arrived when it is made; one that was reversed whole did not."""
    is_back = bool(data.get("reversed"))
    return TransferOutcome("failed" if is_back else "done", str(data["id"]), "reversed" if is_back else "")
