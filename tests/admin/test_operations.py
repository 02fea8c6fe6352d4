"""Jobs and queues: listed, scheduled, cancelled; dead letters read and sent again."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from lyceum.events.users import UserRegistered
from lyceum.kit.aws import clients
from lyceum.kit.jobs import jobs as kit_jobs
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.task import JobTask
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.imports import ImportJob
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client
from tools import declared_operations

from functions.admin.operations import declared, queues
from functions.users import jobs as users_jobs

JOBS = "/api/admin/jobs"
QUEUES = "/api/admin/queues"
STAGE = "lyceum-dev-"
ROLE = "arn:aws:iam::123456789012:role/schedules"


class Walk(JobTask):
    """A long job of these tests."""

    name = "walk.export"
    worker = "users-jobs"


@pytest.fixture
def sqs() -> Iterator[Any]:
    """The queues of the deployment, with their dead letters."""
    service = clients.client("sqs")
    queues.address.cache_clear()
    names = [*declared.dead_letters(), *declared.queues()]
    made = [service.create_queue(QueueName=declared.full_name(name))["QueueUrl"] for name in names]
    yield service
    for url in made:
        service.delete_queue(QueueUrl=url)
    queues.address.cache_clear()


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The scheduler, with the role by which schedules call."""
    monkeypatch.setenv("LYCEUM_SCHEDULE_ROLE", ROLE)
    settings.cache_clear()
    service = clients.client("scheduler")
    yield service
    for each in service.list_schedules()["Schedules"]:
        service.delete_schedule(Name=each["Name"])
    settings.cache_clear()


def dead_letter(service: Any, queue: str, body: Any) -> None:
    """Put a message among dead letters."""
    service.send_message(QueueUrl=queues.address(queue), MessageBody=json.dumps(body))


def test_what_is_declared_is_what_the_deployment_has() -> None:
    assert declared_operations.FILE.read_text() == declared_operations.text(), "run make openapi"


def test_the_products_jobs_are_listed_with_their_last_runs(client: Client, observed: Clock, operator: Client) -> None:
    name = next(iter(users_jobs.jobs.declared))
    users_jobs.handler({"job": name}, LAMBDA)
    observed.advance(minutes=1)
    [row] = operator.get(JOBS, {"query": f"users.{name}"}).data
    assert (row["kind"], row["state"], row["failures"]) == ("built_in", "done", 0)
    assert len(row["results"]) == 1
    everything = operator.get(JOBS, {"kind": "built_in", "limit": 100}).data
    assert {each["name"] for each in everything} == set(declared.jobs())


def test_a_job_that_fails_is_told_of_until_it_succeeds(client: Client, observed: Clock, operator: Client) -> None:
    name = next(name for name in declared.jobs() if name.startswith("users."))
    domain, _, job = name.partition(".")
    door, faults = kit_jobs.Jobs(domain), [True, True, False]

    def work() -> None:
        if faults.pop(0):
            raise ZeroDivisionError

    work.__name__ = job
    door.once("rate(1 hour)")(work)
    for is_failing in (True, True, False):
        if is_failing:
            with pytest.raises(ZeroDivisionError):
                door.handler({"job": job}, LAMBDA)
        else:
            door.handler({"job": job}, LAMBDA)
        observed.advance(minutes=1)
        [row] = operator.get(JOBS, {"query": name}).data
        assert row["state"] == ("failed" if is_failing else "done")
    assert [result.get("error") for result in row["results"]] == [None, "ZeroDivisionError", "ZeroDivisionError"]
    assert row["failures"] == 0


