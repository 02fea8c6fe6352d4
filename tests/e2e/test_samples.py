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
    "api/invigilation": "exams-invigilation",
    "api/login": "auth",
    "api/notifications": "notifications",
    "api/papers": "exams-papers",
    "api/practice-tests": "exams-practice-tests",
    "api/questions": "questions",
    "api/quizzes": "exams-quizzes",
    "api/start": "exams",
    "api/submit": "exams-scorer",
    "api/ticket": "realtime",
    "api/topics": "courses",
    "api/universities": "catalog",
    "api/upload": "content",
    "api/users": "users",
    "s3/import-arrived": None,
    "s3/object-created": None,
    "s3/object-scanned": None,
    "schedule/calibrate": "questions-calibrate",
    "schedule/content-sweep": "content-sweep",
    "schedule/day": "notifications-expire",
    "schedule/quarter-hour": "notifications-release",
    "schedule/reminders": "assignments-reminders",
    "schedule/sweep": "exams-sweep",
    "sqs/announcement-posted": "courses-spread",
    "sqs/announcement-to-all": "notifications-broadcast",
    "sqs/assignment-falls-due": "assignments-remind",
    "sqs/assignment-graded": "assignments-figures",
    "sqs/assignment-submitted": "courses-follow",
    "sqs/code-requested": "auth-courier",
    "sqs/content-checked": "content-transcode",
    "sqs/content-downloaded": "content-figures",
    "sqs/content-processed": "users-avatars",
    "sqs/content-removed": "content-retire",
    "sqs/course-counted": "courses-standings",
    "sqs/course-deleted": "courses-cascade",
    "sqs/course-emptied": "assignments-cascade",
    "sqs/course-enrolled": "courses-counters",
    "sqs/email-bounced": "notifications-returned",
    "sqs/exam-awaiting-grades": "exams-counters",
    "sqs/exam-completed": "notifications-dispatch",
    "sqs/exam-graded": "assignments-quizzes",
    "sqs/exam-released": "notifications-dispatch",
    "sqs/file-scanned": "content-verdict",
    "sqs/file-uploaded": "content-process",
    "sqs/import-arrived": "imports-parse",
    "sqs/import-completed": "notifications-dispatch",
    "sqs/import-confirmed": "imports-run",
    "sqs/incident-declared": "exams-incidents",
    "sqs/lesson-completed": "notifications-follow",
    "sqs/mail-requested": "notifications-deliver",
    "sqs/notification-created": "realtime-push",
    "sqs/push-requested": "notifications-push",
    "sqs/question-approved": "catalog-counters",
    "sqs/question-submitted": "imports-prints",
    "sqs/questions-reserved": "questions-reserve",
    "sqs/sessions-fell-due": "exams-attend",
    "sqs/text-requested": "notifications-text",
    "sqs/user-renamed": "users-directory",
    "stream/item-with-outbox": "outbox-publish",
    "websocket/disconnect": "realtime-sockets",
    "websocket/door": "realtime-door",
    "websocket/subscribe": None,
}


def test_every_sample_has_its_function() -> None:
    assert {str(path.relative_to(EVENTS).with_suffix("")) for path in EVENTS.rglob("*.json")} == set(FUNCTIONS)


@pytest.mark.parametrize(("sample", "function"), [(sample, function) for sample, function in FUNCTIONS.items() if function])
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
