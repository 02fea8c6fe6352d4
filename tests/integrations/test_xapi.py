"""xAPI: statements kept once, voided, read by their learner, and told to record stores."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from lyceum.events.courses import CourseCompleted
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.outgoing import urls
from lyceum.kit.outgoing.client import Reply as Answered
from lyceum.kit.outgoing.errors import Unreachable
from lyceum.kit.table import Unit
from lyceum.model.integrations.statements import StatementTarget
from tests.support.http import Client, Reply
from tests.support.workers import deliver

from functions.integrations.statements import targets

HOME = "https://api.lyceum.test"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"


@dataclass
class Store:
    """A learning record store in place of the network."""

    answers: list[int | None] = field(default_factory=list)
    got: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)

    def read(self, address: str) -> urls.Url:
        return urls.parse(address)

    def call(self, method: str, address: str, *, body: bytes, headers: dict[str, str]) -> Answered:
        assert method == "PUT"
        self.got.append((address, json.loads(body), headers))
        status = self.answers.pop(0) if self.answers else 204
        if status is None:
            raise Unreachable("nobody there")
        return Answered(status, {}, b"", is_whole=True)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    made = Store()
    monkeypatch.setattr(targets, "client", lambda: made)
    return made


def statement(user_id: str, verb: str = COMPLETED, thing: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "actor": {"account": {"homePage": HOME, "name": user_id}},
        "verb": {"id": verb, "display": {"en": "did"}},
        "object": thing or {"id": "https://content.school.org/unit/1"},
        **more,
    }


def say(client: Client, body: Any, version: str = "1.0.3") -> Reply:
    return client.post("/xapi/statements", json.dumps(body), X_Experience_API_Version=version)


def told(client: Client, **query: Any) -> Reply:
    return client.get("/xapi/statements", query)


def test_a_statement_is_kept_once_and_read_by_its_learner(client: Client) -> None:
    student = client.as_("student")
    sent = statement(student.user_id, id=str(uuid4()), result={"score": {"scaled": 0.9}, "completion": True})
    first, again = say(student, sent), say(student, sent)
    assert first.json == again.json == [sent["id"]]
    assert first.headers["X-Experience-API-Version"] == "1.0.3"
    assert first.cost.requests <= 3  # one of them counts the calls
    (kept,) = told(student).json["statements"]
    assert (kept["id"], kept["result"]["score"]["scaled"]) == (sent["id"], 0.9)
    assert told(student, statementId=sent["id"]).json["actor"]["account"]["name"] == student.user_id
    assert say(student, {**sent, "result": {"completion": False}}).status == 409
    assert told(client.as_("eve", "student"), statementId=sent["id"]).status == 404


def test_a_batch_is_kept_together_or_not_at_all(client: Client) -> None:
    student = client.as_("student")
    good = statement(student.user_id)
    assert len(say(student, [good, good]).json) == 2
    assert say(student, [good, {**good, "verb": {}}]).status == 400
    assert say(student, [good] * 41).status == 400
    assert say(student, []).status == 400
    same = {**good, "id": str(uuid4())}
    assert say(student, [same, same]).status == 400
    assert len(told(student).json["statements"]) == 2


def test_learners_speak_of_themselves_alone(client: Client) -> None:
    student, eve = client.as_("student"), client.as_("eve", "student")
    assert say(student, statement(eve.user_id)).status == 403
    nobody = {**statement(student.user_id), "actor": {"mbox": "mailto:nobody@school.org"}}
    assert say(student, nobody).error.fields == {"UNKNOWN_ACTOR"}
    assert told(student, agent=json.dumps({"account": {"homePage": HOME, "name": eve.user_id}})).status == 403
    assert say(client, statement(student.user_id)).status == 401
    assert say(student, statement(student.user_id), version="").status == 400


def test_a_voided_statement_is_told_by_its_id_alone(client: Client) -> None:
    student = client.as_("student")
    (kept,) = say(student, statement(student.user_id)).json
    void = statement(student.user_id, VOIDED, {"objectType": "StatementRef", "id": kept})
    (voiding,) = say(student, void).json
    assert [each["id"] for each in told(student).json["statements"]] == [voiding]
    assert told(student, statementId=kept).status == 404
    assert told(student, voidedStatementId=kept).json["id"] == kept
    again = statement(student.user_id, VOIDED, {"objectType": "StatementRef", "id": voiding})
    assert say(student, again).error.fields == {"NOT_VOIDABLE"}


def test_put_takes_one_statement_under_its_id(client: Client) -> None:
    student, name = client.as_("student"), str(uuid4())
    path, body = "/xapi/statements", statement(student.user_id)
    headers = {"x-experience-api-version": "1.0.3"}
    put = student.send("PUT", path, body, {"statementId": name}, headers)
    assert (put.status, put.body) == (204, "")
    assert told(student, statementId=name).json["id"] == name
    other = {**body, "id": str(uuid4())}
    assert student.send("PUT", path, other, {"statementId": name}, headers).status == 400


def test_stores_are_told_what_learners_did_and_content_said(client: Client, store: Store) -> None:
    admin, student = client.as_("admin"), client.as_("student")
    target = {"label": "Store", "url": "https://lrs.school.org/xapi", "authorization": "Basic c2VjcmV0"}
    made = admin.post("/api/admin/xapi/targets", target)
    assert made.status == 201
    assert "c2VjcmV0" not in made.body
    done = CourseCompleted(course_id="c1", user_id=student.user_id, title="Algebra")
    Unit().create(OutboxItem.of(done), done).commit()
    say(student, statement(student.user_id))
    assert deliver(client.cloud, client.tenant, only="integrations") == 0
    assert [each[1]["verb"]["id"] for each in store.got] == [COMPLETED] * 2
    address, sent, headers = store.got[0]
    assert address.startswith("https://lrs.school.org/xapi/statements?statementId=")
    assert (headers["Authorization"], sent["actor"]["account"]["name"]) == ("Basic c2VjcmV0", student.user_id)
    assert admin.delete(f"/api/admin/xapi/targets/{made.data['targetId']}").status == 200
    assert admin.get("/api/admin/xapi/targets").data["targets"] == []


def test_a_store_that_only_fails_is_switched_off(client: Client, store: Store) -> None:
    admin, student = client.as_("admin"), client.as_("student")
    target = {"label": "Store", "url": "https://lrs.school.org/xapi", "authorization": "Basic c2VjcmV0"}
    target_id = admin.post("/api/admin/xapi/targets", target).data["targetId"]
    failing = StatementTarget.at(target_id=target_id)
    Unit().change(failing, StatementTarget.failures.set(targets.MOST_FAILURES - 1)).commit()
    store.answers = [None]
    say(student, statement(student.user_id))
    assert deliver(client.cloud, client.tenant, only="integrations") == 0
    (shown,) = admin.get("/api/admin/xapi/targets").data["targets"]
    assert (shown["isEnabled"], shown["failures"]) == (False, targets.MOST_FAILURES)


def test_targets_are_public_addresses_of_a_bounded_number(client: Client, store: Store) -> None:
    admin = client.as_("admin")
    good = {"label": "Store", "url": "https://lrs.school.org/xapi", "authorization": "Basic eA=="}
    bad = {**good, "url": "http://lrs.school.org/xapi"}
    assert admin.post("/api/admin/xapi/targets", bad).error.fields == {"TARGET_ADDRESS_REFUSED"}
    for _ in range(targets.MOST):
        assert admin.post("/api/admin/xapi/targets", good).status == 201
    assert admin.post("/api/admin/xapi/targets", good).error.fields == {"TOO_MANY_TARGETS"}
    assert client.as_("student").get("/api/admin/xapi/targets").status == 403
