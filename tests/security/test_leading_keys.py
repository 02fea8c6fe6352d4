"""Each role allows every key that its function touches in the story, and no secret to strangers."""

from infra.functions import FUNCTIONS, families
from lyceum.kit.table import Entity
from lyceum.model.auth import Credential, LoginName
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.questions.question import AnswerKey
from lyceum.model.users.classes import PinCard
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
    def who(entity: type[Entity], *, writes: bool) -> set[str]:
        return {name for name, row in ROWS.items() if entity.keys.family in families(row, writes=writes)}

    def readers(entity: type[Entity]) -> set[str]:
        return who(entity, writes=False)

    def who_touch(entity: type[Entity]) -> set[str]:
        return readers(entity) | who(entity, writes=True)

    doors = {f"functions.auth.http.{name}" for name in ("accounts", "passkeys", "saml", "social")}
    signing_in = {*doors, "functions.auth.events"}
    assert who_touch(Credential) == signing_in
    erasing = {"functions.users.jobs", "functions.users.events.erasure"}
    naming = signing_in - {"functions.auth.http.passkeys"}
    assert readers(LoginName) == {*naming, *erasing}  # what erasure takes away
    assert readers(PinCard) == {"functions.auth.http.accounts", *erasing}
    assert who_touch(PinCard) == {"functions.auth.http.accounts", "functions.users.http", *erasing}
    joining = {*(f"functions.integrations.{name}" for name in ("http.directory", "http.launches", "events"))}
    making = {"functions.users.http", "functions.imports.events.people", *joining}
    assert who_touch(LoginName) == {*signing_in, *making, *erasing}  # whose failures are counted in its partition
    assert who_touch(AnswerKey) == {
        "functions.exams.events.sessions",
        "functions.exams.http.papers",
        "functions.exams.http.printing",
        "functions.exams.http.marking",
        "functions.exams.jobs",
        "functions.imports.events.write",
        "functions.questions.http",
        "functions.ai.http.assistant",
    }
    assert who_touch(ExamMarks) == {
        "functions.ai.events",
        "functions.exams.events.sessions",
        "functions.exams.events.statistics",
        "functions.exams.http.marking",
        "functions.exams.jobs",
        "functions.questions.events.history",
        "functions.questions.events.statistics",
        "functions.study.events",
        "functions.gamification.events",
        "functions.analytics.events.statistics",
    }