def test_a_job_runs_once_at_a_time_or_by_cron(client: Client, clock: Clock, operator: Client, scheduler: Any) -> None:
    job = next(iter(declared.jobs()))
    at = (clock.at + timedelta(days=300)).isoformat()
    once = operator.post(f"{JOBS}/schedule", {"job": job, "when": "once", "at": at, "note": "After the fair."})
    assert (once.status, once.data["state"], once.data["timeZone"]) == (201, "waiting", "UTC")
    again = operator.post(
        f"{JOBS}/schedule", {"job": job, "when": "cron", "cron": "0 3 ? * MON *", "timeZone": "Africa/Lagos"}
    ).data
    made = scheduler.get_schedule(Name=f"{STAGE}own-{again['jobId']}")
    function = declared.jobs()[job]["function"]
    assert made["Target"]["Arn"] == f"arn:aws:lambda:eu-west-1:123456789012:function:{STAGE}{function}:live"
    assert json.loads(made["Target"]["Input"]) == {"job": job.partition(".")[2]}
    assert {row["jobId"] for row in operator.get(JOBS, {"kind": "scheduled"}).data} == {
        once.data["jobId"],
        again["jobId"],
    }
    place = f"{JOBS}/{again['jobId']}"
    assert operator.patch(place, {"isPaused": True}).data["state"] == "paused"
    assert scheduler.get_schedule(Name=f"{STAGE}own-{again['jobId']}")["State"] == "DISABLED"
    assert operator.patch(place, {"isPaused": False}).data["state"] == "waiting"
    assert operator.delete(place).data["state"] == "cancelled"
    assert operator.delete(place).status == 404
    assert [row["jobId"] for row in operator.get(JOBS, {"kind": "scheduled"}).data] == [once.data["jobId"]]
    assert len(scheduler.list_schedules()["Schedules"]) == 1


def test_a_job_is_not_scheduled_twice_by_a_repeated_request(
    client: Client, clock: Clock, operator: Client, scheduler: Any
) -> None:
    wanted = {"job": next(iter(declared.jobs())), "when": "cron", "cron": "0 3 * * ? *"}
    for _ in range(2):
        assert operator.post(f"{JOBS}/schedule", wanted, Idempotency_Key="weekly").status == 201
    assert len(scheduler.list_schedules()["Schedules"]) == 1


