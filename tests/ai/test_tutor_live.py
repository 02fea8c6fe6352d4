"""The tutor heard and followed: answers told while they are written, and questions that are spoken."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lyceum.events.ai import TutorSaid
from lyceum.kit import clock as time
from lyceum.kit import ids
from lyceum.kit.aws import clients, transcription
from lyceum.kit.settings import settings
from lyceum.kit.table import write_many
from lyceum.model.content.uploads import Upload
from tests.ai.conftest import PATH, School, ask, lesson, spent
from tests.support.http import Client

from functions.ai.model import voice
from functions.ai.tutor.streaming import whole_sentences


def test_an_answer_is_told_sentence_by_sentence_while_it_is_written(school: School, client: Client) -> None:
    lesson(school)
    reply = ask(school, "When are two sets equal?", stream=True)
    said = reply.data
    assert said["kind"] == "answer"
    published = client.cloud.published(client.tenant)
    told = [json.loads(each["Detail"]) for each in published if each["DetailType"] == TutorSaid.name]
    told.sort(key=lambda each: int(each["number"]))
    assert [{"text": each["text"], "sources": each["sources"]} for each in told] == said["sentences"]
    assert {(each["chatId"], each["lineId"]) for each in told} == {(said["chatId"], said["lineId"])}
    assert spent(school.student.user_id) > 0
    before = len(told)
    assert ask(school, "What are sets? [[uncited]]", stream=True).data["kind"] == "not_in_course"
    assert ask(school, "What are sets? [[down]]", stream=True).error.code == "MODEL_UNAVAILABLE"
    assert ask(school, "What are sets? [[nonsense]]", stream=True).error.code == "MODEL_NONSENSE"
    after = [each for each in client.cloud.published(client.tenant) if each["DetailType"] == TutorSaid.name]
    assert len(after) == before, "what cites nothing is never shown"


def test_only_whole_sentences_of_the_course_are_told() -> None:
    whole = json.dumps({"in_course": True, "sentences": [{"text": "One [a] }.", "sources": ["p1"]}, {"text": "Two?"}]})
    counts = [len(whole_sentences(whole[:length])) for length in range(len(whole) + 1)]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 2)
    assert whole_sentences(whole.replace("true", "false")) == []
    assert whole_sentences('{"in_course": true, "sentences": [{"words": 1}, {"text": "x"}]') == []


class Ear:
    """Writes down what it is told to have heard."""

    def __init__(self, heard: str | None) -> None:
        self.heard, self.asked = heard, list[tuple[str, str, str]]()

    def words(self, name: str, key: str, form: str) -> str | None:
        self.asked.append((name, key, form))
        return self.heard


def recording(user_id: str, seconds: float = 20, kind: str = "audio/ogg") -> str:
    name = ids.new_id()
    upload = Upload(
        upload_id=name, owner_id=user_id, purpose="recording", file_name="note.ogg", content_type=kind, size_bytes=9,
        key="uploads/x", state="ready", variants=[{"name": "low", "key": "derived/x.ogg", "contentType": kind}],
        facts={"durationSeconds": seconds}, expires_at=time.now(),
    )  # fmt: skip
    write_many([upload])
    return name


def test_a_voice_note_is_the_question(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson(school)
    ear = Ear("When are two sets equal?")
    monkeypatch.setattr(voice, "_adapter", ear)
    note = recording(str(school.student.user_id))
    wanted = {"courseId": school.course_id, "voiceUploadId": note}
    said = school.student.post(PATH, wanted).data
    assert (said["kind"], said["heard"]) == ("answer", "When are two sets equal?")
    assert ear.asked[0][1:] == ("derived/x.ogg", "ogg") and note in ear.asked[0][0]
    (chat,) = school.student.get(f"{PATH}/sessions", {"chatId": said["chatId"]}).data
    assert chat["lines"][0]["asked"] == "When are two sets equal?"
    other = school.client.as_("eve", "student")
    assert other.post(PATH, wanted).error.code == "NOT_FOUND"
    assert school.student.post(PATH, {"courseId": school.course_id}).error.code == "VALIDATION_ERROR"
    ear.heard = "I want to die"
    assert school.student.post(PATH, wanted).data["kind"] == "person"


@pytest.mark.parametrize(
    ("seconds", "kind", "heard", "code"),
    [
        (121, "audio/ogg", "Hello", "VOICE_NOTE_TOO_LONG"),
        (9, "image/png", "Hello", "NOT_A_VOICE_NOTE"),
        (9, "audio/ogg", " ", "NOT_UNDERSTOOD"),
        (9, "audio/ogg", None, "NOT_UNDERSTOOD"),
    ],
)
def test_a_voice_note_that_can_not_be_used_is_refused(
    school: School, monkeypatch: pytest.MonkeyPatch, seconds: float, kind: str, heard: str | None, code: str
) -> None:
    monkeypatch.setattr(voice, "_adapter", Ear(heard))
    note = recording(str(school.student.user_id), seconds, kind)
    assert school.student.post(PATH, {"voiceUploadId": note}).error.fields == {code}


class Service:
    """Transcribe, as far as it is used: jobs by name, which end when they are told to."""

    def __init__(self, client: Client) -> None:
        self.jobs: dict[str, str] = {}
        self.client, self.state = client, "IN_PROGRESS"

    def start_transcription_job(self, **wanted: Any) -> None:
        name = wanted["TranscriptionJobName"]
        if name in self.jobs:
            raise ClientError({"Error": {"Code": "ConflictException"}}, "StartTranscriptionJob")
        self.jobs[name] = wanted["OutputKey"]
        body = json.dumps({"results": {"transcripts": [{"transcript": "What is"}, {"transcript": "a set?"}]}})
        self.client.cloud.s3.put_object(Bucket=wanted["OutputBucketName"], Key=wanted["OutputKey"], Body=body)

    def get_transcription_job(self, **_: Any) -> Any:
        return {"TranscriptionJob": {"TranscriptionJobStatus": self.state}}

    def delete_transcription_job(self, **wanted: Any) -> None:
        del self.jobs[wanted["TranscriptionJobName"]]


def test_a_note_that_takes_long_is_found_by_the_same_request_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(client)
    whole = clients.client
    monkeypatch.setattr(voice.clients, "client", lambda name: service if name == "transcribe" else whole(name))
    monkeypatch.setattr(voice, "_PATIENCE_SECONDS", 0)
    monkeypatch.setattr(transcription, "_PAUSE_SECONDS", 0)
    with pytest.raises(transcription.TranscriptNotReady):
        voice.Transcribe().words("note", "derived/x.ogg", "ogg")
    service.state = "COMPLETED"
    (key,) = service.jobs.values()
    assert voice.Transcribe().words("note", "derived/x.ogg", "ogg") == "What is a set?"
    assert service.jobs == {}
    with pytest.raises(client.cloud.s3.exceptions.NoSuchKey):
        client.cloud.s3.get_object(Bucket=settings().bucket, Key=key)
    service.state = "FAILED"
    assert voice.Transcribe().words("other", "derived/x.ogg", "ogg") is None
