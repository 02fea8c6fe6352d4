"""A killed emulator loses no more than what came after its last checkpoint, and says so."""

import json
from pathlib import Path
from typing import Any

import pytest

from local import emulator, functions
from local.emulated import PAUSE_SECONDS, Checkpoints
from local.place import ROOT, LocalFailure, Place
from local.summary import summary


def as_json(name: str, state: Any) -> str:
    return json.dumps({name: state})


def test_only_what_changed_is_written_and_each_file_is_whole(tmp_path: Path) -> None:
    state = {"items": 1}
    checkpoints = Checkpoints(tmp_path, lambda: {"table": lambda: state, "idle": lambda: None}, as_json)
    assert checkpoints.write() == ["table"]
    assert checkpoints.write() == []
    state["items"] = 2
    assert checkpoints.write() == ["table"]
    assert json.loads((tmp_path / "table.json").read_text()) == {"table": {"items": 2}}
    assert [file.name for file in tmp_path.iterdir()] == ["table.json"]


def test_a_state_that_changes_meanwhile_waits_and_stops_no_other(tmp_path: Path) -> None:
    def restless() -> Any:
        raise RuntimeError("dictionary changed size during iteration")

    checkpoints = Checkpoints(tmp_path, lambda: {"restless": restless, "table": dict}, as_json)
    assert checkpoints.write() == ["table"]


def test_less_than_a_minute_is_lost() -> None:
    assert PAUSE_SECONDS < 60


def test_an_emulator_that_ended_by_itself_is_noticed(tmp_path: Path) -> None:
    place = Place(tmp_path, 4599)
    assert not emulator.was_killed(place)
    place.emulator.mkdir()
    (place.emulator / "pid").write_text(str(2**22 + 1))  # above the greatest id of a process
    assert emulator.was_killed(place)


@pytest.mark.parametrize("look", ["logs", "invoke"])
def test_a_stack_that_is_down_is_said_to_be(tmp_path: Path, look: str) -> None:
    place = Place(tmp_path, 4599)

    def ask() -> None:
        if look == "logs":
            functions.print_log(place, "system", 15, follow=False)
        else:
            functions.invoke(place, ROOT / "events/system/http-health.json")

    with pytest.raises(LocalFailure, match="there is no local stack"):
        ask()
    place.stack_file.write_text("{}")
    with pytest.raises(LocalFailure, match="the local stack is down"):
        ask()


def test_the_summary_names_mailbox_texts_and_docs(tmp_path: Path) -> None:
    stack = {"apiUrl": "http://a", "wsUrl": "ws://a", "docsUrl": "http://a/docs", "accounts": {}}
    said = summary(Place(tmp_path, 4599), stack, 1)
    assert "http://127.0.0.1:4599/_ministack/ses/messages" in said
    assert "http://127.0.0.1:4599/_ministack/sns/sms-messages" in said
    assert "http://a/docs" in said
