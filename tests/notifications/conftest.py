"""Events for the workers, and a look at every mail that leaves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from lyceum.events.exams import ExamCompleted, ExamExpiring
from lyceum.events.questions import QuestionApproved
from lyceum.kit import clock, ids
from lyceum.kit.aws import clients
from lyceum.kit.event import Message
from lyceum.kit.table import Unit
from lyceum.model.notifications.deliveries import Delivery
from lyceum.model.notifications.inbox import InboxCounter
from lyceum.model.users.account import User
from tests.support.acting import acting, within_rights
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA
from tests.support.workers import record, wants

from functions.notifications.events import inbox, mail


@pytest.fixture(autouse=True)
def _within_rights() -> Iterator[None]:
    """Each function touches only what its role may."""
    with within_rights():
        yield


def completed(user_id: str, **values: Any) -> ExamCompleted:
    """Return the event of a marked exam."""
    marks = {"score": Decimal("7.50"), "max_score": Decimal(10), "percent": Decimal("75.00"), "passed": True}
    facts = {
        "exam_id": ids.new_id(),
        "mode": "practice",
        "cause": "submitted",
        "finished_at": clock.now(),
        "topic_ids": ["t"],
    }
    return ExamCompleted.model_validate({**marks, **facts, "user_id": user_id, **values})


def expiring(user_id: str, deadline_at: datetime) -> ExamExpiring:
    """Return the event of an exam that ends soon."""
    return ExamExpiring(exam_id=ids.new_id(), user_id=user_id, deadline_at=deadline_at)


def approved(author_id: str) -> QuestionApproved:
    """Return the event of an approved question."""
    return QuestionApproved(question_id=ids.new_id(), topic_id="t", course_id="c", author_id=author_id)


def hand(worker: ModuleType, *events: Message) -> int:
    """Hand events to a worker in one batch and return how many messages failed."""
    entries = [
        {"Source": "lyceum", "DetailType": event.name, "Detail": event.model_dump_json(by_alias=True)}
        for event in events
    ]
    return _run(worker, entries)


def _run(worker: ModuleType, entries: list[dict[str, Any]]) -> int:
    with acting(worker.__name__):
        return len(worker.handler({"Records": [record(entry) for entry in entries]}, LAMBDA)["batchItemFailures"])


def tell(*events: Message) -> None:
    """Let events become notifications."""
    assert hand(inbox, *events) == 0


def counts(user_id: str) -> tuple[int, int]:
    """Return how many messages an inbox holds, and how many unread."""
    counter = InboxCounter.require(user_id=user_id, consistent=True)
    return int(counter.total), int(counter.unread)


@dataclass
class Post:
    """The mail service: what it was given, and what it does instead when a test says so."""

    cloud: Cloud
    tenant: str
    sent: list[dict[str, Any]] = field(default_factory=list)
    instead: Callable[[], None] | None = None

    def deliver(self) -> int:
        """Bring every task to send a mail that was ever given to the worker; returns how many messages failed."""
        return Requests(self.cloud, self.tenant).hand_to(mail)

    def refuse(self, code: str, message: str = "no") -> None:
        """Refuse what comes with an error of the service."""

        def refuse() -> None:
            raise clients.client("sesv2").exceptions.ClientError(
                {"Error": {"Code": code, "Message": message}}, "SendEmail"
            )

        self.instead = refuse

    @property
    def delivery(self) -> Delivery:
        """The one delivery of the test's tenant."""
        (found,) = [item for item in self.cloud.items(self.tenant) if item["kind"]["S"] == "delivery"]
        return Delivery.from_raw_data(found)


@pytest.fixture
def post(cloud: Cloud, tenant: str, monkeypatch: pytest.MonkeyPatch) -> Post:
    """The mail service as the product reaches it."""
    service = clients.client("sesv2")
    send, watched = service.send_email, Post(cloud, tenant)

    def send_email(**arguments: Any) -> Any:
        if watched.instead:
            watched.instead()
        answer = send(**arguments)
        watched.sent.append({**arguments, **answer})
        return answer

    monkeypatch.setattr(service, "send_email", send_email)
    return watched


def edit_user(user_id: str, **values: Any) -> None:
    """Change a user as the functions of accounts would."""
    user = User.require(user_id=user_id)
    for name, value in values.items():
        setattr(user, name, value)
    Unit().replace(user).commit()


def deliveries(cloud: Cloud, tenant: str) -> dict[str, Delivery]:
    """Return the deliveries of a tenant by their channels; one of each at most."""
    found = [Delivery.from_raw_data(item) for item in cloud.items(tenant) if item["kind"]["S"] == "delivery"]
    by_channel = {each.channel: each for each in found}
    assert len(by_channel) == len(found)
    return by_channel


@dataclass
class Requests:
    """What waits for workers in a tenant: every message that was ever published, so that they can be given it again."""

    cloud: Cloud
    tenant: str

    def publish(self, event: Message) -> None:
        """Add an event that no item of the tenant carries."""
        entry = {"Source": "lyceum", "DetailType": event.name, "Detail": event.model_dump_json(by_alias=True)}
        self.cloud.known.setdefault(self.tenant, {})[entry["Detail"]] = entry

    def hand_to(self, worker: ModuleType) -> int:
        """Bring a worker all that it reacts to; returns how many messages failed."""
        published = self.cloud.published(self.tenant)
        return _run(worker, [entry for entry in published if wants(worker.consumer, entry["DetailType"])])


@pytest.fixture
def requests(cloud: Cloud, tenant: str) -> Requests:
    """What waits for workers in the test's tenant."""
    return Requests(cloud, tenant)
