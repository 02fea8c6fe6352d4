"""The calendar of a plan, as calendar programs take it."""

from datetime import date

import icalendar
import pytest

from lyceum.messages.calendar_files import DayEntry, feed
from tests.study.conftest import Student
from tests.support.clock import Clock
from tests.support.http import Client


def path_of(url: str) -> tuple[str, dict[str, str]]:
    """Split a link into path and query, as the gateway does."""
    path, _, token = url.removeprefix("https://api.lyceum.test").partition("?token=")
    return path, {"token": token}


def test_a_link_shows_the_plan_to_programs_without_sign_in(client: Client, student: Student) -> None:
    plan = student.plan(title="Finals; Term 1, 2027")
    answer = client.get(*path_of(plan["calendarUrl"]))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.cost.requests == 1
    found = icalendar.Calendar.from_ical(answer.body)
    assert "NAME:Finals\\; Term 1\\, 2027\r\n" in answer.body
    days = {event["DTSTART"].dt: event for event in found.walk("VEVENT")}
    assert set(days) == {date.fromisoformat(day["date"]) for day in plan["calendar"]} | {date(2027, 2, 28)}
    first = plan["calendar"][0]
    assert str(days[date.fromisoformat(first["date"])]["SUMMARY"]) == ", ".join(
        f"{entry['title']} ({entry['minutes']} min)" for entry in first["entries"]
    )


def test_lines_end_and_fold_as_the_standard_says() -> None:
    title = "Ẹ̀kọ́ ìṣirò; àwọn nọ́ńbà, " * 8 + "\nnext \\ line"
    written = feed("Ẹ̀kọ́", [DayEntry("a@lyceum", date(2027, 1, 11), title, "", 3)], written_at=Clock().at)
    lines = written.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert all(len(line) <= 75 and line.decode() is not None for line in lines)
    (event,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert str(event["SUMMARY"]) == title
    assert event["SEQUENCE"] == 3


def test_a_program_that_has_the_calendar_is_told_so_until_it_changes(
    client: Client, student: Student, clock: Clock
) -> None:
    plan = student.plan()
    path, query = path_of(plan["calendarUrl"])
    first = client.get(path, query)
    kept = client.get(path, query, If_None_Match=first.headers["ETag"])
    assert (kept.status, kept.body) == (304, "")
    student.client.put(f"/api/study-plans/{plan['planId']}", {"dailyGoal": {"minutes": 30, "questions": 10}})
    changed = client.get(path, query, If_None_Match=first.headers["ETag"])
    assert changed.status == 200
    clock.advance(days=4)
    later = client.get(path, query)

    def sequences(text: str) -> dict[str, int]:
        events = icalendar.Calendar.from_ical(text).walk("VEVENT")
        return {str(event["UID"]): int(event["SEQUENCE"]) for event in events}

    versions = [sequences(reply.body) for reply in (first, changed, later)]
    uid = f"{plan['planId']}-exam@lyceum"
    assert versions[0][uid] < versions[1][uid] < versions[2][uid]


def test_a_link_that_was_ended_is_gone_and_the_next_one_works(client: Client, student: Student) -> None:
    plan = student.plan()
    path, query = path_of(plan["calendarUrl"])
    other = student.client.post(f"/api/study-plans/{plan['planId']}/calendar/revoke").data["calendarUrl"]
    assert client.get(path, query).status == 410
    assert client.get(*path_of(other)).status == 200
    assert client.get(path).status == 400


@pytest.mark.parametrize("token", ["x", "a.b.c.d.e", "…", "main.u.p.1.AAAA"])
def test_a_link_that_was_not_made_here_is_nobodys(client: Client, student: Student, token: str) -> None:
    plan = student.plan()
    assert client.get(path_of(plan["calendarUrl"])[0], {"token": token}).status == 404


def test_a_link_is_for_its_own_plan_alone(client: Client, student: Student) -> None:
    first, second = student.plan(), student.plan()
    path, _ = path_of(first["calendarUrl"])
    _, query = path_of(second["calendarUrl"])
    assert client.get(path, query).status == 404
    student.client.delete(f"/api/study-plans/{first['planId']}")
    assert client.get(*path_of(first["calendarUrl"])).status == 404
