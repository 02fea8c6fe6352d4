"""Schedules in the deployed stack: each is invoked. That time itself calls them is seen where an exam expires."""

from datetime import UTC, datetime, timedelta

import pytest

from demo import load
from lyceum.kit import ids
from tests.e2e.conftest import Stack, eventually

pytestmark = pytest.mark.e2e


def test_every_schedule_finds_its_function_and_its_rights(stack: Stack) -> None:
    pages = stack.aws("scheduler").get_paginator("list_schedules").paginate()
    schedules = {each["Name"].removeprefix("lyceum-local-") for page in pages for each in page["Schedules"]}
    assert {name.partition("-jobs-")[0] for name in schedules} >= {"assignments", "content", "exams", "notifications"}
    for schedule in sorted(schedules):
        stack.run_job(schedule)


def test_an_assignment_that_falls_due_is_told(stack: Stack) -> None:
    title, due = f"Due {ids.new_id()}", datetime.now(UTC) + timedelta(minutes=50)
    task = {"courseId": load.demo_id("csc-201"), "title": title, "points": "5", "dueAt": due.isoformat()}
    assert stack.as_("instructor").post("/api/assignments", task).status == 201
    student = stack.as_("second_student")
    stack.run_job("assignments-jobs-due-assignments")
    eventually(lambda: title in student.get("/api/notifications?type=assignment.due_soon").text, "the reminder")
