"""The way of a file: a slot is opened, storage takes the file and tells the worker."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from lyceum.kit import clock, ids
from lyceum.kit.settings import settings
from lyceum.kit.table.connection import StorageConnection
from lyceum.model.content.uploads import Upload
from tests.content.pictures import picture
from tests.support.acting import acting
from tests.support.http import LAMBDA, Client

from functions.content.events import processing


@dataclass
class Depot:
    """A sender's slots, the bucket behind them and the worker."""

    client: Client
    operations: list[str] = field(default_factory=list)

    @property
    def sender(self) -> Client:
        """Whoever sends the files."""
        return self.client.as_("instructor")

    def slot(
        self, body: bytes, content_type: str = "image/jpeg", purpose: str = "question_image", **asked: Any
    ) -> dict[str, Any]:
        """Open a slot for a file."""
        wanted = {"purpose": purpose, "fileName": "picture.jpg", "contentType": content_type, "sizeBytes": len(body)}
        opened: dict[str, Any] = self.sender.post("/api/uploads", wanted | asked).data
        return opened

    def send(self, body: bytes, content_type: str = "image/jpeg", purpose: str = "question_image", **asked: Any) -> str:
        """Open a slot and put a file there; returns the upload's id."""
        slot = self.slot(body, content_type, purpose, **asked)
        self.put(slot["fields"]["key"], body)
        return str(slot["uploadId"])

    def put(self, key: str, body: bytes) -> None:
        """Put a file into the bucket, as storage does with a form that it accepts."""
        self.client.cloud.s3.put_object(Bucket=settings().bucket, Key=key, Body=body)

    def record(self, key: str, bucket: str | None = None, event_id: str | None = None) -> dict[str, Any]:
        """Return the queue message that says a file arrived."""
        detail = {
            "version": "0",
            "bucket": {"name": bucket or settings().bucket},
            "object": {"key": key, "size": 1, "etag": "e", "sequencer": "0"},
        }
        envelope = {
            "version": "0", "id": event_id or ids.new_id(), "detail-type": "Object Created", "source": "aws.s3",
            "account": "123456789012", "time": clock.iso(clock.now()), "region": "eu-west-1", "resources": [],
            "detail": detail,
        }  # fmt: skip
        return {"messageId": ids.new_id(), "eventSource": "aws:sqs", "body": json.dumps(envelope)}

    def work(self, *records: dict[str, Any]) -> list[str]:
        """Hand messages to the worker; returns the ids of those that failed."""
        with acting("functions.content.events.processing"):
            answer = processing.handler({"Records": list(records)}, LAMBDA)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def process(self, upload_id: str, **record: Any) -> int:
        """Tell the worker that the file of an upload arrived; returns how many messages failed."""
        return len(self.work(self.record(self.stored(upload_id).key, **record)))

    def stored(self, upload_id: str) -> Upload:
        """Return the record of an upload."""
        return Upload.require(upload_id=upload_id, consistent=True)

    def shown(self, upload_id: str) -> dict[str, Any]:
        """Return what the sender sees of an upload."""
        seen: dict[str, Any] = self.sender.get(f"/api/uploads/{upload_id}").data
        return seen

    def settled(self, body: bytes, *arguments: Any, **asked: Any) -> dict[str, Any]:
        """Send a file, let it be processed and return what its sender sees."""
        upload_id = self.send(body, *arguments, **asked)
        assert self.process(upload_id) == 0
        return self.shown(upload_id)

    def refusal(self, body: bytes, *arguments: Any, **asked: Any) -> str:
        """Send a file that is refused and return the reason; nothing of it may be left but in quarantine."""
        shown = self.settled(body, *arguments, **asked)
        assert (shown["state"], shown["variants"], self.places(shown["uploadId"])) == (
            "rejected",
            [],
            {"quarantine"},
        ), shown
        return str(shown["reason"])

    def keys(self, upload_id: str) -> list[str]:
        """Return the keys of the bucket that belong to an upload."""
        pages = self.client.cloud.s3.get_paginator("list_objects_v2").paginate(Bucket=settings().bucket)
        return [item["Key"] for page in pages for item in page.get("Contents", []) if upload_id in item["Key"]]

    def places(self, upload_id: str) -> set[str]:
        """Return which parts of the bucket hold something of an upload."""
        return {key.split("/")[0] for key in self.keys(upload_id)}

    def variant(self, upload_id: str, name: str) -> bytes:
        """Return the file of a variant."""
        (key,) = [each["key"] for each in self.stored(upload_id).variants if each["name"] == name]
        return bytes(self.client.cloud.s3.get_object(Bucket=settings().bucket, Key=key)["Body"].read())

    def events(self) -> list[dict[str, Any]]:
        """Return the events about uploads that are on their way."""
        entries = self.client.cloud.outbox(self.client.tenant)
        return [
            {"name": entry["DetailType"], **json.loads(entry["Detail"])}
            for entry in entries
            if entry["DetailType"].startswith("content.")
        ]


