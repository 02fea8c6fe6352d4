"""Paystack (https://paystack.com/docs/api, read in 2026).

Amounts are hundredths of the major unit in every currency. Calls and webhooks are signed with the same secret key, and
webhooks tell no time, so all that protects from an old one is that what it says is asked for again.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from lyceum.rules.providers.calls import ask
from lyceum.rules.providers.keys import PaystackKeys
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
from lyceum.rules.providers.units import from_hundredths, hundredths

_STATES: dict[str, OutcomeState] = {
    "success": "paid",
    "reversed": "paid",  # it was paid, and what went back is a refund
    "failed": "failed",
    "abandoned": "open",
    "ongoing": "open",
    "pending": "pending",
    "processing": "pending",
    "queued": "pending",
}
_TRANSFERS: dict[str, TransferState] = {
    "success": "done",
    "failed": "failed",
    "reversed": "failed",
    "abandoned": "failed",
    "blocked": "failed",
    "rejected": "failed",
}
_REFUNDS: dict[str, RefundState] = {"processed": "done", "failed": "failed"}
_ON_A_PAGE = 100
_MOST_PAGES = 50


class Paystack:
    """The adapter of Paystack."""

    name = "paystack"

    def __init__(self, keys: PaystackKeys) -> None:
        self.keys = keys

    def begin(self, order: Order) -> Checkout:
        """Initialise a transaction; the reference is taken once."""
        data = self._ask("POST", "/transaction/initialize", sends={**_order(order), "callback_url": order.return_url})
        return Checkout(url=str(data["authorization_url"]), provider_reference=str(data["reference"]))

    def look_up(self, reference: str, _provider_reference: str | None) -> Outcome:
        """Verify a transaction by our reference."""
        try:
            return _outcome(self._ask("GET", f"/transaction/verify/{reference}"))
        except ProviderRefused:
            return Outcome("open", reference=reference)

    def charge(self, order: Order, authorisation: str) -> Outcome:
        """Charge an authorisation; a reference that was used is looked up in place of charged again."""
        try:
            sends = {**_order(order), "authorization_code": authorisation}
            return _outcome(self._ask("POST", "/transaction/charge_authorization", sends=sends))
        except ProviderRefused as refusal:
            known = self.look_up(order.reference, None)
            if known.state != "open":
                return known
            return Outcome("failed", reference=order.reference, failure=refusal.code)

    def refund(self, charge_id: str, _reference: str, refund_id: str, amount: int, currency: str) -> RefundOutcome:
        """Refund a transaction. There are no idempotency keys, so the note of earlier ones is looked at first."""
        for known in self._ask("GET", "/refund", query={"transaction": charge_id, "perPage": _ON_A_PAGE}):
            if known.get("merchant_note") == refund_id:
                return _refund(known)
        sends = {
            "transaction": charge_id,
            "amount": hundredths(amount, currency),
            "currency": currency,
            "merchant_note": refund_id,
        }
        return _refund(self._ask("POST", "/refund", sends=sends))

    def look_up_refund(self, provider_id: str) -> RefundOutcome:
        """Fetch a refund."""
        return _refund(self._ask("GET", f"/refund/{provider_id}"))

    def look_up_dispute(self, dispute_id: str) -> DisputeOutcome:
        """Fetch a dispute; `merchant-accepted` is lost, `declined` is won."""
        data = self._ask("GET", f"/dispute/{dispute_id}")
        resolution = data.get("resolution")
        state = {"declined": "won", "merchant-accepted": "lost"}.get(str(resolution), "open")
        currency = str(data["currency"])
        return DisputeOutcome(
            state=state,  # type: ignore[arg-type]
            dispute_id=str(data["id"]),
            amount=from_hundredths(int(data["refund_amount"]), currency),
            currency=currency,
            charge_id=str(data["transaction"]["id"]),
            reference=str(data["transaction"]["reference"]),
        )

    def transfer(self, wanted: Transfer) -> TransferOutcome:
        """Initiate a transfer from the balance to a recipient; references are of small letters and taken once."""
        sends = {
            "source": "balance",
            "amount": hundredths(wanted.amount, wanted.currency),
            "currency": wanted.currency,
            "recipient": wanted.recipient,
            "reference": wanted.reference.lower(),
            "reason": wanted.title,
        }
        return _transfer(self._ask("POST", "/transfer", sends=sends))

    def look_up_transfer(self, reference: str) -> TransferOutcome:
        """Verify a transfer by our reference."""
        try:
            return _transfer(self._ask("GET", f"/transfer/verify/{reference.lower()}"))
        except ProviderRefused:
            return TransferOutcome("unknown")

    def settled(self, day: date) -> list[SettledLine]:
        """List the day's successful transactions and its processed refunds."""
        span = {"from": f"{day}T00:00:00.000Z", "to": f"{day + timedelta(days=1)}T00:00:00.000Z"}
        charges = [
            SettledLine(
                "charge",
                str(row["reference"]),
                str(row["id"]),
                from_hundredths(int(row["amount"]), row["currency"]),
                row["currency"],
                from_hundredths(int(row.get("fees") or 0), row["currency"]),
            )
            for row in self._pages("/transaction", {**span, "status": "success"})
        ]
        refunds = [_refund(row) for row in self._pages("/refund", span) if row.get("status") == "processed"]
        return charges + [
            SettledLine("refund", "", each.provider_id, each.amount, each.currency, charge_id=each.charge_id)
            for each in refunds
        ]

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Check `x-paystack-signature`, the HMAC-SHA512 of the body in hex; events have no id but their body's hash."""
        expected = hmac.new(self.keys.secret_key.encode(), body, hashlib.sha512).hexdigest()
        if not hmac.compare_digest(expected.encode(), headers.get("x-paystack-signature", "").encode()):
            raise BadSignature
        event = json.loads(body)
        kind, data = str(event.get("event", "")), event.get("data") or {}
        digest = hashlib.sha256(body).hexdigest()
        if kind.startswith("charge.dispute."):
            reference = str((data.get("transaction") or {}).get("reference", ""))
            return Notice(digest, kind, "dispute", reference, str(data.get("id", "")))
        if kind.startswith("refund."):
            reference = str(data.get("transaction_reference", ""))
            return Notice(digest, kind, "refund", reference, str(data.get("id", "")))
        if kind.startswith("charge."):
            return Notice(digest, kind, "payment", str(data.get("reference", "")), str(data.get("id", "")))
        return Notice(digest, kind, "none", str(data.get("reference", "")), str(data.get("id", "")))

    def _pages(self, path: str, query: dict[str, Any]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for page in range(1, _MOST_PAGES + 1):
            found = self._ask("GET", path, query={**query, "perPage": _ON_A_PAGE, "page": page})
            rows += found
            if len(found) < _ON_A_PAGE:
                break
        return rows

    def _ask(self, method: Any, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.keys.secret_key}"}
        return ask(self.name, method, f"{self.keys.base_url}{path}", headers=headers, **options)["data"]


def _order(order: Order) -> dict[str, Any]:
    return {
        "email": order.email,
        "amount": hundredths(order.amount, order.currency),
        "currency": order.currency,
        "reference": order.reference,
        "metadata": {"title": order.title},
    }


def _outcome(data: dict[str, Any]) -> Outcome:
    currency = str(data["currency"])
    authorisation = data.get("authorization") or {}
    fees = data.get("fees")
    return Outcome(
        state=_STATES.get(str(data["status"]), "pending"),
        reference=str(data["reference"]),
        amount=from_hundredths(int(data["amount"]), currency),
        currency=currency,
        provider_id=str(data.get("id", "")),
        fee=None if fees is None else from_hundredths(int(fees), currency),
        channel=str(data.get("channel") or ""),
        authorisation=str(authorisation.get("authorization_code", "")) if authorisation.get("reusable") else "",
        failure=str(data.get("gateway_response") or "")[:60] if data["status"] == "failed" else "",
    )


def _refund(data: dict[str, Any]) -> RefundOutcome:
    transaction = data.get("transaction")
    charge = transaction.get("id", "") if isinstance(transaction, dict) else transaction or ""
    return RefundOutcome(
        state=_REFUNDS.get(str(data["status"]), "sent"),
        provider_id=str(data["id"]),
        amount=from_hundredths(int(data["amount"]), str(data["currency"])),
        currency=str(data["currency"]),
        charge_id=str(charge),
        refund_id=str(data.get("merchant_note") or ""),
    )


def _transfer(data: dict[str, Any]) -> TransferOutcome:
    status = str(data["status"])
    state = _TRANSFERS.get(status, "sent")
    return TransferOutcome(
        state=state,
        provider_id=str(data.get("transfer_code") or ""),
        failure=status if state == "failed" else "",
    )
