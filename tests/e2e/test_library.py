"""The library in the deployed stack: every kind of file by a presigned upload, from sender to readers."""

import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.e2e.conftest import Remote, Stack, eventually
from tests.e2e.test_uploads import send

pytestmark = pytest.mark.e2e
SETTLED = {"ready", "failed"}


def samples() -> dict[str, tuple[str, bytes, set[str]]]:
    from tests.content import samples
    from tests.content.pictures import picture

    return {
        "image": ("image/jpeg", picture(), {"320", "800", "1600"}),
        "document": (
            "application/pdf",
            samples.document(image=samples.noise()),
            {"original", "low", "preview", "text"},
        ),
        "video": ("video/mp4", samples.film(), {"original", "low", "preview"}),
        "audio": ("audio/mpeg", samples.recording("a.mp3"), {"original", "low"}),
        "text": ("text/markdown", b"# Cells\n\n*small*", {"original"}),
        "package": ("application/zip", samples.package(), {"original", "structure"}),
    }


def described(author: Remote, content_type: str, body: bytes) -> str:
    asked = {"fileName": "file", "contentType": content_type, "sizeBytes": len(body)}
    slot = author.post("/api/content/upload-url", asked).data
    fields = {
        "uploadId": slot["uploadId"],
        "title": f"Cells, {content_type}",
        "subject": "Biology",
        "gradeLevel": "SS2",
    }
    content_id = str(author.post("/api/content", fields).data["contentId"])
    assert send(slot, body, content_type) in {200, 201, 204}
    return content_id


def settled(author: Remote, content_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        shown: dict[str, Any] = author.get(f"/api/content/{content_id}").data
        return shown if shown["state"] in SETTLED else None

    return eventually(look, "the processing")


@pytest.mark.parametrize("kind", ["image", "document", "video", "audio", "text", "package"])
def test_every_kind_is_processed_and_read(stack: Stack, kind: str) -> None:
    content_type, body, names = samples()[kind]
    author = stack.as_("instructor")
    shown = settled(author, described(author, content_type, body))
    assert (shown["state"], shown["type"], {file["name"] for file in shown["files"]}) == ("ready", kind, names)
    for name in ("original", "low"):
        link = author.get(f"/api/content/{shown['contentId']}/file?variant={name}").data
        with urllib.request.urlopen(link["url"], timeout=30) as answer:
            assert len(answer.read()) == link["sizeBytes"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(link["url"].partition("?")[0], timeout=30)
    assert refused.value.code == 403
    refused.value.close()


def test_an_item_goes_from_draft_to_its_readers(stack: Stack) -> None:
    content_type, body, _ = samples()["image"]
    author, admin, student = stack.as_("instructor"), stack.as_("admin"), stack.as_("student")
    content_id = described(author, content_type, body)
    settled(author, content_id)
    path = f"/api/content/{content_id}"
    assert author.post(f"{path}/submit").status == 200
    assert author.post(f"{path}/verify", {"decision": "approve"}).status == 403
    assert admin.post(f"{path}/verify", {"decision": "approve"}).data["state"] == "verified"
    assert student.get(path).status == 404
    assert admin.post(f"{path}/publish").data["state"] == "published"
    assert content_id in [card["contentId"] for card in stack.api.get("/api/content?subject=biology&sort=newest").data]
    assert student.post(f"{path}/rate", {"stars": 4}).status == 200
    assert student.post(f"{path}/download", {"deviceId": "phone"}).data["counted"]
    counted = eventually(
        lambda: (shown := stack.api.get(path).data).get("rating") == 4 and shown["downloads"] == 1 and shown,
        "the figures",
    )
    assert counted["ratingCount"] == 1
    assert author.send("DELETE", path, None, {}).status == 200
    assert stack.api.get(path).status == 404


def test_a_hostile_file_fails_with_its_reason(stack: Stack) -> None:
    author = stack.as_("instructor")
    shown = settled(author, described(author, "application/pdf", b"%PDF-1.7 and nothing else"))
    assert (shown["state"], shown["reason"]) == ("failed", "The document breaks off before its end.")


def test_a_large_file_comes_in_parts(stack: Stack) -> None:
    author, size = stack.as_("instructor"), (50 << 20) + 1
    slot = author.post(
        "/api/content/upload-url", {"fileName": "a.mp4", "contentType": "video/mp4", "sizeBytes": size}
    ).data
    etags = {}
    for part in slot["multipart"]["parts"]:
        request = urllib.request.Request(part["url"], b"\0" * part["sizeBytes"], method="PUT")
        with urllib.request.urlopen(request, timeout=60) as answer:
            etags[part["number"]] = answer.headers["ETag"]
    listed = author.get(f"/api/uploads/{slot['uploadId']}").data["multipart"]
    assert listed["parts"] == [] and len(listed["received"]) == len(etags)
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in sorted(etags.items())
    )
    request = urllib.request.Request(
        listed["completeUrl"], f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode(), method="POST"
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
    shown = eventually(
        lambda: (each := author.get(f"/api/uploads/{slot['uploadId']}").data)["state"] == "rejected" and each,
        "the verdict",
    )
    assert shown["reason"].startswith("The file was announced as video/mp4")
