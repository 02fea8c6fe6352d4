"""The audit trail: read by each filter, chained within a minute, and nothing can be changed in it unnoticed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import clock as time
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find_all
from lyceum.model.audit import AuditHead, AuditLink, AuditRoot, audit
from lyceum.model.users.erasure import ErasureReceipt
from tests.compliance.conftest import Act
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.conflicts import Conflicts
from tests.support.http import Client
from tests.support.jobs import run
from tests.support.threads import at_once
from tools import verify_audit

from functions.compliance import jobs
from functions.compliance.audit import chain

PATH = "/api/admin/audit-logs"


def findings(client: Client, day: str | None = None) -> list[tuple[str, str | None]]:
    """Return what a verification found, of today or another day."""
    told = client.as_("admin").get(f"{PATH}/verify", {"day": day} if day else None).data
    assert told["isIntact"] == (not told["findings"])
    return [(each["kind"], each.get("auditId")) for each in told["findings"]]


def links() -> list[AuditLink]:
    return sorted(find_all(AuditLink, day=time.now().date().isoformat()), key=lambda each: int(each.place))


def test_the_trail_is_filtered_by_whom_what_and_when_in_a_query_each(
    client: Client, act: Act, link: Callable[[], None], clock: Clock
) -> None:
    first = act("user.suspend", "ada", "grace")
    act("user.role", "ada", "alan")
    noon = time.iso(time.now())
    act("user.suspend", "eve", "grace")
    link()
    admin = client.as_("admin")

    def actions(**query: str) -> list[tuple[str, str]]:
        answer = admin.get(PATH, query)
        assert answer.cost.requests <= (2 if query.keys() <= {"action"} else 1) + 2, "and the rights of the caller"
        return [(each["action"], each["subjectId"]) for each in answer.data]

    assert actions(subjectId="ada") == [("user.role", "ada"), ("user.suspend", "ada")]
    assert actions(subjectId="ada", actorId="grace") == [("user.suspend", "ada")]
    assert actions(actorId="grace") == [("user.suspend", "eve"), ("user.suspend", "ada")]
    assert actions(actorId="alan", action="user.suspend") == []
    assert actions(action="user.suspend") == [("user.suspend", "eve"), ("user.suspend", "ada")]
    assert actions(action="user.suspend", until=noon) == [("user.suspend", "ada")]
    assert [subject for _, subject in actions(since=noon, limit="2")][-1] in {"ada", "eve"}
    assert len(actions()) == 3
    shown = admin.get(PATH, {"subjectId": "ada", "until": time.iso(first.created_at)}).data
    assert [(each["before"], each["reason"], each["isErased"]) for each in shown] == [
        ({"status": "active"}, "spam", False)
    ]
    for other in ("/api/audit-logs", "/api/admin/audit-log"):
        assert len(admin.get(other).data) == 3
    assert admin.get(PATH, {"since": noon, "until": time.iso(first.created_at)}).status == 400
    assert client.as_("moderator").get(PATH).status == 403


def test_an_event_is_within_the_very_time_that_it_is_shown_with(client: Client, clock: Clock) -> None:
    event = audit("user.suspend", "ada", before={}, after={})
    clock.advance(milliseconds=400)
    Unit().create(event).commit()
    admin = client.as_("admin")
    (shown,) = admin.get(PATH, {"subjectId": "ada"}).data
    for query in ({"since": shown["at"]}, {"until": shown["at"]}, {"since": shown["at"], "until": shown["at"]}):
        assert [each["auditId"] for each in admin.get(PATH, query).data] == [event.audit_id], query


def test_pages_of_the_trail_hold_each_event_once(client: Client, act: Act, link: Callable[[], None]) -> None:
    made = [act().audit_id for _ in range(5)]
    link()
    for query in ({}, {"subjectId": "ada"}, {"action": "user.suspend"}):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = client.as_("admin").get(PATH, {**query, "limit": 2, **cursor})
            seen += [each["auditId"] for each in page.data]
            if not page.pagination["hasNext"]:
                break
            cursor = {"cursor": page.pagination["nextCursor"]}
        assert seen == made[::-1]


def test_events_are_in_the_chain_within_a_minute_and_once(client: Client, act: Act, link: Callable[[], None]) -> None:
    made = [act().audit_id for _ in range(100)]
    with within_rights():
        link()
        link()
    assert [each.audit_id for each in links()] == made
    assert [int(each.place) for each in links()] == list(range(1, 101))
    assert findings(client) == []
    later = act()
    link()
    assert links()[-1].audit_id == later.audit_id and links()[-1].previous == links()[-2].hash


def test_an_event_that_becomes_visible_late_is_linked_behind_the_others(
    client: Client, act: Act, link: Callable[[], None], clock: Clock
) -> None:
    late = audit("user.verify", "eve", before={}, after={})
    act()
    link()
    Unit().create(late).commit()
    link()
    assert [each.audit_id for each in links()][-1] == late.audit_id
    assert findings(client) == []


def test_two_that_link_at_once_make_one_chain(client: Client, act: Act, clock: Clock, conflicts: Conflicts) -> None:
    for _ in range(3):
        act()
    clock.advance(minutes=1)
    original = chain.link_of
    raced: list[bool] = []

    def link_of(*arguments: Any) -> AuditLink:
        if not raced:
            raced.append(True)
            chain.link_span(time.now() - timedelta(minutes=5), time.now())
        return original(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "link_of", link_of)
        run(jobs, "link_audit_events")
    assert len(links()) == 3
    assert findings(client) == []


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("actor_id", "mallory"), ("action", "user.praise"), ("after", "{}"), ("reason", None), ("created_at", None)],
)
def test_an_edit_of_the_table_is_found(
    client: Client, act: Act, link: Callable[[], None], tamper: Callable[..., None], attribute: str, value: str | None
) -> None:
    act()
    event = act()
    link()
    changed = "2027-01-01T00:00:00.000Z" if attribute == "created_at" else value
    tamper(event, **{attribute: changed})
    assert findings(client) == [("edited", event.audit_id)]


@pytest.mark.parametrize("key", ["GSI1PK", "GSI1SK"])
def test_an_event_that_filters_would_not_find_is_found(
    client: Client, act: Act, link: Callable[[], None], tamper: Callable[..., None], tenant: str, key: str
) -> None:
    event = act()
    link()
    tamper(event, **{key: f"{tenant}|AUDIT#mallory"})
    assert findings(client) == [("edited", event.audit_id)]
    tamper(links()[0], **{key: f"{tenant}|AUDITACTION#nothing"})
    assert sorted(findings(client)) == [("edited", event.audit_id), ("link_edited", event.audit_id)]


def test_a_deletion_is_found(client: Client, act: Act, link: Callable[[], None], delete: Callable[[Any], None]) -> None:
    _, second, third = act(), act(), act()
    link()
    delete(second)
    assert findings(client) == [("deleted", second.audit_id)]
    delete(links()[1])
    assert findings(client) == [("link_missing", third.audit_id), ("head_differs", None)]


def test_another_order_is_found(
    client: Client, act: Act, link: Callable[[], None], tamper: Callable[..., None]
) -> None:
    for _ in range(3):
        act()
    link()
    first, second, third = links()
    tamper(second, place="3")
    tamper(third, place="2")
    assert {kind for kind, _ in findings(client)} == {"link_edited", "head_differs"}
    tamper(second, place="2")
    tamper(third, place="3")
    assert findings(client) == []
    tamper(first, facts="0" * 64)
    assert {kind for kind, _ in findings(client)} == {"edited", "link_edited"}


def test_an_event_that_nobody_linked_is_found(client: Client, act: Act, link: Callable[[], None], clock: Clock) -> None:
    act()
    link()
    lost = act()
    assert findings(client) == []
    clock.advance(minutes=3)
    assert findings(client) == [("not_linked", lost.audit_id)]


def test_details_go_with_an_erasure_alone(
    client: Client, act: Act, link: Callable[[], None], tamper: Callable[..., None]
) -> None:
    event = act()
    link()
    tamper(event, before="{}", after="{}", reason=None, salt=None)
    assert findings(client) == [("details_missing", event.audit_id)]
    Unit().put(ErasureReceipt(user_id="ada", erased_at=time.now())).commit()
    assert findings(client) == [], "who did what stays provable without what it said of a person"
    tamper(event, after='{"role": "admin"}')
    assert findings(client) == [("details_missing", event.audit_id)]


def seal(clock: Clock) -> str:
    """Let the day end, and sign its root; returns the day."""
    day = time.now().date().isoformat()
    clock.advance(days=1)
    with within_rights():
        run(jobs)
    return day


def test_the_root_of_a_day_is_signed_and_kept_once(
    client: Client, cloud: Cloud, act: Act, link: Callable[[], None], clock: Clock, tenant: str
) -> None:
    act()
    act()
    day = seal(clock)
    told = client.as_("admin").get(f"{PATH}/verify", {"day": day}).data
    assert (told["isIntact"], told["isSealed"], told["events"], told["links"]) == (True, True, 2, 2)
    key = f"audit/{tenant}/{day}.jwt"
    kept = cloud.s3.get_object(Bucket=settings().bucket, Key=key)["Body"].read()
    clock.advance(hours=1)
    run(jobs)
    assert cloud.s3.get_object(Bucket=settings().bucket, Key=key)["Body"].read() == kept
    act()
    assert AuditRoot.require(day=seal(clock)).previous == AuditRoot.require(day=day).root


def test_two_runs_that_sign_a_day_at_once_sign_it_once(
    client: Client, cloud: Cloud, act: Act, clock: Clock, tenant: str
) -> None:
    event = act()
    clock.advance(days=1)
    day = event.created_at.replace(hour=0, minute=0, second=0, microsecond=0)
    with within_rights():
        first, second = at_once(*[lambda: chain.seal(day)] * 2)
    assert first is not None
    assert second is not None
    assert first.root == second.root == AuditRoot.require(day=first.day).root
    assert findings(client, first.day) == [], "what is kept in the bucket is what the table has"


def test_a_chain_that_was_made_anew_is_not_what_was_signed(
    client: Client, cloud: Cloud, act: Act, clock: Clock, tenant: str, delete: Callable[[Any], None]
) -> None:
    kept, gone = act(), act()
    day = seal(clock)
    delete(gone)
    for each in [*find_all(AuditLink, day=day), AuditHead.require(day=day)]:
        delete(each)
    chain.link_span(kept.created_at - timedelta(hours=1), gone.created_at + timedelta(hours=1))
    assert findings(client, day) == [("root_differs", None)]
    root = AuditRoot.require(day=day)
    delete(root)
    assert findings(client, day) == [("root_missing", None)]
    root.version = 0
    Unit().create(root).commit()
    cloud.s3.put_object(Bucket=settings().bucket, Key=f"audit/{tenant}/{day}.jwt", Body=b"e30.e30.c2ln")
    assert findings(client, day) == [("signature_broken", None)]


def test_days_to_come_and_days_too_large_are_refused(client: Client, act: Act, clock: Clock) -> None:
    tomorrow = (time.now() + timedelta(days=1)).date().isoformat()
    refused = client.as_("admin").get(f"{PATH}/verify", {"day": tomorrow})
    assert (refused.status, refused.error.fields) == (422, {"DAY_TO_COME"})
    assert findings(client) == []
    assert client.as_("moderator").get(f"{PATH}/verify").status == 403


def test_the_command_says_what_it_finds_in_each_day(
    client: Client, act: Act, link: Callable[[], None], tamper: Callable[..., None], clock: Clock,
    capsys: pytest.CaptureFixture[str], tenant: str,
) -> None:  # fmt: skip
    event = act()
    link()
    today = time.now().date()
    assert verify_audit.say(tenant, today - timedelta(days=1), today) == 0
    tamper(event, action="user.praise")
    assert verify_audit.say(tenant, today, today) == 1
    assert f"{tenant} {today}: edited {event.audit_id}" in capsys.readouterr().out
