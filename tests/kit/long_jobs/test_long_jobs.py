"""Long jobs: started by a request, done a page at a time, watched and cancelled by their owner alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit import context, ids
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import NotFound, Unavailable
from lyceum.kit.http import USER, Api, Caller
from lyceum.kit.identity.permissions import Role
from lyceum.kit.identity.principal import Principal
from lyceum.kit.long_jobs import control, routes
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.schemas import JobView, view
from lyceum.kit.long_jobs.task import JobTask
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.kit.table.entity import Entity, Keys
from tests.support import http
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA, Client, Reply
from tests.support.logs import watched_logs
from tests.support.workers import record

LAST = 5


class StampSheets(JobTask):
    """Stamp five sheets, two a page."""

    name: ClassVar[str] = "test.stamp-sheets"
    worker: ClassVar[str] = "test-stamps"

    colour: str


class Stamp(Entity, discriminator="test_stamp"):
    """How often a sheet was stamped."""

    keys = Keys("STAMP#{sheet}", "STAMP")

    sheet = NumberAttribute()
    colour = UnicodeAttribute(null=True)
    times = NumberAttribute(default=0)


probe = Api("probe")
routes.serve(probe)


@probe.post("/api/stamps", access=USER, status=202, idempotent=True)
def stamp(caller: Caller) -> JobView:
    """Have sheets stamped."""
    unit = Unit()
    job = control.start(unit, StampSheets(owner_id=caller.user_id, colour="red"), total=LAST)
    unit.commit()
    return view(job)


@dataclass
class Worker:
    """The worker behind the queue, and what happens before a page is committed."""

    cloud: Cloud
    tenant: str
    before: Callable[[StampSheets], object] = lambda _task: None
    pages: list[Any] = field(default_factory=list)
    result: str = "/api/stamps/all"

    def __post_init__(self) -> None:
        self.consumer = Consumer("test.stamps")
        long_job(self.consumer, StampSheets)(self.page)

    def page(self, task: StampSheets, unit: Unit) -> Progress:
        """Stamp two sheets; the third can not be stamped."""
        self.pages.append(task.after)
        sheets = [sheet for sheet in range((task.after or 0) + 1, (task.after or 0) + 3) if sheet <= LAST]
        good = [sheet for sheet in sheets if sheet != 3]
        for sheet in good:
            name = Stamp.at(sheet=sheet)
            unit.change(name, Stamp.times.add(1), Stamp.colour.set(task.colour), or_create=True)
        self.before(task)
        after = sheets[-1] if sheets[-1] < LAST else None
        return Progress(len(good), len(sheets) - len(good), after, result=None if after else self.result)

    def messages(self) -> list[dict[str, Any]]:
        """Return the tasks that were ever sent, in order."""
        sent = [entry for entry in self.cloud.published(self.tenant) if entry["DetailType"] == StampSheets.name]
        return [record(entry) for entry in sent]

    def hand(self, *records: dict[str, Any]) -> int:
        """Deliver messages and return how many failed."""
        return len(self.consumer.handler({"Records": list(records)}, LAMBDA)["batchItemFailures"])

    def do_next(self) -> int:
        """Deliver the newest message once."""
        return self.hand(self.messages()[-1])

    def finish(self) -> None:
        """Deliver messages until no new one comes."""
        done = 0
        while len(found := self.messages()) > done:
            assert self.hand(*found[done:]) == 0
            done = len(found)


@pytest.fixture
def worker(cloud: Cloud, tenant: str) -> Worker:
    return Worker(cloud, tenant)


def somebody(tenant: str) -> Principal:
    return Principal(ids.new_id(), tenant, Role.STUDENT, "free", ids.new_id())


@pytest.fixture
def owner(client: Client, tenant: str, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Client:
    """Calls the small API as somebody."""
    monkeypatch.setattr(http, "_api_for", lambda _method, _path: probe)
    monkeypatch.setattr(http, "_module_of", lambda _api: "probe")
    client.principal = somebody(tenant)
    return client


@pytest.fixture
def other(owner: Client, tenant: str) -> Client:
    """Calls as somebody else."""
    return Client(owner.cloud, tenant, somebody(tenant))


def begin(caller: Client) -> str:
    """Start a job and return the path by which it is watched."""
    return f"/api/jobs/{caller.post('/api/stamps').data['jobId']}"


def times(*sheets: int) -> list[int | None]:
    found = [Stamp.fetch(sheet=sheet, consistent=True) for sheet in sheets]
    return [int(each.times) if each else None for each in found]


def shown(reply: Reply) -> tuple[str, int, int]:
    return reply.data["state"], reply.data["done"], reply.data["failed"]


def test_a_job_is_accepted_done_page_by_page_and_leads_to_its_outcome(owner: Client, worker: Worker) -> None:
    accepted = owner.post("/api/stamps")
    assert (accepted.status, *shown(accepted)) == (202, "queued", 0, 0)
    path = f"/api/jobs/{accepted.data['jobId']}"
    states = [shown(owner.get(path))]
    for _ in range(3):
        assert worker.do_next() == 0
        states.append(shown(owner.get(path)))
    assert states == [("queued", 0, 0), ("running", 2, 0), ("running", 3, 1), ("done", 4, 1)]
    done = owner.get(path).data
    assert (done["result"], done["total"], done["type"]) == ("/api/stamps/all", LAST, "test.stamp-sheets")
    assert "finishedAt" in done and "error" not in done
    assert times(1, 2, 3, 4, 5) == [1, 1, None, 1, 1]
    assert worker.pages == [None, 2, 4]


def test_an_outcome_in_the_bucket_is_a_link(owner: Client, worker: Worker) -> None:
    worker.result = "exports/stamps.csv"
    path = begin(owner)
    worker.finish()
    assert "exports/stamps.csv" in owner.get(path).data["result"]
    assert owner.get(path).data["result"].startswith("https://")


def test_a_page_that_comes_again_changes_nothing(owner: Client, worker: Worker) -> None:
    path = begin(owner)
    worker.finish()
    before = owner.get(path).data
    again = worker.messages()
    assert worker.hand(*again, *again) == 0
    assert owner.get(path).data == before
    assert times(1, 2, 4, 5) == [1, 1, 1, 1]


def test_a_page_that_is_sent_again_as_another_message_changes_nothing(owner: Client, worker: Worker) -> None:
    path = begin(owner)
    first = StampSheets(owner_id=owner.user_id, job_id=path.rpartition("/")[2], colour="red")
    worker.do_next()
    entry = {"Source": "lyceum", "DetailType": first.name, "Detail": first.model_dump_json(by_alias=True)}
    assert worker.hand(record(entry)) == 0
    assert shown(owner.get(path)) == ("running", 2, 0)
    worker.finish()
    assert times(1, 2, 4, 5) == [1, 1, 1, 1]


def test_of_two_workers_on_one_page_one_counts(owner: Client, worker: Worker, cloud: Cloud, tenant: str) -> None:
    path = begin(owner)
    twin = Worker(cloud, tenant)
    twin.consumer.name = "test.twin"
    message = worker.messages()[0]
    worker.before = lambda task: twin.hand(message) if task.page == 0 else None
    assert worker.hand(message) == 0
    assert shown(owner.get(path)) == ("running", 2, 0)
    assert times(1, 2) == [1, 1]
    assert len(worker.messages()) == 2, "one page follows, not two"


def test_a_cancelled_job_does_no_further_page_and_keeps_what_it_did(owner: Client, worker: Worker) -> None:
    path = begin(owner)
    worker.do_next()
    cancelled = owner.delete(path)
    assert shown(cancelled) == ("cancelled", 2, 0)
    worker.finish()
    assert worker.pages == [None]
    assert owner.get(path).data == cancelled.data == owner.delete(path).data
    assert times(1, 2, 4) == [1, 1, None]


def test_a_page_at_work_while_its_job_is_cancelled_changes_nothing(owner: Client, worker: Worker) -> None:
    path = begin(owner)
    worker.before = lambda _task: owner.delete(path)
    assert worker.do_next() == 0
    assert shown(owner.get(path)) == ("cancelled", 0, 0)
    assert times(1, 2) == [None, None]


def test_a_job_that_has_ended_can_not_be_cancelled(owner: Client, worker: Worker) -> None:
    path = begin(owner)
    worker.finish()
    refused = owner.delete(path)
    assert (refused.status, refused.error.code) == (409, "JOB_ENDED")
    assert shown(owner.get(path))[0] == "done"


def test_a_refusal_of_the_domain_ends_the_job_and_is_shown(owner: Client, worker: Worker) -> None:
    def refuse(_task: StampSheets) -> None:
        raise NotFound("The sheets are gone.", code="SHEETS_GONE")

    path = begin(owner)
    worker.before = refuse
    with watched_logs() as lines:
        assert worker.do_next() == 0
    assert not [line for line in lines if "Traceback" in line or '"ERROR"' in line], "nobody is called for a refusal"
    assert [line for line in lines if "long job refused" in line and "SHEETS_GONE" in line]
    failed = owner.get(path).data
    assert (failed["state"], failed["error"]) == ("failed", {"code": "SHEETS_GONE", "message": "The sheets are gone."})
    assert times(1, 2) == [None, None], "nothing of a failed page stays"
    worker.before = lambda _task: None
    worker.finish()
    assert owner.get(path).data == failed


@pytest.mark.parametrize(
    ("error", "code"), [(RuntimeError("the secret is in this message"), "INTERNAL"), (Unavailable(), "UNAVAILABLE")]
)
def test_a_page_that_fails_is_tried_three_times(owner: Client, worker: Worker, error: Exception, code: str) -> None:
    def fail(_task: StampSheets) -> None:
        raise error

    path = begin(owner)
    worker.do_next()
    worker.before = fail
    assert [worker.do_next() for _ in range(2)] == [1, 1]
    assert shown(owner.get(path)) == ("running", 2, 0)
    with watched_logs() as lines:
        assert worker.do_next() == 0
    assert [line for line in lines if "long job failed" in line and '"ERROR"' in line], "somebody has to look"
    failed = owner.get(path).data
    assert (failed["state"], failed["done"], failed["error"]["code"]) == ("failed", 2, code)
    assert "secret" not in failed["error"]["message"]


def test_a_failure_that_passes_leaves_no_trace(owner: Client, worker: Worker) -> None:
    def fail_once(_task: StampSheets) -> None:
        worker.before = lambda _task: None
        raise RuntimeError

    path = begin(owner)
    for _ in range(3):
        worker.before = fail_once
        assert worker.do_next() == 1
        assert worker.do_next() == 0
    assert shown(owner.get(path)) == ("done", 4, 1)
    assert times(1, 2, 4, 5) == [1, 1, 1, 1]


def test_a_job_of_somebody_else_does_not_exist(owner: Client, other: Client, worker: Worker) -> None:
    path = begin(owner)
    assert [other.get(path).status, other.delete(path).status] == [404, 404]
    assert other.get("/api/jobs").data == []
    assert owner.get(f"/api/jobs/{ids.new_id()}").status == 404
    assert shown(owner.get(path))[0] == "queued"


def test_of_another_tenant_neither(owner: Client) -> None:
    path = begin(owner)
    stranger = Client(owner.cloud, "elsewhere", Principal(owner.user_id, "elsewhere", Role.STUDENT, "free", "s"))
    assert stranger.get(path).status == 404


def test_jobs_are_listed_newest_first_and_by_page(owner: Client, clock: Clock) -> None:
    paths = []
    for _ in range(3):
        clock.advance(minutes=1)
        paths.append(begin(owner).rpartition("/")[2])
    first = owner.get("/api/jobs", {"limit": 2})
    second = owner.get("/api/jobs", {"limit": 2, "cursor": first.pagination["nextCursor"]})
    assert [job["jobId"] for job in [*first.data, *second.data]] == paths[::-1]
    assert not second.pagination["hasNext"]


def test_nobody_watches_without_signing_in(owner: Client) -> None:
    path = begin(owner)
    nobody = Client(owner.cloud, owner.tenant)
    assert [nobody.get(path).status, nobody.get("/api/jobs").status, nobody.delete(path).status] == [401] * 3


def test_a_job_is_kept_for_30_days_from_its_end(owner: Client, worker: Worker, clock: Clock) -> None:
    job_id = begin(owner).rpartition("/")[2]
    begun = LongJob.require(owner_id=owner.user_id, job_id=job_id)
    clock.advance(days=2)
    worker.finish()
    ended = LongJob.require(owner_id=owner.user_id, job_id=job_id)
    assert (ended.ttl - begun.ttl, begun.ttl - begun.created_at.timestamp()) == (2 * 86_400, 30 * 86_400)


def test_a_page_whose_job_is_gone_changes_nothing(owner: Client, worker: Worker) -> None:
    job_id = begin(owner).rpartition("/")[2]
    messages = worker.messages()
    Unit().remove(LongJob.at(owner_id=owner.user_id, job_id=job_id)).commit()
    assert worker.hand(*messages) == 0
    assert (worker.pages, times(1)) == ([], [None])


def test_what_a_page_costs(owner: Client, worker: Worker) -> None:
    begin(owner)
    received = StampSheets.model_validate_json(worker.cloud.published(worker.tenant)[0]["Detail"])
    with context.working(context.RequestContext(worker.tenant)) as work:
        worker.consumer._each[StampSheets.name][0](received, Unit())
    assert work.usage.operations == ["GetItem", "TransactWriteItems"]