@pytest.fixture
def depot(client: Client, monkeypatch: pytest.MonkeyPatch) -> Depot:
    """The way of a file, with every storage request noted in `operations`."""
    watched, call = Depot(client), StorageConnection._call_once

    def noted(self: StorageConnection, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        watched.operations.append(name)
        return call(self, name, arguments)

    monkeypatch.setattr(StorageConnection, "_call_once", noted)
    return watched


@dataclass
class Library:
    """Items of the library and the people around them."""

    depot: Depot

    @property
    def client(self) -> Client:
        """Nobody in particular."""
        return self.depot.client

    @property
    def author(self) -> Client:
        """Who writes."""
        return self.depot.sender

    @property
    def verifier(self) -> Client:
        """Another instructor."""
        return self.client.as_("verifier", "instructor")

    def upload(self, body: bytes, content_type: str = "image/jpeg", **asked: Any) -> str:
        """Open a slot of the library and put a file there; returns the upload's id."""
        wanted = {"fileName": "file", "contentType": content_type, "sizeBytes": len(body)}
        slot = self.author.post("/api/content/upload-url", wanted | asked).data
        if "fields" in slot:
            self.depot.put(slot["fields"]["key"], body)
        return str(slot["uploadId"])

    def draft(self, upload_id: str, **said: Any) -> dict[str, Any]:
        """Describe an upload."""
        fields = {"uploadId": upload_id, "title": "Cells", "subject": "Biology", "gradeLevel": "SS2"}
        made: dict[str, Any] = self.author.post("/api/content", fields | said).data
        return made

    def ready(self, body: bytes | None = None, content_type: str = "image/jpeg", **said: Any) -> str:
        """Make an item whose file is processed; returns its id."""
        upload_id = self.upload(body or SMALL, content_type)
        content_id = str(self.draft(upload_id, **said)["contentId"])
        assert self.depot.process(upload_id) == 0
        return content_id

    def verified(self, **said: Any) -> str:
        """Make an item that another instructor approved."""
        content_id = self.ready(**said)
        assert self.author.post(f"/api/content/{content_id}/submit").status == 200
        assert (
            self.verifier.post(f"/api/content/{content_id}/verify", {"decision": "approve"}).data["state"] == "verified"
        )
        return content_id

    def published(self, **said: Any) -> str:
        """Make a published item."""
        content_id = self.verified(**said)
        assert self.client.as_("admin").post(f"/api/content/{content_id}/publish").data["state"] == "published"
        return content_id

    def listed(self, **query: Any) -> list[str]:
        """Return the titles of a public list."""
        return [item["title"] for item in self.client.get("/api/content", query).data]


SMALL = picture(60, 40)


@pytest.fixture
def library(depot: Depot) -> Library:
    """Items of the library."""
    return Library(depot)


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the steps of documents and texts in the test's own process, which is quicker."""
    from functions.content.processing import isolation

    monkeypatch.setattr(isolation, "run_step", lambda step, *arguments: isolation.steps()[step](*arguments))
