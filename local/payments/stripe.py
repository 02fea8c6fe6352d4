"""Stripe's answers, field by field as in its published examples (https://docs.stripe.com/api, read in 2026)."""

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import parse_qs

from local.payments.state import (
    KEYS,
    Books,
    DisputeRecord,
    RefundRecord,
    Rejected,
    Transaction,
    TransferRecord,
    Webhook,
)

T = TypeVar("T")
NAME = "stripe"
_INTENTS = {
    "open": "requires_payment_method",
    "pending": "processing",
    "paid": "succeeded",
    "failed": "requires_payment_method",
}
_REFUNDS = {"pending": "pending", "done": "succeeded", "failed": "failed"}
_DISPUTES = {"open": "needs_response", "won": "won", "lost": "lost"}
_BY_REFERENCE = re.compile(r"metadata\['reference'\]:'([^']+)'")


def answer(books: Books, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> Any:
    """Answer a call; raises Rejected."""
    if headers.get("authorization") != f"Bearer {KEYS[NAME]['secretKey']}":
        raise _no(401, "invalid_request_error", "api_key_invalid")
    key = headers.get("idempotency-key", "")
    if method == "POST" and (NAME, key) in books.idempotent:
        status, kept = books.idempotent[NAME, key]
        if status >= 400:
            raise Rejected(status, kept)
        return kept
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    try:
        made = _dispatch(books, method, path.strip("/").split("/")[1:], query, form)
    except Rejected as refusal:
        if method == "POST" and key:
            books.idempotent[NAME, key] = (refusal.status, refusal.body)
        raise
    if method == "POST" and key:
        books.idempotent[NAME, key] = (200, made)
    return made


_THREE_PLACES = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Currencies whose last digit must be a zero (docs, "Three-decimal currencies")."""


def _dispatch(books: Books, method: str, parts: list[str], query: dict[str, str], form: dict[str, str]) -> Any:  # noqa: C901 - a case a route
    match (method, parts):
        case ("POST", ["checkout", "sessions"]):
            return session(_begin(books, form))
        case ("GET", ["checkout", "sessions", name]):
            return session(_found(books.numbered(NAME, name.removeprefix("cs_test_"))))
        case ("POST", ["payment_intents"]):
            return _charge(books, form)
        case ("GET", ["payment_intents", "search"]):
            asked = _BY_REFERENCE.search(query["query"])
            found = books.find(NAME, asked[1]) if asked else None
            return {"object": "search_result", "data": [intent(found)] if found else [], "has_more": False}
        case ("POST", ["refunds"]):
            return _refund(books, form)
        case ("GET", ["refunds", name]):
            record = books.refund_numbered(name.removeprefix("re_"))
            return refund(_found(record))
        case ("POST", ["transfers"]):
            currency = form["currency"].upper()
            amount = _amount(form["amount"], currency)
            return transfer(books.send(NAME, form["transfer_group"], amount, currency, form["destination"]))
        case ("GET", ["transfers"]):
            moved = books.transfers.get((NAME, query["transfer_group"]))
            return {"object": "list", "data": [transfer(moved)] if moved else [], "has_more": False}
        case ("GET", ["disputes", name]):
            disputed = books.dispute_numbered(name.removeprefix("dp_"))
            return dispute(_found(disputed))
        case ("GET", ["balance_transactions"]):
            return _balance(books, query)
    raise _no(404, "invalid_request_error", "resource_missing")


def _begin(books: Books, form: dict[str, str]) -> Transaction:
    currency = form["line_items[0][price_data][currency]"].upper()
    return books.begin(
        NAME,
        reference=form["client_reference_id"],
        amount=_amount(form["line_items[0][price_data][unit_amount]"], currency),
        currency=currency,
        email=form["customer_email"],
        title=form["line_items[0][price_data][product_data][name]"],
        return_url=form["success_url"],
    )


def _charge(books: Books, form: dict[str, str]) -> Any:
    saved = [each for each in books.of(NAME) if each.method == form["payment_method"]]
    if not saved or saved[0].customer != form["customer"]:
        raise _no(400, "invalid_request_error", "resource_missing")
    made = books.begin(
        NAME,
        reference=form["metadata[reference]"],
        amount=_amount(form["amount"], form["currency"].upper()),
        currency=form["currency"].upper(),
        email=saved[0].email,
        customer=saved[0].customer,
        method=saved[0].method,
        is_renewal=True,
    )
    books.charge(made)
    if made.state == "failed":
        error = {"type": "card_error", "code": "card_declined", "decline_code": made.failure, "message": "Declined."}
        raise Rejected(402, {"error": {**error, "payment_intent": intent(made)}})
    return intent(made)


def _amount(written: str, currency: str) -> Decimal:
    if currency in _THREE_PLACES and not written.endswith("0"):
        raise _no(400, "invalid_request_error", "parameter_invalid_integer")
    return Decimal(written)


def _refund(books: Books, form: dict[str, str]) -> Any:
    found = _found(books.numbered(NAME, form["payment_intent"].removeprefix("pi_")))
    amount = _amount(form["amount"], found.currency)
    try:
        made = books.give_back(found, amount, form.get("metadata[refund]", ""))
    except ValueError:
        raise _no(400, "invalid_request_error", "charge_already_refunded") from None
    books.webhooks.append(webhook(books, "refund.updated", refund(made)))
    return refund(made)


def _balance(books: Books, query: dict[str, str]) -> Any:
    start = datetime.fromtimestamp(int(query["created[gte]"]), UTC)
    rows = [_charged(each) for each in books.of(NAME) if books.on_day(each.paid_at, start)]
    own = [each for each in books.refunds if each.transaction.provider == NAME]
    rows += [_gone(each) for each in own if books.on_day(each.made_at, start) and each.state == "done"]
    after = query.get("starting_after")
    first = next((place + 1 for place, row in enumerate(rows) if row["id"] == after), 0)
    limit = int(query["limit"])
    return {"object": "list", "data": rows[first : first + limit], "has_more": len(rows) > first + limit}


def transfer(found: TransferRecord) -> dict[str, Any]:
    """Write a transfer (API, "The Transfer object")."""
    return {
        "id": f"tr_{found.number}",
        "object": "transfer",
        "amount": int(found.amount),
        "amount_reversed": int(found.amount) if found.state == "failed" else 0,
        "currency": found.currency.lower(),
        "destination": found.recipient,
        "reversed": found.state == "failed",
        "transfer_group": found.reference,
    }


def session(found: Transaction) -> dict[str, Any]:
    """Write a checkout session (API, "The Checkout Session object")."""
    is_done = found.state in {"paid", "pending"}
    return {
        "id": f"cs_test_{found.number}",
        "object": "checkout.session",
        "amount_total": int(found.amount),
        "client_reference_id": found.reference,
        "currency": found.currency.lower(),
        "customer_email": found.email,
        "metadata": {"reference": found.reference},
        "mode": "payment",
        "payment_intent": None if found.state == "open" else intent(found),
        "payment_status": "paid" if found.state == "paid" else "unpaid",
        "status": "complete" if is_done else "expired" if found.state == "failed" else "open",
        "success_url": found.return_url,
        "url": None if is_done else f"{{home}}/checkout/{NAME}/{found.reference}",
    }


def intent(found: Transaction) -> dict[str, Any]:
    """Write a payment intent (API, "The PaymentIntent object"), its charge and balance expanded."""
    error = {"code": "card_declined", "decline_code": found.failure, "type": "card_error"}
    charge = {
        "id": f"ch_{found.number}",
        "object": "charge",
        "balance_transaction": {"id": f"txn_{found.number}", "object": "balance_transaction", "fee": int(found.fee)},
        "payment_method_details": {"type": found.channel, found.channel: {"last4": "4242"}},
    }
    return {
        "id": f"pi_{found.number}",
        "object": "payment_intent",
        "amount": int(found.amount),
        "amount_received": int(found.amount) if found.state == "paid" else 0,
        "currency": found.currency.lower(),
        "customer": found.customer or None,
        "last_payment_error": error if found.state == "failed" else None,
        "latest_charge": charge if found.state == "paid" else None,
        "metadata": {"reference": found.reference},
        "payment_method": found.method or None,
        "status": _INTENTS[found.state],
    }


def refund(found: RefundRecord) -> dict[str, Any]:
    """Write a refund (API, "The Refund object")."""
    return {
        "id": f"re_{found.number}",
        "object": "refund",
        "amount": int(found.amount),
        "charge": f"ch_{found.transaction.number}",
        "currency": found.transaction.currency.lower(),
        "metadata": {"refund": found.note, "reference": found.transaction.reference},
        "payment_intent": f"pi_{found.transaction.number}",
        "reason": None,
        "status": _REFUNDS[found.state],
    }


def dispute(found: DisputeRecord) -> dict[str, Any]:
    """Write a dispute (API, "The Dispute object")."""
    return {
        "id": f"dp_{found.number}",
        "object": "dispute",
        "amount": int(found.transaction.amount),
        "charge": f"ch_{found.transaction.number}",
        "currency": found.transaction.currency.lower(),
        "metadata": {},
        "payment_intent": f"pi_{found.transaction.number}",
        "reason": "general",
        "status": _DISPUTES[found.state],
    }


def told(books: Books, found: Transaction) -> Webhook | None:
    """Return what is told of a payment."""
    if found.is_renewal:
        kind = {"paid": "payment_intent.succeeded", "failed": "payment_intent.payment_failed"}.get(found.state)
        return webhook(books, kind, intent(found)) if kind else None
    kinds = {"paid": "checkout.session.completed", "pending": "checkout.session.completed"}
    kind = kinds.get(found.state, "checkout.session.expired")
    return webhook(books, kind, {**session(found), "payment_intent": f"pi_{found.number}"})


def told_dispute(books: Books, found: DisputeRecord) -> Webhook:
    """Return what is told of a dispute."""
    return webhook(
        books, "charge.dispute.created" if found.state == "open" else "charge.dispute.closed", dispute(found)
    )


def webhook(books: Books, kind: str, thing: dict[str, Any]) -> Webhook:
    """Sign a message (docs, "Verify webhook signatures manually")."""
    stamp = int(books.now().timestamp())
    event = {
        "id": f"evt_{books.next_number()}",
        "object": "event",
        "api_version": "2026-06-24",
        "created": stamp,
        "data": {"object": thing},
        "livemode": False,
        "type": kind,
    }
    body = json.dumps(event).encode()
    key = str(KEYS[NAME]["webhookSecrets"][0]).encode()
    signature = hmac.new(key, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "stripe-signature": f"t={stamp},v1={signature}"}
    return Webhook(NAME, headers, body)


def _charged(found: Transaction) -> dict[str, Any]:
    return {
        "id": f"txn_{found.number}",
        "object": "balance_transaction",
        "amount": int(found.amount),
        "currency": found.currency.lower(),
        "fee": int(found.fee),
        "net": int(found.amount - found.fee),
        "source": {
            "id": f"ch_{found.number}",
            "object": "charge",
            "metadata": {"reference": found.reference},
            "payment_intent": f"pi_{found.number}",
        },
        "type": "charge",
    }


def _gone(found: RefundRecord) -> dict[str, Any]:
    return {
        "id": f"txn_{found.number}",
        "object": "balance_transaction",
        "amount": -int(found.amount),
        "currency": found.transaction.currency.lower(),
        "fee": 0,
        "net": -int(found.amount),
        "source": refund(found),
        "type": "refund",
    }


def _found(record: T | None) -> T:
    if record is None:
        raise _no(404, "invalid_request_error", "resource_missing")
    return record


def _no(status: int, kind: str, code: str) -> Rejected:
    return Rejected(status, {"error": {"type": kind, "code": code, "message": code}})
