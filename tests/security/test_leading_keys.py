"""Each role's `dynamodb:LeadingKeys` allows every key that its function touches in the story, and no secret to strangers."""

from infra.functions import FUNCTIONS, families
from lyceum.model import ExamSession
from tests.support.acting import acting, recorded
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client
from tests.support.story import Story
from tests.support.workers import deliver

from functions.exams import sweep

ROWS = {function.entry: function for function in FUNCTIONS}


def test_roles_allow_what_their_functions_do(client: Client, tenant: str, clock: Clock) -> None:
    with recorded() as touches:
        for _, call in Story(client).repeatable():
            call()
        clock.advance(hours=5)
        with acting("functions.exams.sweep"):
            sweep.handler({}, LAMBDA)
        assert deliver(client.cloud, tenant) == 0
    assert ExamSession.fetch(exam_id="none") is None
    touched = {touch for touch in touches if touch.function in ROWS}
    assert {touch.function for touch in touched} >= {
        "functions.exams.api",
        "functions.exams.scorer",
        "functions.exams.sweep",
        "functions.questions.statistics",
        "functions.notifications.deliver",
    }
    missing = [touch for touch in touched if touch.family not in families(ROWS[touch.function], writes=touch.is_write)]
    assert missing == []


def test_keys_marks_and_credentials_are_for_those_who_need_them() -> None:
    def readers(family: str) -> set[str]:
        return {name for name, row in ROWS.items() if family in families(row, writes=False)}

    def who_touch(family: str) -> set[str]:
        return readers(family) | {name for name, row in ROWS.items() if family in families(row, writes=True)}

    assert who_touch("CRED") == readers("LOGIN") == {"functions.auth.api", "functions.auth.courier"}
    assert readers("PIN") == {"functions.auth.api"}
    assert who_touch("PIN") == {"functions.auth.api", "functions.users.api"}
    assert who_touch("LOGIN") == {"functions.auth.api", "functions.auth.courier", "functions.users.api"}
    assert who_touch("KEY") == {
        "functions.exams.attend",
        "functions.exams.incidents",
        "functions.exams.papers",
        "functions.exams.scorer",
        "functions.exams.sweep",
        "functions.imports.run",
        "functions.questions.api",
    }
    assert "functions.exams.api" not in who_touch("MARKS")
