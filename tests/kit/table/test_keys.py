"""Keys: filled from attributes, in the tenant of the work in progress and no other."""

from datetime import UTC, datetime

import pytest

from lyceum.kit import context
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit
from lyceum.kit.table.keys import Index, Keys, MissingKeyPart, Template, partition_key
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.notifications.inbox import InboxCounter, Notification
from lyceum.model.questions.question import AnswerKey
from tests.support.clock import Clock
from tests.support.cloud import Cloud

AT = datetime(2027, 1, 11, 9, 0, 0, 5_000, tzinfo=UTC)


def running(**values: object) -> ExamSession:
    """Return a running session of the minute 09:30."""
    facts = {
        "state": "running",
        "due_minute": "2027-01-11T09:30",
        "user_id": "ada",
        "mode": "practice",
        "scope": "s",
        "policy": {},
    }
    numbers = {"question_count": 1, "algorithm": 1, "scoring": 1, "seed": "s", "paper_hash": "h", "max_score": "1"}
    times = dict.fromkeys(("started_at", "deadline_at", "closes_at"), AT)
    return ExamSession(**{"exam_id": "e1", **facts, **numbers, **times, **values})


@pytest.mark.parametrize(
    ("template", "values", "key"),
    [
        ("QUESTION#{question_id}", {"question_id": "q"}, "QUESTION#q"),
        ("REV#{revision:06d}", {"revision": 12}, "REV#000012"),
        ("{started_at}#{exam_id}", {"started_at": AT, "exam_id": "e"}, "2027-01-11T09:00:00.005Z#e"),
        ("COUNTER", {}, "COUNTER"),
    ],
)
def test_a_template_is_filled(template: str, values: dict[str, object], key: str) -> None:
    assert Template(template).fill(values) == key


def test_a_key_is_never_made_of_less_than_its_parts() -> None:
    for values in ({}, {"question_id": None}):
        with pytest.raises(MissingKeyPart, match="question_id"):
            Template("QUESTION#{question_id}").fill(values)
    with pytest.raises(MissingKeyPart, match="notification_id"):
        Notification.at(user_id="ada")


@pytest.mark.parametrize(
    ("values", "prefix"),
    [({}, "A#"), ({"first": "1"}, "A#1#B#"), ({"second": "2"}, "A#"), ({"first": "1", "second": "2"}, "A#1#B#2")],
    ids=str,
)
def test_a_prefix_ends_at_the_first_part_that_is_not_known(values: dict[str, str], prefix: str) -> None:
    assert Template("A#{first}#B#{second}").prefix(values) == prefix


def test_every_partition_is_of_the_tenant_in_whose_name_the_work_is_done() -> None:
    for tenant in ("main", "harbour"):
        with context.working(context.RequestContext(tenant=tenant)):
            assert partition_key("INBOX#{user_id}", {"user_id": "ada"}) == f"{tenant}|INBOX#ada"
            assert Notification.key_of(user_id="ada", notification_id="n") == (f"{tenant}|INBOX#ada", "MESSAGE#n")


def test_a_tenant_reads_and_changes_its_own_items_only(cloud: Cloud) -> None:
    with cloud.new_tenant():
        Unit().create(InboxCounter(user_id="ada", total=1)).commit()
    with cloud.new_tenant() as other:
        assert InboxCounter.fetch(user_id="ada") is None
        Unit().create(InboxCounter(user_id="ada", total=2, tenant="main")).commit()
        (item,) = cloud.items(other)
        assert (item["PK"]["S"], item["tenant"]["S"]) == (f"{other}|INBOX#ada", other)


def test_families_are_what_stands_before_the_first_number_sign() -> None:
    assert ExamSession.keys.families == {"EXAM", "DUE", "TAKER"}
    assert AnswerKey.keys.families == {"KEY"}
    assert Keys("A#{x}", "B#{y}", gsi2=Index("C#{x}", "{y}")).families == {"A", "C"}


def test_an_item_is_in_an_index_while_the_parts_of_its_key_are_there(cloud: Cloud, tenant: str) -> None:
    session = running()
    Unit().create(session).commit()
    (item,) = cloud.items(tenant)
    assert (item["GSI1PK"]["S"], item["GSI1SK"]["S"]) == (f"{tenant}|DUE#2027-01-11T09:30", "e1")
    assert (item["GSI2PK"]["S"], item["GSI2SK"]["S"]) == (f"{tenant}|TAKER#ada", "2027-01-11T09:00:00.005Z#e1")
    session.due_minute = None
    Unit().replace(session).commit()
    (item,) = cloud.items(tenant)
    assert not {"GSI1PK", "GSI1SK"} & set(item)
    assert "GSI2PK" in item


def test_an_index_without_all_its_parts_does_not_hold_the_item() -> None:
    index = Index("DUE#{due_minute}", "{exam_id}", when={"state": "running"})
    with context.working(context.RequestContext(tenant="main")):
        assert index.fill({"state": "running", "due_minute": "m", "exam_id": "e"}) == ("main|DUE#m", "e")
        assert index.fill({"state": "running", "due_minute": None, "exam_id": "e"}) is None
        assert index.fill({"state": "finished", "due_minute": "m", "exam_id": "e"}) is None


def test_times_are_stored_at_a_fixed_width_so_that_their_order_is_that_of_texts(
    tenant: str, cloud: Cloud, clock: Clock
) -> None:
    clock.move_to(datetime(2027, 1, 11, 9, 0, tzinfo=UTC))
    Unit().create(OutboxItem(event_id="1")).commit()
    (item,) = cloud.items(tenant)
    assert item["created_at"]["S"] == "2027-01-11T09:00:00.000Z"
    assert OutboxItem.require(event_id="1").created_at == clock.at
