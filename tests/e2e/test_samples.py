"""Every sample event runs by `make invoke` against the deployed functions."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Stack

pytestmark = pytest.mark.e2e
EVENTS = Path(__file__).parents[2] / "events"
FUNCTIONS = {
    "api/assignments": "assignments",
    "api/authorizer": "auth-authorizer",
    "api/content": "content",
    "api/courses": "courses",
    "api/health": "system",
    "api/import": "imports",
    "api/invigilation": "exams-proctoring",
    "api/login": "auth",
    "api/notifications": "notifications",
    "api/papers": "exams-papers",
    "api/practice-tests": "exams-assessments",
    "api/questions": "questions",
    "api/quizzes": "exams-assessments",
    "api/start": "exams",
    "api/submit": "exams-marking",
    "api/ticket": "realtime",
    "api/topics": "courses",
    "api/universities": "catalog",
    "api/upload": "content",
    "api/users": "users",
    "s3/import-arrived": None,
    "s3/object-created": None,
    "s3/object-scanned": None,
    "schedule/calibrate": "questions-jobs",
    "schedule/content-sweep": "content-jobs",
    "schedule/day": "notifications-expire",
    "schedule/quarter-hour": "notifications-release",
    "schedule/reminders": "assignments-jobs",
    "schedule/sweep": "exams-jobs",
    "sqs/announcement-posted": "courses-announcements",
    "sqs/announcement-to-all": "notifications-broadcast",
    "sqs/assignment-falls-due": "assignments-coursework",
    "sqs/assignment-graded": "assignments-statistics",
    "sqs/assignment-submitted": "courses-progress",
    "sqs/code-requested": "auth-events",
    "sqs/content-checked": "content-transcoding",
    "sqs/content-downloaded": "content-statistics",
    "sqs/content-processed": "users-avatars",
    "sqs/content-removed": "content-retirement",
    "sqs/course-counted": "courses-rankings",
    "sqs/course-deleted": "courses-purge",
    "sqs/course-emptied": "assignments-purge",
    "sqs/course-enrolled": "courses-statistics",
    "sqs/email-bounced": "notifications-returned",
    "sqs/exam-awaiting-grades": "exams-statistics",
    "sqs/exam-completed": "notifications-dispatch",
    "sqs/exam-graded": "assignments-coursework",
    "sqs/exam-released": "notifications-dispatch",
    "sqs/file-scanned": "content-malware",
    "sqs/file-uploaded": "content-processing",
    "sqs/import-arrived": "imports-parse",
    "sqs/import-completed": "notifications-dispatch",
    "sqs/import-confirmed": "imports-write",
    "sqs/incident-declared": "exams-sessions",
    "sqs/lesson-completed": "notifications-follow",
    "sqs/mail-requested": "notifications-deliver",
    "sqs/notification-created": "realtime-events",
    "sqs/push-requested": "notifications-push",
    "sqs/question-approved": "catalog-events",
    "sqs/question-submitted": "imports-fingerprints",
    "sqs/questions-reserved": "questions-embargo",
    "sqs/sessions-fell-due": "exams-sessions",
    "sqs/text-requested": "notifications-text",
    "sqs/user-renamed": "users-directory",
    "stream/item-with-outbox": "outbox-stream",
    "websocket/disconnect": "realtime-websocket",
    "websocket/door": "realtime-websocket-authorizer",
    "websocket/subscribe": None,
}


def test_every_sample_has_its_function() -> None:
    assert {str(path.relative_to(EVENTS).with_suffix("")) for path in EVENTS.rglob("*.json")} == set(FUNCTIONS)


@pytest.mark.parametrize(
    ("sample", "function"), [(sample, function) for sample, function in FUNCTIONS.items() if function]
)
def test_a_sample_runs(stack: Stack, sample: str, function: str) -> None:
    assert stack.facts
    run = subprocess.run(
        [sys.executable, "-m", "local", "invoke", function, str(EVENTS / f"{sample}.json")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert '"statusCode": 5' not in run.stdout
    assert '"itemIdentifier"' not in run.stdout, json.dumps(run.stdout)
