"""Somebody on call works in the deployed stack: a fault is found and mended, a feature let out, the public told."""

import json
from typing import Any

import pytest

from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e

ERRORS = "/api/admin/health/errors"
QUEUES = "/api/admin/queues"
JOBS = "/api/admin/jobs"


def test_a_fault_is_found_and_mended_and_a_feature_let_out(stack: Stack, main_stack: Stack) -> None:
    admin, operator, student = stack.as_("admin"), main_stack.as_("super_admin"), stack.as_("student")
    set_flag(admin, is_enabled=True)
    broken = provoke(stack)
    run_jobs(operator)
    group = eventually(lambda: error_at(admin, "GET /api/topics/{topicId}"), "the fault is seen in a group")
    assert group["type"].endswith("UnknownKind")
    assert group["correlationId"] == broken
    told = admin.send("PATCH", f"{ERRORS}/{group['fingerprint']}", {"state": "resolved"}, {}).data
    assert told["state"] == "resolved"
    eventually(lambda: flag_of(student) == "on", "the feature is let out")
    set_flag(admin, is_enabled=False)
    redrive(main_stack, operator)
    main_stack.run_job("admin-jobs-check-components")
    page = main_stack.api.get("/api/status").data
    states = {each["name"]: each["state"] for each in page["components"]}
    assert {states[name] for name in ("api", "storage", "files")} == {"up"}, states
    assert operator.get("/api/admin/health/uptime").data["days"][0]["components"]
    assert operator.get("/api/admin/health/database").data["table"] == main_stack.output("TableName")
    seen = eventually(lambda: activity(admin), "those who signed in are active")
    assert seen["activeMonth"] >= seen["activeToday"] >= 1
    path = f"{JOBS}?query=insights.count_tiers&kind=built_in"
    eventually(lambda: [row for row in rows(operator, path) if row["state"] == "done"], "the job has run")
    used = "/api/admin/health/api-usage?route=/api/auth/me"
    eventually(lambda: flag_of(student) and rows(admin, used), "calls are counted")  # a later call sends the counts
    eventually(lambda: flag_of(student) == "off", "the feature is taken back")


def set_flag(admin: Remote, *, is_enabled: bool) -> None:
    wanted = {"isEnabled": is_enabled, "roles": ["student"]}
    answer = admin.send("PUT", "/api/admin/feature-flags/new-editor", wanted, {})
    assert answer.data["isEnabled"] is is_enabled


def flag_of(student: Remote) -> str | None:
    flags: dict[str, str] = student.get("/api/auth/me").data["flags"]
    return flags.get("new-editor")


def provoke(stack: Stack) -> str:
    """Store a topic of a kind that nobody declares, ask for it, take it away, and return the request's id."""
    topic_id = "0" * 26
    item = {"PK": {"S": f"{stack.tenant}|TOPIC#{topic_id}"}, "SK": {"S": "TOPIC"}, "kind": {"S": "of_tomorrow"}}
    stack.aws("dynamodb").put_item(TableName=stack.output("TableName"), Item=item)
    reply = stack.api.get(f"/api/topics/{topic_id}")
    key = {name: item[name] for name in ("PK", "SK")}
    stack.aws("dynamodb").delete_item(TableName=stack.output("TableName"), Key=key)
    assert reply.status == 500, reply.text
    return str(reply.json["meta"]["requestId"])


def error_at(admin: Remote, where: str) -> dict[str, Any] | None:
    return next((each for each in admin.get(ERRORS).data if each["where"] == where), None)


def redrive(main_stack: Stack, operator: Remote) -> None:
    """Park a fact, as the publisher does, read it among the dead letters, and send it to where it was to go."""
    detail = {
        "eventId": "01MC1ZKR5C8JY6W2D9E4F7G7HD", "tenant": "main", "actor": "test", "correlationId": "test",
        "at": "2027-01-11T09:45:00Z", "questionId": "0" * 26, "topicId": "0" * 26,
    }  # fmt: skip
    entry = {"name": "question.submitted", "worker": "", "detail": json.dumps(detail)}
    sqs = main_stack.aws("sqs")
    dead = sqs.get_queue_url(QueueName="lyceum-local-outbox-dead")["QueueUrl"]
    sqs.send_message(QueueUrl=dead, MessageBody=json.dumps({"reason": "test", "keys": {}, "entry": entry}))
    [row] = rows(operator, f"{QUEUES}?queue=outbox-dead")
    assert "question.submitted" in [letter["name"] for letter in row["messages"]]
    done = eventually(
        lambda: operator.post(f"{QUEUES}/outbox-dead/redrive", {}).data["sent"] or None, "the dead letter is sent again"
    )
    assert done >= 1
    depths = {row["queue"]: row["waiting"] for row in rows(operator, f"{QUEUES}?kind=work&limit=100")}
    assert "insights-events" in depths


def run_jobs(operator: Remote) -> None:
    """Run a job at once, and schedule and cancel another."""
    assert operator.post(f"{JOBS}/schedule", {"job": "insights.count_tiers", "when": "now"}).status == 201
    weekly = {"job": "insights.count_tiers", "when": "cron", "cron": "0 3 ? * MON *"}
    made = operator.post(f"{JOBS}/schedule", weekly).data
    place = f"{JOBS}/{made['jobId']}"
    assert operator.send("PATCH", place, {"isPaused": True}, {}).data["state"] == "paused"
    assert operator.send("DELETE", place, None, {}).data["state"] == "cancelled"


def rows(caller: Remote, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get(path).data
    return found


def activity(admin: Remote) -> dict[str, Any] | None:
    told: dict[str, Any] = admin.get("/api/admin/analytics").data
    return told if told["activeToday"] else None
