"""Captions that are written down from a film's sound: only where that is on, once, and found by the same request."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lyceum.kit.aws import clients, transcription
from lyceum.kit.settings import settings
from tests.content import samples
from tests.content.videos.conftest import Cinema
from tests.support.http import Reply

from functions.content.videos import listening

WORDS = ["Water", "boils", ".", "It", "turns", "to", "steam", "and", "rises"]


def heard(words: list[str], seconds: float = 0.25) -> list[dict[str, Any]]:
    """What the service says of words that take so long each; signs have no time."""
    items: list[dict[str, Any]] = []
    begins = 0.0
    for word in words:
        if word in ".,":
            items.append({"type": "punctuation", "alternatives": [{"content": word}]})
            continue
        times = {"start_time": f"{begins:.2f}", "end_time": f"{begins + seconds:.2f}"}
        items.append({"type": "pronunciation", "alternatives": [{"content": word}], **times})
        begins += seconds
    return items


class Service:
    """Transcribe, as far as it is used: jobs by name, which end when they are told to."""

    def __init__(self, cinema: Cinema) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.cinema, self.state, self.items = cinema, "IN_PROGRESS", heard(WORDS)

    def start_transcription_job(self, **wanted: Any) -> None:
        name = wanted["TranscriptionJobName"]
        if name in self.jobs:
            raise ClientError({"Error": {"Code": "ConflictException"}}, "StartTranscriptionJob")
        self.jobs[name] = wanted
        body = json.dumps({"results": {"items": self.items}})
        bucket, key = wanted["OutputBucketName"], wanted["OutputKey"]
        self.cinema.depot.client.cloud.s3.put_object(Bucket=bucket, Key=key, Body=body)

    def get_transcription_job(self, **_: Any) -> Any:
        return {"TranscriptionJob": {"TranscriptionJobStatus": self.state}}

    def delete_transcription_job(self, **wanted: Any) -> None:
        del self.jobs[wanted["TranscriptionJobName"]]


@pytest.fixture
def film(cinema: Cinema) -> str:
    return str(cinema.shown(samples.film(picture="64x48", seconds=3))["videoId"])


@pytest.fixture
def service(cinema: Cinema, monkeypatch: pytest.MonkeyPatch) -> Service:
    made, whole = Service(cinema), clients.client
    monkeypatch.setattr(clients, "client", lambda name: made if name == "transcribe" else whole(name))
    monkeypatch.setattr(listening, "_PATIENCE_SECONDS", 0)
    monkeypatch.setattr(transcription, "_PAUSE_SECONDS", 0)
    monkeypatch.setattr("functions.content.videos.listening.limits.value", lambda _name: 1)
    return made


def ask(cinema: Cinema, film: str, language: str = "en") -> Reply:
    return cinema.owner.put(f"/api/videos/{film}/captions/{language}", {"label": "By machine"})


def test_nobody_listens_unless_that_is_on(cinema: Cinema, film: str) -> None:
    assert ask(cinema, film).error.fields == {"CAPTIONS_BY_HAND"}


def test_a_film_is_written_down_once_and_found_by_the_same_request(cinema: Cinema, film: str, service: Service) -> None:
    for _ in range(2):
        waiting = ask(cinema, film)
        assert (waiting.status, waiting.error.code) == (503, "TRANSCRIPT_NOT_READY")
    [job] = service.jobs.values()
    assert job["LanguageCode"] == "en-US"
    assert job["Media"]["MediaFileUri"].startswith(f"s3://{settings().bucket}/derived/")
    service.state = "COMPLETED"
    made = ask(cinema, film)
    assert (made.status, made.data["cues"]) == (200, 2), made.body
    shown = cinema.owner.get(f"/api/videos/{film}/captions/en").body
    assert "00:00:00.000 --> 00:00:00.500\nWater boils.\n" in shown
    assert "00:00:00.500 --> 00:00:02.000\nIt turns to steam and rises\n" in shown
    assert service.jobs == {}


def test_silence_and_languages_that_nobody_knows_are_said_to_be(cinema: Cinema, film: str, service: Service) -> None:
    assert ask(cinema, film, "yo").error.fields == {"NOT_UNDERSTOOD"}
    assert service.jobs == {}
    service.state, service.items = "COMPLETED", []
    assert ask(cinema, film).error.fields == {"NOT_UNDERSTOOD"}
    service.state = "FAILED"
    assert ask(cinema, film).error.fields == {"NOT_UNDERSTOOD"}


def test_cues_are_short_enough_to_be_read() -> None:
    found = list(listening._in_cues(list(listening._spoken(heard(["word"] * 100, 0.5)))))
    assert sum(each.text.count("word") for each in found) == 100
    assert all(len(each.text) <= 80 and each.ends - each.begins <= 7 for each in found)
