"""Flutterwave's answers, version 4, as in its published examples (https://developer.flutterwave.com, read in 2026)."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any
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

NAME = "flutterwave"
TOKEN_PATH = "/token"  # noqa: S105 - a path
_STATES = {"pending": "pending", "paid": "succeeded", "failed": "failed"}
_REFUNDS = {"pending": "pending", "done": "succeeded", "failed": "failed"}
_tokens: set[str] = set()


def answer(books: Books, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> Any:
    """Answer a call; raises Rejected."""
    if path == TOKEN_PATH:
        return _token(body)
    if headers.get("authorization", "").removeprefix("Bearer ") not in _tokens:
        raise _no(401, "UNAUTHORIZED")
    key = headers.get("x-idempotency-key", "")
    if method == "POST" and (NAME, key) in books.idempotent:
        return books.idempotent[NAME, key][1]
    sent = json.loads(body or b"{}", parse_float=Decimal)
    made = _dispatch(books, method, path.strip("/").split("/"), query, sent)
    if method == "POST" and key:
        books.idempotent[NAME, key] = (200, made)
    return made


def _dispatch(books: Books, method: str, parts: list[str], query: dict[str, str], sent: dict[str, Any]) -> Any:  # noqa: C901, PLR0912 - a case a route
    match (method, parts):
        case ("POST", ["customers"]):
            if sent["email"] in books.customers:
                raise _no(409, "RESOURCE_CONFLICT")
            books.customers[sent["email"]] = f"cus_{books.next_number()}"
            return _yes({"id": books.customers[sent["email"]], "email": sent["email"]})
        case ("POST", ["customers", "search"]):
            known = books.customers.get(sent["email"])
            return _yes([{"id": known, "email": sent["email"]}] if known else [])
        case ("POST", ["checkout", "sessions"]):
            return _session(books, sent)
        case ("POST", ["charges"]):
            return _charge(books, sent)
        case ("GET", ["charges"]) if "reference" in query:
            found = books.find(NAME, query["reference"])
            return _yes([charge(found)] if found and found.state != "open" else [])
        case ("GET", ["charges"]):
            start = datetime.fromisoformat(query["from"])
            return _yes(_page([charge(each) for each in books.of(NAME) if books.on_day(each.paid_at, start)], query))
        case ("POST", ["refunds"]):
            return _refund(books, sent)
        case ("GET", ["refunds"]):
            start = datetime.fromisoformat(query["from"])
            own = [each for each in books.refunds if each.transaction.provider == NAME]
            return _yes(_page([refund(each) for each in own if books.on_day(each.made_at, start)], query))
        case ("GET", ["refunds", name]):
            record = books.refund_numbered(name.removeprefix("rfd_"))
            if record is None:
                raise _no(404, "RESOURCE_NOT_FOUND")
            return _yes(refund(record))
        case ("POST", ["transfers"]):
            asked = sent["payment_instruction"]
            amount, currency = Decimal(asked["amount"]["value"]), asked["source_currency"]
            return _yes(transfer(books.send(NAME, sent["reference"], amount, currency, asked["recipient_id"])))
        case ("GET", ["transfers"]):
            moved = books.transfers.get((NAME, query["reference"]))
            return _yes([transfer(moved)] if moved else [])
        case ("GET", ["chargebacks", name]):
            disputed = books.dispute_numbered(name.removeprefix("chb_"))
            if disputed is None:
                raise _no(404, "RESOURCE_NOT_FOUND")
            return _yes(dispute(disputed))
    raise _no(404, "RESOURCE_NOT_FOUND")


def _token(body: bytes) -> Any:
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    if (form.get("client_id"), form.get("client_secret")) != (KEYS[NAME]["clientId"], KEYS[NAME]["clientSecret"]):
        raise Rejected(401, {"error": "unauthorized_client", "error_description": "Invalid client credentials"})
    token = secrets.token_urlsafe(16)
    _tokens.add(token)
    return {"access_token": token, "expires_in": 600, "token_type": "Bearer", "scope": "profile email"}


def transfer(found: TransferRecord) -> dict[str, Any]:
    """Write a transfer (docs, "General Transfer Flow")."""
    return {
        "id": f"trf_{found.number}",
        "type": "bank",
        "action": "instant",
        "reference": found.reference,
        "status": {"pending": "NEW", "done": "SUCCESSFUL", "failed": "FAILED"}[found.state],
        "source_currency": found.currency,
        "amount": {"value": found.amount, "applies_to": "destination_currency"},
        "recipient": {"id": found.recipient},
    }


def _session(books: Books, sent: dict[str, Any]) -> Any:
    email = next((mail for mail, name in books.customers.items() if name == sent["customer_id"]), "")
    try:
        made = books.begin(
            NAME,
            reference=sent["reference"],
            amount=Decimal(sent["amount"]),
            currency=sent["currency"],
            email=email,
            customer=sent["customer_id"],
            return_url=sent["redirect_url"],
        )
    except KeyError:
        raise _no(409, "RESOURCE_CONFLICT") from None
    return _yes(
        {
            "id": f"cks_{made.number}",
            "amount": made.amount,
            "currency": made.currency,
            "customer_id": made.customer,
            "reference": made.reference,
            "redirect_url": made.return_url,
            "checkout_url": f"{{home}}/checkout/{NAME}/{made.reference}",
            "status": "active",
        }
    )


def _charge(books: Books, sent: dict[str, Any]) -> Any:
    saved = [each for each in books.of(NAME) if each.method == sent["payment_method_id"]]
    if not saved or saved[0].customer != sent["customer_id"]:
        raise _no(400, "INVALID_PAYMENT_METHOD")
    try:
        made = books.begin(
            NAME,
            reference=sent["reference"],
            amount=Decimal(sent["amount"]),
            currency=sent["currency"],
            email=saved[0].email,
            customer=saved[0].customer,
            method=saved[0].method,
            is_renewal=True,
        )
    except KeyError:
        raise _no(409, "RESOURCE_CONFLICT") from None
    books.charge(made)
    return _yes(charge(made))


def _refund(books: Books, sent: dict[str, Any]) -> Any:
    found = books.numbered(NAME, str(sent["charge_id"]).removeprefix("chg_"))
    if found is None:
        raise _no(404, "RESOURCE_NOT_FOUND")
    try:
        made = books.give_back(found, Decimal(sent["amount"]), str((sent.get("meta") or {}).get("refund", "")))
    except ValueError:
        raise _no(400, "REFUND_AMOUNT_EXCEEDED") from None
    if made.state == "done":
        books.webhooks.append(webhook("refund.completed", refund(made), made.number))
    return _yes(refund(made))


def charge(found: Transaction) -> dict[str, Any]:
    """Write a charge (reference, "Retrieve a charge")."""
    fees = [{"type": "processing", "amount": found.fee}] if found.state == "paid" else []
    return {
        "id": f"chg_{found.number}",
        "amount": found.amount,
        "currency": found.currency,
        "customer_id": found.customer,
        "payment_method_id": found.method,
        "payment_method_details": {"id": found.method, "type": found.channel},
        "reference": found.reference,
        "status": _STATES.get(found.state, "pending"),
        "fees": fees,
        "processor_response": {
            "type": "approved" if found.state == "paid" else "declined",
            "code": found.failure or "00",
        },
        "redirect_url": found.return_url,
        "created_datetime": found.paid_at.isoformat() if found.paid_at else None,
    }


def refund(found: RefundRecord) -> dict[str, Any]:
    """Write a refund (reference, "Create a refund")."""
    return {
        "id": f"rfd_{found.number}",
        "amount_refunded": found.amount,
        "currency": found.transaction.currency,
        "charge_id": f"chg_{found.transaction.number}",
        "reference": found.transaction.reference,
        "reason": "requested_by_customer",
        "status": _REFUNDS[found.state],
        "meta": {"refund": found.note},
        "created_datetime": found.made_at.isoformat(),
    }


def dispute(found: DisputeRecord) -> dict[str, Any]:
    """Write a chargeback (reference, "Retrieve a chargeback")."""
    return {
        "id": f"chb_{found.number}",
        "amount": found.transaction.amount,
        "currency": found.transaction.currency,
        "charge_id": f"chg_{found.transaction.number}",
        "reference": found.transaction.reference,
        "status": {"open": "initiated"}.get(found.state, found.state),
        "type": "local",
        "stage": "new",
    }


def told(found: Transaction) -> Webhook | None:
    """Return what is told of a payment: that it is completed, well or not."""
    if found.state not in {"paid", "failed"}:
        return None
    return webhook("charge.completed", charge(found), found.number)


def told_dispute(found: DisputeRecord) -> Webhook:
    """Return what is told of a chargeback."""
    return webhook(
        "chargeback.created" if found.state == "open" else "chargeback.updated", dispute(found), found.number
    )


def webhook(kind: str, data: dict[str, Any], number: int) -> Webhook:
    """Sign a message (docs, "Webhooks")."""
    event = {"id": f"wbk_{number}_{kind}_{data['status']}", "timestamp": 0, "type": kind, "data": data}
    body = json.dumps(event, default=str).encode()
    digest = hmac.digest(str(KEYS[NAME]["secretHash"]).encode(), body, hashlib.sha256)
    signature = base64.b64encode(digest).decode()
    return Webhook(NAME, {"content-type": "application/json", "flutterwave-signature": signature}, body)


def _page(rows: list[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
    size, page = int(query.get("size", 10)), int(query.get("page", 1))
    return rows[(page - 1) * size : page * size]


def _yes(data: Any) -> dict[str, Any]:
    return {"status": "success", "message": "done", "data": data}


def _no(status: int, code: str) -> Rejected:
    return Rejected(status, {"status": "failed", "error": {"type": "REQUEST_NOT_VALID", "code": code, "message": code}})
