"""Both clients against the deployed stack over a line that breaks: nothing is lost, nothing is done twice."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lyceum.kit import ids
from tests.clients.drivers import COMMANDS, TYPESCRIPT, Driver, DriverError
from tests.clients.fault_proxy import FaultProxy
from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e
PATIENCE = 0.05
"""Factor of all pauses: what is held here is that something is sent again, not how long the clients wait."""
CLIENTS = ["python", pytest.param("typescript", marks=pytest.mark.skipif(not TYPESCRIPT.exists(), reason="not there"))]


@pytest.fixture(params=CLIENTS)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def line(stack: Stack) -> Iterator[FaultProxy]:
    with FaultProxy(stack.facts["apiUrl"], seed=31, host=stack.host) as proxy:
        yield proxy


@pytest.fixture
def driver(language: str) -> Iterator[Driver]:
    with Driver(COMMANDS[language]) as made:
        yield made


def opened(driver: Driver, stack: Stack, line: FaultProxy, person: str, **options: Any) -> Remote:
    """Open a client on the line as one of the people, and return them as they are without the line."""
    account = stack.facts["accounts"][person]
    driver.do("open", baseUrl=line.url, liveUrl=stack.facts["wsUrl"], patience=PATIENCE, **options)
    driver.do_until("signIn", identifier=account["email"], password=account["password"])
    return stack.as_(person)


def notes_of(student: Remote, topic: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = student.get(f"/api/notes?topicId={topic}&limit=50{cursor}").json
        found += answer["data"]
        if not answer["pagination"]["hasNext"]:
            return found
        cursor = f"&cursor={answer['pagination']['nextCursor']}"


def test_what_is_asked_for_is_done_once(driver: Driver, stack: Stack, line: FaultProxy, topics: list[str]) -> None:
    student, mark = opened(driver, stack, line, "student"), ids.new_id()
    for number in range(10):
        body = {"topicId": topics[0], "text": f"{mark} {number}"}
        driver.do_until("call", operation="makeNote", body=body, key=f"{mark}-{number}")
    for half in range(2):
        requests = [
            {"operation": "makeNote", "body": {"topicId": topics[0], "text": f"{mark} {10 + 3 * half + each}"}}
            for each in range(3)
        ]
        results = driver.do("batch", requests=requests)["results"]
        assert [each["status"] for each in results] == [201] * 3
    made = [note["text"] for note in notes_of(student, topics[0]) if mark in note["text"]]
    assert sorted(made) == sorted(f"{mark} {number}" for number in range(16))
    read = driver.do_until("all", operation="listNotes", query={"topicId": topics[0], "limit": 5})["items"]
    seen = [note["text"] for note in read if mark in note["text"]]
    assert sorted(seen) == sorted(made)
    assert sum(line.done.values()) >= 3, line.done
    with pytest.raises(DriverError) as caught:
        driver.do_until("call", operation="showLesson", path={"lessonId": ids.new_id()})
    assert (caught.value.code, caught.value.status) == ("NOT_FOUND", 404)


def test_what_was_done_without_a_line_counts_once(
    driver: Driver, language: str, stack: Stack, line: FaultProxy, topics: list[str], tmp_path: Path
) -> None:
    storage = str(tmp_path / "device")
    student, mark = opened(driver, stack, line, "second_student", storage=storage), ids.new_id()
    driver.do_until("sync")
    driver.do("offline", on=True)
    keys = [ids.new_id() for _ in range(12)]
    for key in keys:
        driver.do("queue", operation={"type": "note.create", "key": key, "value": text(topics[0], f"{mark} {key}")})
    driver.do("queue", operation={"type": "note.update", "key": keys[0], "value": {"isDone": True}})
    driver.do("queue", operation={"type": "note.remove", "key": keys[1]})
    driver.do("queue", operation={"type": "bookmark.set", "key": ids.new_id(), "value": {"mark": "difficult"}})
    with pytest.raises(DriverError) as caught:
        driver.do("sync")
    assert (caught.value.code, caught.value.status) == ("NETWORK", 0)
    shown = driver.do("state")
    assert shown["queueLength"] == 15
    assert {row["key"] for row in shown["rows"]["note"]} >= set(keys) - {keys[1]}
    with Driver(COMMANDS[language]) as again:
        again.do("open", baseUrl=line.url, patience=PATIENCE, storage=storage)
        assert again.do("state")["queueLength"] == 15, "what waits outlives the process"
        line.share = 0.5
        outcome = settled(again)
    assert outcome["queueLength"] == 0
    stored = {note["noteId"]: note for note in notes_of(student, topics[0]) if mark in note["text"]}
    assert set(stored) == set(keys) - {keys[1]}
    assert stored[keys[0]]["isDone"]
    assert {note["version"] for key, note in stored.items() if key != keys[0]} == {1}
    assert {row["key"] for row in outcome["rows"]["note"]} >= set(stored)
    assert not any(row["key"] == keys[1] for row in outcome["rows"]["note"])
    assert outcome["rows"].get("bookmark", []) == [], "what was refused is rolled back"


def test_files_arrive_whole(driver: Driver, stack: Stack, line: FaultProxy, tmp_path: Path) -> None:
    teacher = opened(driver, stack, line, "instructor")
    place = tmp_path / "picture.jpg"
    place.write_bytes(picture())
    sent = driver.do_until("upload", file=str(place), purpose="question_image", contentType="image/jpeg")
    upload_id = sent["upload"]["uploadId"]

    def is_ready() -> bool:
        state = teacher.get(f"/api/uploads/{upload_id}").data["state"]
        assert state != "rejected"
        return bool(state == "ready")

    eventually(is_ready, "the picture is processed")
    assert sent["progress"][-1] >= place.stat().st_size
    large = tmp_path / "film.mp4"
    large.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(51 * 1024 * 1024))
    line.share = 0.2
    sent = driver.do_until("upload", file=str(large), purpose="lesson", contentType="video/mp4")
    shown = teacher.get(f"/api/uploads/{sent['upload']['uploadId']}").data
    assert shown["state"] != "waiting"
    assert shown["sizeBytes"] == large.stat().st_size
    assert sent["progress"] == sorted(sent["progress"])


def test_updates_come_over_a_line_that_breaks(
    driver: Driver, stack: Stack, line: FaultProxy, topics: list[str]
) -> None:
    opened(driver, stack, line, "student")
    driver.do("live", topics=["everybody"])

    def is_told() -> bool:
        note = {"type": "note.create", "key": ids.new_id(), "value": text(topics[0], "Told.")}
        driver.do("queue", operation=note)
        settled(driver)
        return any(event.get("event") == "sync.status" for event in driver.do("events")["events"])

    eventually(is_told, "the socket tells of the push", seconds=20)
    numbers = [(event["channel"], event["id"]) for event in driver.do("events")["events"]]
    assert len(numbers) == len(set(numbers)), "each event comes once"


def text(topic: str, words: str) -> dict[str, Any]:
    return {"topicId": topic, "text": words}


def settled(driver: Driver) -> dict[str, Any]:
    """Sync until nothing waits, and once more for what the server tells; returns the device's state."""
    for _ in range(30):
        driver.do_until("sync")
        if driver.do("state")["queueLength"] == 0:
            break
    driver.do_until("sync")
    shown: dict[str, Any] = driver.do("state")
    return shown


def picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (640, 480), (30, 90, 160)).save(out, "JPEG")
    return out.getvalue()
