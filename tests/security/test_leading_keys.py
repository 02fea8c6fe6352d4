"""Each role's `dynamodb:LeadingKeys` allows every key that its function touches in the story, and no secret to strangers."""

from infra.functions import FUNCTIONS, families
from lyceum.model.exams.sessions import ExamSession
from tests.support.acting import acting, recorded
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client
from tests.support.story import Story
from tests.support.workers import deliver

from functions.exams import jobs

ROWS = {function.entry: function for function in FUNCTIONS}


def test_roles_allow_what_their_functions_do(client: Client, tenant: str, clock: Clock) -> None:
    with recorded() as touches:
        for _, call in Story(client).repeatable():
            call()
        clock.advance(hours=5)
        with acting("functions.exams.jobs"):
            jobs.handler({"job": "sweep"}, LAMBDA)
        assert deliver(client.cloud, tenant) == 0
    assert ExamSession.fetch(exam_id="none") is None
    touched = {touch for touch in touches if touch.function in ROWS}
    assert {touch.function for touch in touched} >= {
        "functions.exams.http.delivery",
        "functions.exams.http.marking",
        "functions.exams.jobs",
        "functions.questions.events.statistics",
        "functions.notifications.events.mail",
    }
    missing = [touch for touch in touched if touch.family not in families(ROWS[touch.function], writes=touch.is_write)]
    assert missing == []


def test_keys_marks_and_credentials_are_for_those_who_need_them() -> None:
    def readers(family: str) -> set[str]:
        return {name for name, row in ROWS.items() if family in families(row, writes=False)}

    def who_touch(family: str) -> set[str]:
        return readers(family) | {name for name, row in ROWS.items() if family in families(row, writes=True)}

    assert who_touch("CRED") == readers("LOGIN") == {"functions.auth.http", "functions.auth.events"}
    assert readers("PIN") == {"functions.auth.http"}
    assert who_touch("PIN") == {"functions.auth.http", "functions.users.http"}
    assert who_touch("LOGIN") == {"functions.auth.http", "functions.auth.events", "functions.users.http"}
    assert who_touch("KEY") == {
        "functions.exams.events.sessions",
        "functions.exams.http.papers",
        "functions.exams.http.marking",
        "functions.exams.jobs",
        "functions.imports.events.write",
        "functions.questions.http",
    }
    assert "functions.exams.http.delivery" not in who_touch("MARKS")
