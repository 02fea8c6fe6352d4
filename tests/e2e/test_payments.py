"""Money in the deployed stack, against the local providers: trial, renewal, decline, upgrade, refund, voucher, books.

The clock is the stack's own, so what is due in a month is made due by its stored day, and the jobs are invoked.
"""

import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lyceum.kit import clock
from tests.e2e.conftest import Reply, Stack, eventually

pytestmark = pytest.mark.e2e
STRIPE = {"provider": "stripe", "currency": "USD"}


class Person:
    """Somebody who signs in again when a new tier ends their token, as clients refresh it."""

    def __init__(self, stack: Stack, key: str) -> None:
        self.stack, self.key = stack, key
        self.remote = stack.as_(key)

    def get(self, path: str) -> Reply:
        return self._again(lambda: self.remote.get(path))

    def post(self, path: str, body: Any) -> Reply:
        return self._again(lambda: self.remote.post(path, body))

    def _again(self, call: Callable[[], Reply]) -> Reply:
        found = call()
        if found.status != 401:
            return found
        self.remote = self.stack.as_(self.key)
        return call()


def demand(stack: Stack, what: str, **given: Any) -> None:
    """Ask something of the local providers."""
    body = json.dumps(given).encode()
    request = urllib.request.Request(f"{stack.facts['paymentsUrl']}/_demand/{what}", body, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def pay(stack: Stack, payment: dict[str, Any], action: str = "pay") -> None:
    """Do as the buyer does on the provider's page."""
    demand(stack, "act", provider=payment["provider"], reference=payment["reference"], action=action)


def current(student: Person) -> dict[str, Any]:
    found: dict[str, Any] = student.get("/api/subscriptions/current").data["subscription"]
    return found


def make_due(stack: Stack, student_id: str, subscription_id: str) -> None:
    """Let a subscription's period end a moment ago, as if a month had passed."""
    end = datetime.now(UTC) - timedelta(minutes=1)
    names = {"anchor_at": end - timedelta(days=31), "period_end": end, "due_at": end}
    values = {f":{name}": {"S": clock.iso(moment)} for name, moment in names.items()}
    values |= {":day": {"S": f"{end:%Y-%m-%d}"}, ":pk": {"S": f"{stack.tenant}|SUBSCRIPTIONDUE#{end:%Y-%m-%d}"}}
    sets = ", ".join([*(f"{name} = :{name}" for name in names), "due_day = :day", "GSI1PK = :pk", "GSI1SK = :sk"])
    values[":sk"] = {"S": f"{clock.iso(end)}#{subscription_id}"}
    stack.aws("dynamodb").update_item(
        TableName=stack.output("TableName"),
        Key={"PK": {"S": f"{stack.tenant}|SUBSCRIPTION#{student_id}"}, "SK": {"S": subscription_id}},
        UpdateExpression=f"SET {sets}",
        ExpressionAttributeValues=values,
    )


def test_money_from_a_trial_to_balanced_books(stack: Stack) -> None:
    student, admin = Person(stack, "student"), Person(stack, "admin")
    student_id = student.get("/api/auth/me").data["userId"]
    plans = stack.api.get("/api/plans?currency=USD").data
    assert {"paystack", "flutterwave", "stripe"} == set(plans["providers"])

    started = student.post("/api/subscriptions", {**STRIPE, "planId": "plus-monthly"}).data["subscription"]
    assert started["state"] == "trialing"
    name = started["subscriptionId"]
    order = student.post("/api/payments/initialize", {**STRIPE, "subscriptionId": name}).data
    demand(stack, "webhooks", copies=3, delay=0.1, shuffle=True)
    pay(stack, order, "decline")
    pay(stack, order)
    eventually(lambda: current(student)["state"] == "active", "the first period is paid")
    eventually(lambda: student.get("/api/auth/me").data["tier"] == "plus", "the account has its tier")

    make_due(stack, student_id, name)
    demand(stack, "declines", provider="stripe", count=1)
    stack.run_job("payments-jobs-renewals")
    eventually(lambda: current(student)["state"] == "past_due", "the renewal is declined")
    make_due(stack, student_id, name)
    stack.run_job("payments-jobs-renewals")
    eventually(lambda: current(student)["state"] == "active", "the second try is paid")

    upgraded = student.post(f"/api/subscriptions/{name}/change", {"planId": "premium-monthly"}).data
    assert upgraded["subscription"]["planId"] == "premium-monthly" and upgraded["payment"]["state"] == "paid"
    refund = {"reason": "not as promised"}
    assert admin.post(f"/api/refunds/{upgraded['payment']['paymentId']}", refund).status == 202
    eventually(lambda: current(student)["endReason"] == "refunded" if current(student)["state"] == "ended" else None,
               "the refund ends the plan")  # fmt: skip
    receipt = eventually(
        lambda: (found := student.get(f"/api/payments/{order['paymentId']}/receipt")).status == 200 and found.data,
        "the receipt has its number",
    )
    assert receipt["number"] >= 1
    job = student.post(f"/api/payments/{order['paymentId']}/receipt", {}).data
    assert printed(student, job).startswith(b"%PDF-")
    cards = admin.post("/api/vouchers", {"planId": "plus-monthly", "count": 3, "format": "pdf"}).data
    assert printed(admin, cards).startswith(b"%PDF-")

    job = admin.post("/api/vouchers", {"planId": "plus-monthly", "count": 120}).data
    pins = [line.split(",")[1] for line in printed(admin, job).decode("utf-8-sig").splitlines()[1:]]
    assert len(pins) == 120
    friend = Person(stack, "second_student")
    assert friend.post("/api/vouchers/redeem", {"pin": pins[7]}).data["what"] == "Plus, monthly"
    assert student.post("/api/vouchers/redeem", {"pin": pins[7]}).status == 409

    pack = student.post("/api/payments/initialize", {**STRIPE, "planId": "plus-monthly", "seats": 2}).data
    pay(stack, pack)
    verify = f"/api/payments/verify/{pack['reference']}"
    seats = eventually(lambda: student.get(verify).data.get("pins"), "the seats have their PINs")
    assert admin.post(f"/api/refunds/{pack['paymentId']}", refund).status == 202
    eventually(lambda: student.get(verify).data["state"] == "refunded", "the seats' money went back")
    assert friend.post("/api/vouchers/redeem", {"pin": seats[1]}).status == 410

    stack.run_job("payments-jobs-reconcile")
    assert admin.get("/api/admin/reconciliation").status == 200
    books = eventually(lambda: balanced(admin), "the books are folded and add up to zero")
    assert {row["difference"] for row in books["sums"]} == {0}
    stack.run_job("payments-jobs-close-books")
    assert admin.get("/api/admin/ledger/trial-balance").data["faults"] == []


def printed(owner: Person, job: dict[str, Any]) -> bytes:
    """Return the file that is a job's outcome."""
    done = eventually(
        lambda: (found := owner.get(f"/api/jobs/{job['jobId']}").data)["state"] == "done" and found, "it is printed"
    )
    with urllib.request.urlopen(done["result"], timeout=30) as answer:
        content: bytes = answer.read()
    return content


def balanced(admin: Person) -> dict[str, Any] | None:
    """Return the trial balance once what was refunded is in it."""
    found: dict[str, Any] = admin.get("/api/admin/ledger/trial-balance").data
    accounts = {row["account"] for row in found["accounts"]}
    return found if found["isBalanced"] and "refunds" in accounts else None
