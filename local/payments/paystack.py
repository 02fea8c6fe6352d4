"""Paystack's answers, field by field as in its published examples (https://paystack.com/docs/api, read in 2026)."""

import hashlib
import hmac
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

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

NAME = "paystack"
_KEY = str(KEYS[NAME]["secretKey"])
_STATES = {"open": "abandoned", "pending": "pending", "paid": "success", "failed": "failed"}
_REFUNDS = {"pending": "pending", "done": "processed", "failed": "failed"}
_RESOLUTIONS = {"won": "declined", "lost": "merchant-accepted"}


def answer(books: Books, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> Any:  # noqa: C901, PLR0912 - a case a route
    """Answer a call; raises Rejected."""
    if headers.get("authorization") != f"Bearer {_KEY}":
        raise _no(401, "Invalid key")
    sent = json.loads(body or b"{}")
    parts = path.strip("/").split("/")
    match (method, parts):
        case ("POST", ["transaction", "initialize"]):
            return _initialize(books, sent)
        case ("POST", ["transaction", "charge_authorization"]):
            return _charge(books, sent)
        case ("GET", ["transaction", "verify", reference]):
            found = books.find(NAME, reference)
            if found is None:
                raise _no(404, "Transaction reference not found.")
            return _yes("Verification successful", transaction(found))
        case ("GET", ["transaction"]):
            start = datetime.fromisoformat(query["from"])
            rows = [transaction(each) for each in books.of(NAME) if books.on_day(each.paid_at, start)]
            return _yes("Transactions retrieved", _page(rows, query))
        case ("GET", ["refund"]):
            return _yes("Refunds retrieved", _page(_refunds(books, query), query))
        case ("POST", ["refund"]):
            return _refund(books, sent)
        case ("GET", ["refund", number]):
            record = books.refund_numbered(number)
            if record is None:
                raise _no(404, "Refund not found")
            return _yes("Refund retrieved", refund(record))
        case ("POST", ["transfer"]):
            return _send(books, sent)
        case ("GET", ["transfer", "verify", reference]):
            moved = books.transfers.get((NAME, reference))
            if moved is None:
                raise _no(404, "Transfer not found")
            return _yes("Transfer retrieved", transfer(moved))
        case ("GET", ["dispute", number]):
            disputed = books.dispute_numbered(number)
            if disputed is None:
                raise _no(404, "Dispute not found")
            return _yes("Dispute retrieved", dispute(disputed))
    raise _no(404, "Unknown route")


def _initialize(books: Books, sent: dict[str, Any]) -> Any:
    try:
        made = books.begin(
            NAME,
            reference=sent["reference"],
            amount=Decimal(sent["amount"]),
            currency=sent["currency"],
            email=sent["email"],
            title=sent["metadata"]["title"],
            return_url=sent["callback_url"],
        )
    except KeyError:
        raise _no(400, "Duplicate Transaction Reference", "duplicate_reference") from None
    url = f"{{home}}/checkout/{NAME}/{made.reference}"
    data = {"authorization_url": url, "access_code": f"ac_{made.number}", "reference": made.reference}
    return _yes("Authorization URL created", data)


def _charge(books: Books, sent: dict[str, Any]) -> Any:
    saved = next((each for each in books.of(NAME) if f"AUTH_{each.method}" == sent["authorization_code"]), None)
    if saved is None:
        raise _no(400, "Invalid authorization code", "invalid_params")
    try:
        made = books.begin(
            NAME,
            reference=sent["reference"],
            amount=Decimal(sent["amount"]),
            currency=sent["currency"],
            email=sent["email"],
            is_renewal=True,
            method=saved.method,
            customer=saved.customer,
        )
    except KeyError:
        raise _no(400, "Duplicate Transaction Reference", "duplicate_reference") from None
    books.charge(made)
    return _yes("Charge attempted", transaction(made))


def _refund(books: Books, sent: dict[str, Any]) -> Any:
    found = books.numbered(NAME, str(sent["transaction"]))
    if found is None:
        raise _no(404, "Transaction not found")
    try:
        made = books.give_back(found, Decimal(sent["amount"]), str(sent.get("merchant_note", "")))
    except ValueError:
        raise _no(400, "Refund amount is more than the transaction amount", "invalid_amount") from None
    books.webhooks.append(webhook("refund.processed" if made.state == "done" else "refund.pending", told_refund(made)))
    return _yes("Refund has been queued for processing", refund(made))


def _refunds(books: Books, query: dict[str, str]) -> list[dict[str, Any]]:
    own = [each for each in books.refunds if each.transaction.provider == NAME]
    if "transaction" in query:
        own = [each for each in own if str(each.transaction.number) == query["transaction"]]
    else:
        start = datetime.fromisoformat(query["from"])
        own = [each for each in own if books.on_day(each.made_at, start)]
    return [refund(each) for each in own]


def _send(books: Books, sent: dict[str, Any]) -> Any:
    try:
        made = books.send(NAME, sent["reference"], Decimal(sent["amount"]), sent["currency"], sent["recipient"])
    except KeyError:
        raise _no(400, "Please provide a unique reference. Reference already exists on a transfer") from None
    return _yes("Transfer has been queued", transfer(made))


def transfer(found: TransferRecord) -> dict[str, Any]:
    """Write a transfer (docs, "Verify Transfer")."""
    return {
        "integration": 1,
        "domain": "test",
        "amount": int(found.amount),
        "currency": found.currency,
        "source": "balance",
        "recipient": {"recipient_code": found.recipient},
        "reference": found.reference,
        "status": {"pending": "pending", "done": "success", "failed": "failed"}[found.state],
        "transfer_code": f"TRF_{found.number}",
        "id": found.number,
        "failures": None,
    }


def transaction(found: Transaction) -> dict[str, Any]:
    """Write a transaction (docs, "Verify Transaction")."""
    return {
        "id": found.number,
        "domain": "test",
        "status": _STATES[found.state],
        "reference": found.reference,
        "receipt_number": None,
        "amount": int(found.amount),
        "message": None,
        "gateway_response": "Successful"
        if found.state == "paid"
        else found.failure or "The transaction was not completed",
        "paid_at": found.paid_at.isoformat() if found.paid_at else None,
        "channel": found.channel,
        "currency": found.currency,
        "ip_address": "127.0.0.1",
        "metadata": {"title": found.title},
        "fees": int(found.fee) if found.state == "paid" else None,
        "fees_split": None,
        "authorization": _authorization(found) if found.state == "paid" else {},
        "customer": {"id": found.number, "email": found.email, "customer_code": f"CUS_{found.customer}"},
        "requested_amount": int(found.amount),
    }


def _authorization(found: Transaction) -> dict[str, Any]:
    is_card = found.channel == "card"
    return {
        "authorization_code": f"AUTH_{found.method}",
        "bin": "408408",
        "last4": "4081",
        "exp_month": "12",
        "exp_year": "2030",
        "channel": found.channel,
        "card_type": "visa",
        "bank": "TEST BANK",
        "country_code": "NG",
        "brand": "visa",
        "reusable": is_card,
        "signature": f"SIG_{found.method}",
    }


def refund(found: RefundRecord) -> dict[str, Any]:
    """Write a refund (docs, "Create Refund")."""
    return {
        "transaction": {
            "id": found.transaction.number,
            "domain": "test",
            "reference": found.transaction.reference,
            "amount": int(found.transaction.amount),
            "currency": found.transaction.currency,
        },
        "integration": 1,
        "deducted_amount": 0,
        "channel": None,
        "merchant_note": found.note,
        "customer_note": "Refund for transaction",
        "status": _REFUNDS[found.state],
        "refunded_by": "lyceum@example.com",
        "expected_at": found.made_at.isoformat(),
        "currency": found.transaction.currency,
        "domain": "test",
        "amount": int(found.amount),
        "fully_deducted": False,
        "id": found.number,
    }


def told_refund(found: RefundRecord) -> dict[str, Any]:
    """Write a refund as a webhook does (docs, "Refund Processed")."""
    return {
        "id": str(found.number),
        "status": _REFUNDS[found.state],
        "transaction_reference": found.transaction.reference,
        "refund_reference": None,
        "amount": str(int(found.amount)),
        "currency": found.transaction.currency,
        "processor": "instant-transfer",
        "integration": 1,
        "domain": "test",
    }


def dispute(found: DisputeRecord) -> dict[str, Any]:
    """Write a dispute (docs, "Fetch Dispute")."""
    return {
        "id": found.number,
        "refund_amount": int(found.transaction.amount),
        "currency": found.transaction.currency,
        "status": "awaiting-merchant-feedback" if found.state == "open" else "resolved",
        "resolution": _RESOLUTIONS.get(found.state),
        "domain": "test",
        "transaction": transaction(found.transaction),
        "category": "general",
    }


def told(found: Transaction) -> Webhook | None:
    """Return what is told of a payment: only those that were paid."""
    return webhook("charge.success", transaction(found)) if found.state == "paid" else None


def told_dispute(found: DisputeRecord) -> Webhook:
    """Return what is told of a dispute."""
    return webhook("charge.dispute.create" if found.state == "open" else "charge.dispute.resolve", dispute(found))


def webhook(kind: str, data: dict[str, Any]) -> Webhook:
    """Sign a message (docs, "Verify event origin")."""
    body = json.dumps({"event": kind, "data": data}).encode()
    signature = hmac.new(_KEY.encode(), body, hashlib.sha512).hexdigest()
    return Webhook(NAME, {"content-type": "application/json", "x-paystack-signature": signature}, body)


def _page(rows: list[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
    size, page = int(query.get("perPage", 50)), int(query.get("page", 1))
    return rows[(page - 1) * size : page * size]


def _yes(message: str, data: Any) -> dict[str, Any]:
    return {"status": True, "message": message, "data": data}


def _no(status: int, message: str, code: str = "") -> Rejected:
    return Rejected(status, {"status": False, "message": message, "code": code or "not_found", "type": "api_error"})
