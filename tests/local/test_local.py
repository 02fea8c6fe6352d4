"""The local stack's own logic: what a change asks for, and what the emulator must be told."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.routes import KIT_FOLDER
from local import emulator, functions, swap
from local.changes import Record
from local.finish import _lifecycle_rule
from local.place import Place
from local.stack import _changed


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, 4599)


def test_streams_are_read_from_the_start_after_a_restart(place: Place) -> None:
    state = place.emulator / "state"
    state.mkdir(parents=True)
    positions = {"__account_region_scoped__": True, "data": {"mapping": 175}}
    (state / "lambda.json").write_text(
        json.dumps({"payload": {"dynamodb_stream_positions": positions, "functions": [1]}})
    )
    emulator.rewind_streams(place)
    payload = json.loads((state / "lambda.json").read_text())["payload"]
    assert payload == {
        "dynamodb_stream_positions": {"__account_region_scoped__": True, "data": {"mapping": 0}},
        "functions": [1],
    }


def test_no_other_cloud_leaks_into_the_programs(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://192.0.2.1")
    environment = place.environment()
    assert "AWS_PROFILE" not in environment
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4599"
    assert environment["AWS_ACCESS_KEY_ID"] == "test"


def test_an_unknown_or_broken_record_means_that_everything_is_new(place: Place) -> None:
    place.record_file.write_text("{")
    assert Record.load(place) == Record()


def test_a_record_survives_being_kept(place: Place) -> None:
    record = Record("shape", "kit", {"exams": "1"}, "demo", ["exams"])
    record.save(place)
    assert Record.load(place) == record


def test_only_changed_domains_are_replaced() -> None:
    before = Record("shape", "kit", {"auth": "1", "exams": "1"})
    assert _changed(before, Record("shape", "kit", {"auth": "1", "exams": "2"})) == ["exams"]
    assert _changed(before, Record("shape", "other", {"auth": "1", "exams": "1"})) == [swap.KIT]


def test_a_package_is_the_same_for_the_same_files(tmp_path: Path) -> None:
    packed = swap._zip(KIT_FOLDER.parent, [KIT_FOLDER])
    assert packed == swap._zip(KIT_FOLDER.parent, [KIT_FOLDER])
    (tmp_path / "kit.zip").write_bytes(packed)
    names = zipfile.ZipFile(tmp_path / "kit.zip").namelist()
    assert "python/lyceum/__init__.py" in names
    assert not any("__pycache__" in name for name in names)


def test_a_lifecycle_rule_is_written_as_the_api_wants_it() -> None:
    declared = {"Id": "quarantine", "Prefix": "quarantine/", "ExpirationInDays": 30, "Status": "Enabled"}
    assert _lifecycle_rule(declared) == {
        "ID": "quarantine",
        "Status": "Enabled",
        "Filter": {"Prefix": "quarantine/"},
        "Expiration": {"Days": 30},
    }


def test_a_function_that_never_ran_has_logged_no_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing(Exception):
        pass

    class Logs:
        exceptions = SimpleNamespace(ResourceNotFoundException=Missing)

        def get_paginator(self, _name: str) -> "Logs":
            return self

        def paginate(self, **_asked: object) -> Iterator[dict[str, Any]]:
            raise Missing
            yield {}

    monkeypatch.setattr(Place, "client", lambda _place, _service: Logs())
    assert functions.errors(Place(Path("nowhere"), 1), "system-http") == []


def test_what_did_not_change_is_the_same_in_every_process() -> None:
    """Otherwise each `make up` would deploy anew."""
    program = "from local.changes import present; print(present())"
    places = {"PYTHONPATH": "layers/lyceum/python:."}
    seen = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, **places, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert seen[0] == seen[1]