def test_a_job_runs_now(client: Client, operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[dict[str, Any]] = []

    class Service:
        @staticmethod
        def invoke(**wanted: Any) -> None:
            called.append(wanted)

    original = clients.client
    monkeypatch.setattr(clients, "client", lambda name: Service if name == "lambda" else original(name))
    job = next(iter(declared.jobs()))
    assert operator.post(f"{JOBS}/schedule", {"job": job, "when": "now"}).data["state"] == "queued"
    [call] = called
    assert (call["InvocationType"], call["Qualifier"]) == ("Event", "live")
    assert json.loads(call["Payload"]) == {"job": job.partition(".")[2]}


def test_what_can_not_be_scheduled_is_refused_at_its_field(client: Client, clock: Clock, operator: Client) -> None:
    job = next(iter(declared.jobs()))
    past = (clock.at - timedelta(minutes=1)).isoformat()
    for body, field in (
        ({"job": "no.such_job", "when": "now"}, {"job"}),
        ({"job": job, "when": "once", "at": past}, {"at"}),
        ({"job": job, "when": "cron", "cron": "every monday!"}, {"cron"}),
    ):
        assert operator.post(f"{JOBS}/schedule", body).error.fields == field, body
    for body in ({"job": job, "when": "once"}, {"job": job, "when": "now", "cron": "0 3 * * ? *"}):
        assert operator.post(f"{JOBS}/schedule", body).status == 400
    assert client.as_("super_admin").post(f"{JOBS}/schedule", {"job": job, "when": "now"}).status == 403
    assert operator.delete(f"{JOBS}/{job}").error.code == "BUILT_IN_JOB"


def test_an_admin_sees_and_ends_long_jobs_of_the_own_tenant(client: Client, clock: Clock) -> None:
    admin, student = client.as_("admin"), client.as_("student")
    unit = Unit()
    job = control.start(unit, Walk(owner_id=student.user_id), total=40)
    unit.commit()
    [row] = admin.get(JOBS).data
    assert (row["kind"], row["name"], row["state"], row["total"]) == ("long", "walk.export", "queued", 40)
    abroad = client.of(f"{client.tenant}-abroad").as_("admin")
    assert abroad.get(JOBS).data == []
    assert abroad.delete(f"{JOBS}/{job.job_id}").status == 404
    assert admin.delete(f"{JOBS}/{job.job_id}").data["state"] == "cancelled"
    assert student.get(f"/api/jobs/{job.job_id}").data["state"] == "cancelled"


def test_queues_tell_what_waits_and_the_operator_reads_dead_letters(client: Client, operator: Client, sqs: Any) -> None:
    told = UserRegistered(user_id="ada", role="student", tenant="harbour")
    body = {"detail-type": told.name, "detail": json.loads(told.model_dump_json(by_alias=True))}
    dead_letter(sqs, "users-dead", body)
    rows = {row["queue"]: row for row in operator.get(QUEUES, {"limit": 100}).data}
    assert set(rows) == {*declared.dead_letters(), *declared.queues()}
    assert (rows["users-dead"]["waiting"], rows["users-directory"]["waiting"]) == (1, 0)
    assert [row["queue"] for row in operator.get(QUEUES, {"onlyFilled": "true"}).data] == ["users-dead"]
    [row] = operator.get(QUEUES, {"queue": "users-dead"}).data
    [letter] = row["messages"]
    assert (letter["name"], letter["tenant"], letter["detail"]) == ("user.registered", "harbour", body)
    assert row["oldestSeconds"] >= 0
    assert client.as_("super_admin").get(QUEUES).data == []


def test_a_dead_letter_returns_to_the_queue_that_it_came_from(
    client: Client, operator: Client, sqs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = queues.receive

    def receive(url: str, **how: Any) -> list[dict[str, Any]]:
        found = original(url, **how)
        for message in found:  # which the service tells, and the emulator of these tests does not
            source = f"arn:aws:sqs:eu-west-1:123456789012:{STAGE}users-directory"
            message.setdefault("Attributes", {})["DeadLetterQueueSourceArn"] = source
        return found

    monkeypatch.setattr(queues, "receive", receive)
    for number in range(3):
        dead_letter(sqs, "users-dead", {"detail-type": "user.registered", "detail": {"number": number}})
    done = operator.post(f"{QUEUES}/users-dead/redrive", {"most": 2, "perSecond": 100}).data
    assert (done["sent"], done["kept"], done["left"]) == (2, 0, 1)
    assert operator.post(f"{QUEUES}/users-dead/redrive", {}).data["sent"] == 1
    waiting = sqs.receive_message(QueueUrl=queues.address("users-directory"), MaxNumberOfMessages=10)["Messages"]
    assert sorted(json.loads(message["Body"])["detail"]["number"] for message in waiting) == [0, 1, 2]


def test_what_the_publisher_parked_goes_where_it_was_to_go(client: Client, operator: Client, sqs: Any) -> None:
    told = UserRegistered(user_id="ada", role="student")
    detail = told.model_dump_json(by_alias=True)
    fact = {"reason": "InternalFailure", "keys": {}, "entry": {"name": told.name, "worker": "", "detail": detail}}
    task = {**fact, "entry": {"name": "mail.send", "worker": "users-directory", "detail": "{}"}}
    unreadable: dict[str, Any] = {"reason": "the outbox can not be read", "keys": {}, "entry": None}
    for parked in (fact, task, unreadable):
        dead_letter(sqs, "outbox-dead", parked)
    done = operator.post(f"{QUEUES}/outbox-dead/redrive", {}).data
    assert (done["sent"], done["kept"]) == (2, 1)
    [message] = sqs.receive_message(QueueUrl=queues.address("users-directory"))["Messages"]
    assert json.loads(message["Body"]) == {"detail-type": "mail.send", "detail": {}}


def test_the_run_of_a_job_stays_among_the_dead_letters(client: Client, operator: Client, sqs: Any) -> None:
    dead_letter(sqs, "users-dead", {"job": "purge"})
    assert operator.post(f"{QUEUES}/users-dead/redrive", {}).data["kept"] == 1
    assert operator.post(f"{QUEUES}/users-directory/redrive", {}).status == 404
    assert client.as_("super_admin").post(f"{QUEUES}/users-dead/redrive", {}).status == 404
    assert operator.post(f"{QUEUES}/users-dead/redrive", {"most": 0}).error.fields == {"most"}


def test_imports_are_among_the_long_jobs(client: Client, clock: Clock) -> None:
    job = ImportJob(
        job_id="0" * 26, owner_id="ada", state="running", format="csv", file_name="a.csv", size_bytes=9, key="k",
        rows_total=40, rows_done=10, rows_wrong=2,
    )  # fmt: skip
    Unit().create(job).commit()
    [row] = client.as_("admin").get(JOBS, {"kind": "long"}).data
    assert (row["name"], row["state"], row["total"], row["done"], row["failed"]) == (
        "questions.import", "running", 40, 10, 2,
    )  # fmt: skip
