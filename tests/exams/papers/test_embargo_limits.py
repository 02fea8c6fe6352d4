"""No single author hides the bank: a limit, and moderators who lift an embargo (EXAM L6)."""

from collections.abc import Callable
from typing import Any

import pytest

from lyceum.kit.table import write_many
from lyceum.model.questions.question import Question
from lyceum.rules.questions.storage import listed
from tests.exams.conftest import Bank, Publisher
from tests.support import workers
from tests.support.clock import Clock
from tests.support.http import Client

from functions.exams.papers import embargo

RULES = {"window": {"closesAt": "2027-01-11T12:00:00"}}
Deliver = Callable[[], int]


@pytest.fixture
def news(client: Client, tenant: str) -> Deliver:
    """Hands news of embargoes to the question bank."""
    return lambda: workers.deliver(client.cloud, tenant, only="questions.events.embargo")


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embargo, "MOST_HELD", 5)


def publish(publisher: Publisher, questions: list[str], rules: dict[str, Any] | None = None, role: str = "") -> Any:
    caller = publisher.client.as_(role) if role else publisher.instructor
    body = {"title": "Sets", "subject": "M", "gradeLevel": "SS3", "published": True, "questionIds": questions}
    return caller.post("/api/practice-tests", {**body, "rules": RULES if rules is None else rules})


def test_l6_an_authors_exams_together_keep_a_bounded_part_of_the_bank_secret(
    publisher: Publisher, bank: Bank, clock: Clock
) -> None:
    bank.topic(8)
    first = publish(publisher, bank.ids[:4])
    assert first.status == 201
    refused = publish(publisher, bank.ids[4:6])
    assert (refused.status, refused.error.fields) == (422, {"EMBARGO_LIMIT"})
    assert publish(publisher, bank.ids[4:8], {}).status == 201
    assert publish(publisher, bank.ids[4:8], role="admin").status == 201
    path = f"/api/practice-tests/{first.data['assessmentId']}"
    assert publisher.instructor.put(path, {"questionIds": bank.ids[:3]}).status == 200
    assert publish(publisher, bank.ids[4:6]).status == 201
    publisher.instructor.delete(path)
    assert publish(publisher, bank.ids[6:8]).status == 201
    clock.advance(hours=4)
    later = {"window": {"closesAt": "2027-01-11T18:00:00"}}
    assert publish(publisher, bank.ids[:5], later).status == 201


def test_l6_a_window_that_is_added_later_is_held_to_the_limit_too(publisher: Publisher, bank: Bank) -> None:
    bank.topic(8)
    made = publish(publisher, bank.ids, {}).data
    path = f"/api/practice-tests/{made['assessmentId']}"
    assert publisher.instructor.put(path, {"rules": RULES}).error.fields == {"EMBARGO_LIMIT"}


def test_l6_ones_own_questions_count_for_nothing(publisher: Publisher, bank: Bank) -> None:
    bank.topic(8, author_id=publisher.instructor.user_id)
    assert publish(publisher, bank.ids).status == 201


def test_l6_a_moderator_lifts_an_embargo_for_good(
    publisher: Publisher, bank: Bank, client: Client, news: Deliver, clock: Clock
) -> None:
    bank.topic(2)
    write_many([entry for question in bank.questions.values() for entry in listed(question)])
    made = publish(publisher, bank.ids).data
    assert news() == 0
    name, moderator = bank.ids[0], client.as_("moderator")
    path = f"/api/admin/questions/{name}/lift-embargo"
    assert client.as_("student", "student").get(f"/api/questions/{name}").status == 404
    assert client.as_("instructor").post(path, {"text": "I want it back"}).status == 403
    assert moderator.post(path, {"text": "The whole topic was hidden"}).status == 200
    assert client.as_("student", "student").get(f"/api/questions/{name}").status == 200
    later = {"window": {"closesAt": "2027-01-11T18:00:00"}}
    publisher.instructor.put(f"/api/practice-tests/{made['assessmentId']}", {"rules": later})
    news()
    held = [Question.require(question_id=each, consistent=True).embargoed_until for each in bank.ids]
    assert (held[0], held[1] is not None) == (None, True)
    again = moderator.post(path, {"text": "Once more"})
    assert (again.status, again.error.code) == (409, "NO_EMBARGO")
    shown = moderator.get(f"/api/questions/{name}").data["comments"]
    assert [each["verdict"] for each in shown] == ["embargo_lifted"]
