"""What changed for a user: everything first, then each change, and none is ever passed over."""

from collections.abc import Callable
from functools import partial
from typing import Any

from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.table import Unit, find, find_all
from lyceum.model.study.reviews import ReviewCard, ReviewPile
from lyceum.model.sync import SyncChange
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

from functions.sync import feed

PULL = "/api/sync/pull"
Work = Callable[[], None]


def everything(client: Client, cursor: str | None = None, limit: int = 100) -> tuple[list[dict[str, Any]], str]:
    """Pull until there is no more, and return what came and the last cursor."""
    changes: list[dict[str, Any]] = []
    while True:
        answer = client.get(PULL, {"limit": limit} | ({"cursor": cursor} if cursor else {}))
        assert answer.cost.requests <= 3
        changes += answer.data["changes"]
        cursor = str(answer.data["cursor"])
        if not answer.data["hasMore"]:
            return changes, cursor


def test_a_new_device_gets_everything_and_then_what_changes(
    student: Client, topic: str, question: str, work: Work
) -> None:
    first = student.post("/api/notes", {"topicId": topic, "text": "One."}).data["noteId"]
    student.post("/api/bookmarks", {"questionId": question})
    work()
    opening = student.get(PULL).data
    assert (opening["isSnapshot"], opening["isFirst"], opening["hasMore"]) == (True, True, True)
    found, cursor = everything(student)
    keys = {(each["type"], each["key"]) for each in found}
    assert keys == {("note", first), ("bookmark", question), ("preferences", student.user_id)}
    second = student.post("/api/notes", {"questionId": question, "text": "Two."}).data["noteId"]
    student.delete(f"/api/notes/{first}")
    student.post(f"/api/reviews/{question}", {"rating": "good"})
    work()
    later, cursor = everything(student, cursor)
    shown = {(each["type"], each["key"]): each for each in later}
    assert shown["note", second]["value"]["text"] == "Two."
    assert shown["note", first] == {**shown["note", first], "isRemoved": True}
    assert "value" not in shown["note", first]
    assert shown["review", question]["value"]["repetitions"] == 1
    assert everything(student, cursor) == ([], cursor)


def test_a_new_device_gets_the_cards_that_wait_in_a_pile(student: Client, question: str) -> None:
    at = clocks.now()
    card = ReviewCard(user_id=student.user_id, question_id=question, due_at=at, stability=2, difficulty=5, lapses=1)
    Unit().create(ReviewPile.of(student.user_id, "exam", 0, [card], at)).commit()
    shown = [each for each in everything(student)[0] if each["type"] == "review"]
    assert [(each["key"], each["value"]["repetitions"], each["value"]["lapses"]) for each in shown] == [
        (question, 1, 1)
    ]


def test_an_idle_pull_is_small_and_answered_304(student: Client, work: Work) -> None:
    work()
    _, cursor = everything(student)
    idle = student.get(PULL, {"cursor": cursor})
    assert idle.cost.requests == 1
    assert len(idle.body) <= 700
    again = student.get(PULL, {"cursor": cursor}, if_none_match=idle.headers["ETag"])
    assert again.status == 304


def test_what_changes_during_a_snapshot_comes_after_it(student: Client, topic: str, work: Work) -> None:
    names = [student.post("/api/notes", {"topicId": topic, "text": f"{n}."}).data["noteId"] for n in range(3)]
    work()
    answer = student.get(PULL, {"limit": 1}).data
    student.put(f"/api/notes/{names[0]}", {"text": "Changed."})
    student.delete(f"/api/notes/{names[1]}")
    work()
    found, _ = everything(student, answer["cursor"], limit=1)
    state: dict[str, Any] = {}
    for each in found:
        state[each["key"]] = None if each["isRemoved"] else each["value"].get("text")
    assert [state.get(name) for name in names] == ["Changed.", None, "2."]


def test_only_the_last_change_of_a_thing_has_a_row(student: Client, question: str, work: Work, clock: Clock) -> None:
    for mark in ("difficult", "important", "review_later"):
        student.post("/api/bookmarks", {"questionId": question, "mark": mark})
        work()
        clock.advance(seconds=1)
    rows = list(find_all(SyncChange, user_id=student.user_id))
    assert [(row.type, row.key, row.position) for row in rows] == [("bookmark", question, 3)]


def test_a_cursor_is_its_users_own_and_grows_old(
    client: Client, student: Client, topic: str, work: Work, clock: Clock
) -> None:
    _, cursor = everything(student)
    assert client.as_("eve", "student").get(PULL, {"cursor": cursor}).status == 400
    assert student.get(PULL, {"cursor": "x"}).status == 400
    clock.advance(hours=24 * 40)
    renewed = student.get(PULL, {"cursor": cursor}).data
    assert renewed["cursor"] != cursor
    assert not renewed["isSnapshot"]
    clock.advance(hours=24 * 41)
    assert student.get(PULL, {"cursor": cursor}).data["isFirst"]
    assert not student.get(PULL, {"cursor": renewed["cursor"]}).data["isSnapshot"]


def test_no_row_comes_behind_a_reader_however_many_write_at_once(student: Client) -> None:
    """Fifty writers, ten at a time, and a reader who reads on between: it has seen every row in the end."""
    names, seen = [ids.new_id() for _ in range(50)], list[str]()

    def read(times: int) -> None:
        for _ in range(times):
            since = f"{len(seen) + 1:012d}"
            rows = find(SyncChange, user_id=student.user_id, from_sort=since, consistent=True).items
            assert [row.position for row in rows] == list(range(len(seen) + 1, len(seen) + 1 + len(rows)))
            seen.extend(str(row.key) for row in rows)

    for start in range(0, 50, 10):
        writers = [partial(feed.add, student.user_id, "note", name) for name in names[start : start + 10]]
        at_once(*writers, partial(read, 15))
    read(1)
    assert sorted(seen) == sorted(names)
