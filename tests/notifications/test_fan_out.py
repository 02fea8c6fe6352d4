"""Notices for everybody: in pages, to each once, and to nobody else."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyceum.events.courses import AnnouncementPosted
from lyceum.events.notifications import PeriodEnded
from lyceum.kit import context, ids
from lyceum.kit.table import Unit, find_all, write_many
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.notifications.inbox import InboxCounter, Notification
from lyceum.model.users.account import User
from lyceum.tasks.notifications import DeliverNotice
from tests.notifications.conftest import Requests, approved, hand, tell
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA, Client
from tests.support.workers import record

from functions.notifications.events import fan_out, inbox
from functions.notifications.inbox import inbox_writer
from functions.notifications.kinds import KINDS


def people(number: int, **values: str) -> list[str]:
    """Store users in the current tenant and return their ids."""
    users = [
        User(user_id=ids.new_id(), username=f"u{n}", first_name="U", last_name=str(n), role="student", **values)
        for n in range(number)
    ]
    write_many(users)
    return [user.user_id for user in users]


def posted() -> AnnouncementPosted:
    return AnnouncementPosted(announcement_id=ids.new_id(), author_id="a", title="The library is open again")


def spread(requests: Requests, event: AnnouncementPosted | PeriodEnded) -> None:
    """Let a notice run its course: pages, chunks and messages."""
    requests.publish(event)
    for _ in range(4):
        assert requests.hand_to(fan_out) == 0
    assert requests.hand_to(inbox) == 0


def told(user_ids: list[str]) -> list[int]:
    return [len(list(find_all(Notification, user_id=user_id))) for user_id in user_ids]


def test_everybody_is_told_once_over_several_pages(
    cloud: Cloud, tenant: str, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    users, gone = people(50), people(2, status="deleted")
    monkeypatch.setattr(fan_out, "_PAGE", 20)
    monkeypatch.setattr(fan_out, "_CHUNK", 8)
    event = posted()
    spread(requests, event)
    spread(requests, event)
    assert (told(users), told(gone)) == ([1] * 50, [0] * 2)
    assert {int(InboxCounter.require(user_id=user_id).unread) for user_id in users} == {1}


def test_nobody_of_another_tenant_is_told(cloud: Cloud, tenant: str, requests: Requests) -> None:
    with context.working(context.RequestContext("elsewhere")):
        strangers = people(2)
    users = people(2)
    spread(requests, posted())
    assert told(users) == [1, 1]
    with context.working(context.RequestContext("elsewhere")):
        assert told(strangers) == [0, 0]


def test_a_chunk_costs_two_requests_for_each_fifteen_readers(cloud: Cloud, tenant: str) -> None:
    event = DeliverNotice(kind="announcement.posted", user_ids=people(40), data={"announcementId": "a", "title": "t"})
    with context.working(context.RequestContext(tenant)) as work:
        inbox.tell_many(event, Unit())
    first, *others = ["BatchGetItem", "TransactWriteItems"] * 3
    assert work.usage.operations == [first, "Query", *others], "templates are read once"


def test_a_chunk_whose_worker_died_halfway_is_finished_without_doubles(cloud: Cloud, tenant: str) -> None:
    users = people(20)
    event = DeliverNotice(kind="announcement.posted", user_ids=users, data={"announcementId": "a", "title": "t"})
    with inbox.consumer.part(event, 0) as unit:
        for reader in inbox_writer.readers(users[:15]):
            inbox_writer.write(reader, KINDS[event.kind], event, event.data, unit)
    assert sum(told(users)) == 15
    for _ in range(2):
        assert hand(inbox, event) == 0
        assert told(users) == [1] * 20


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(st.lists(st.booleans(), min_size=1, max_size=17))
def test_exactly_those_addressed_are_told(cloud: Cloud, chosen: list[bool]) -> None:
    with Clock(), cloud.new_tenant():
        users = people(len(chosen))
        wanted = [user for user, is_wanted in zip(users, chosen, strict=True) if is_wanted]
        if wanted:
            tell(DeliverNotice(kind="announcement.posted", user_ids=wanted, data={"announcementId": "a", "title": "t"}))
        assert told(users) == [int(is_wanted) for is_wanted in chosen]


def test_a_notice_of_a_kind_that_does_not_exist_is_a_dead_letter(client: Client) -> None:
    event = DeliverNotice(kind="no.such", user_ids=[client.as_("student").user_id], data={})
    assert hand(inbox, event) == 1


def test_an_announcement_of_a_course_is_left_to_the_course(cloud: Cloud, tenant: str) -> None:
    people(2)
    event = posted().model_copy(update={"course_id": "c"})
    entry = {"Source": "lyceum", "DetailType": event.name, "Detail": event.model_dump_json(by_alias=True)}
    assert fan_out.handler({"Records": [record(entry)]}, LAMBDA) == {"batchItemFailures": []}
    assert cloud.outbox(tenant) == []


def test_students_are_told_each_week_how_many_questions_are_new_in_their_course(
    cloud: Cloud, tenant: str, requests: Requests, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out, "_PAGE", 2)
    users, left, others = people(3), people(1), people(1)
    Unit().put(
        Course(
            course_id="c", department_id="d", instructor_id="i", code="A 1", title="Anatomy", level=100, credit_units=3
        )
    ).commit()
    write_many(Enrolment(course_id="c", user_id=user_id, state="active", enrolled_at=clock.at) for user_id in users)
    write_many(Enrolment(course_id="c", user_id=user_id, state="left", enrolled_at=clock.at) for user_id in left)
    event = approved("author")
    assert (
        hand(inbox, event, event, approved("author"), approved("author").model_copy(update={"first_time": False})) == 0
    )
    for period in ("2027-W01", "2027-W02", "2027-W02"):
        spread(requests, PeriodEnded(event_id=f"{period}-0000000000000000", length="week", period=period))
    assert (told(users), told(left), told(others)) == ([1] * 3, [0], [0])
    (message,) = find_all(Notification, user_id=users[0])
    assert (message.title, message.body) == ("New questions: Anatomy", "New questions to practise with: 2.")


def test_a_month_brings_no_news_of_questions(cloud: Cloud, tenant: str, requests: Requests, clock: Clock) -> None:
    assert hand(inbox, approved("author")) == 0
    spread(requests, PeriodEnded(length="month", period="2027-01"))
    assert not [item for item in cloud.items(tenant) if item["kind"]["S"] == "notification"]
