"""Stopping and starting the stack keeps its data, and its triggers go on."""

import subprocess
import sys

import pytest

from tests.e2e.conftest import Stack, eventually
from tests.e2e.test_story import run_exam

pytestmark = [pytest.mark.e2e, pytest.mark.alone]


def local(command: str) -> None:
    subprocess.run([sys.executable, "-m", "local", command], check=True, timeout=300, capture_output=True)


def test_data_and_triggers_outlive_a_restart(main_stack: Stack, topics: list[str]) -> None:
    student = main_stack.as_("second_student")
    before = {exam["examId"] for exam in student.get("/api/exams/history").data}
    local("down")
    local("up")
    student = main_stack.as_("second_student")
    assert {exam["examId"] for exam in student.get("/api/exams/history").data} == before
    exam_id = run_exam(student, [topics[0]], 2)["examId"]
    eventually(
        lambda: [
            note for note in student.get("/api/notifications").data if note.get("data", {}).get("examId") == exam_id
        ],
        "the notification after the restart",
    )
