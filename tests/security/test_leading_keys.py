"""Each role's `dynamodb:LeadingKeys` allows every key that its function touches in the story, and no secret to strangers."""

from infra.functions import FUNCTIONS, families
from lyceum.model import ExamSession
from tests.kit.acting import acting, recorded
from tests.kit.http import LAMBDA, Client
from tests.kit.story import Story
from tests.kit.time import Clock
from tests.kit.workers import deliver

from exams import sweep

ROWS = {function.entry: function for function in FUNCTIONS}


def test_roles_allow_what_their_functions_do(client: Client, tenant: str, clock: Clock) -> None:
    with recorded() as touches:
        for _, call in Story(client).repeatable():
            call()
        clock.advance(hours=5)
        with acting("exams.sweep"):
            sweep.handler({}, LAMBDA)
        assert deliver(client.cloud, tenant) == 0
    assert ExamSession.fetch(exam_id="none") is None
    touched = {touch for touch in touches if touch.function in ROWS}
    assert {touch.function for touch in touched} >= {"exams.api", "exams.scorer", "exams.sweep", "questions.statistics", "notifications.deliver"}
    missing = [touch for touch in touched if touch.family not in families(ROWS[touch.function], writes=touch.is_write)]
    assert missing == []


def test_keys_marks_and_credentials_are_for_those_who_need_them() -> None:
    def readers(family: str) -> set[str]:
        return {name for name, row in ROWS.items() if family in families(row, writes=False)}

    def who_touch(family: str) -> set[str]:
        return readers(family) | {name for name, row in ROWS.items() if family in families(row, writes=True)}

    assert who_touch("CRED") == readers("LOGIN") == {"auth.api", "auth.courier"}
    assert readers("PIN") == {"auth.api"}
    assert who_touch("PIN") == {"auth.api", "users.api"}
    assert who_touch("LOGIN") == {"auth.api", "auth.courier", "users.api"}
    assert who_touch("KEY") == {
        "exams.attend",
        "exams.incidents",
        "exams.papers",
        "exams.scorer",
        "exams.sweep",
        "imports.run",
        "questions.api",
    }
    assert "exams.api" not in who_touch("MARKS")
