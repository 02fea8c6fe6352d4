"""Presigned uploads and what S3's events start."""

import io
import json
import urllib.error
import urllib.request
from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e


def picture() -> bytes:
    from PIL import Image

    image = Image.new("RGB", (900, 600), (30, 90, 160))
    exif = image.getexif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def send(slot: dict[str, Any], body: bytes, content_type: str) -> int:
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in slot["fields"].items()
    ]
    named = 'Content-Disposition: form-data; name="file"; filename="x"'
    head = f"--{boundary}\r\n{named}\r\nContent-Type: {content_type}\r\n\r\n"
    data = b"".join([*parts, head.encode(), body, f"\r\n--{boundary}--\r\n".encode()])
    request = urllib.request.Request(slot["url"], data, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def slot_for(user: Remote, body: bytes) -> dict[str, Any]:
    asked = {
        "purpose": "question_image",
        "fileName": "picture.jpg",
        "contentType": "image/jpeg",
        "sizeBytes": len(body),
    }
    slot: dict[str, Any] = user.post("/api/uploads", asked).data
    return slot


def settled(user: Remote, upload_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        shown: dict[str, Any] = user.get(f"/api/uploads/{upload_id}").data
        return shown if shown["state"] in {"ready", "rejected"} else None

    return eventually(look, "the processing")


def test_a_picture_is_stripped_turned_and_resized(stack: Stack) -> None:
    from PIL import Image

    user, body = stack.as_("instructor"), picture()
    slot = slot_for(user, body)
    assert send(slot, body, "image/jpeg") in {200, 201, 204}
    shown = settled(user, slot["uploadId"])
    assert shown["state"] == "ready", shown
    with urllib.request.urlopen(shown["variants"][0]["url"], timeout=30) as answer:
        small = Image.open(io.BytesIO(answer.read()))
    assert small.format == "WEBP"
    assert small.height > small.width
    assert not small.getexif()
    assert stack.as_("student").get(f"/api/uploads/{slot['uploadId']}").status == 200, "questions show their pictures"


def test_a_renamed_executable_is_quarantined_with_a_reason(stack: Stack) -> None:
    user, body = stack.as_("instructor"), b"MZ" + b"\0" * 2000
    slot = slot_for(user, body)
    assert send(slot, body, "image/jpeg") in {200, 201, 204}
    shown = settled(user, slot["uploadId"])
    assert shown["state"] == "rejected"
    assert shown["reason"]
    keys = [
        item["Key"]
        for item in stack.aws("s3").list_objects_v2(Bucket=stack.output("BucketName")).get("Contents", [])
        if slot["uploadId"] in item["Key"]
    ]
    assert keys
    assert all(key.startswith("quarantine/") for key in keys), json.dumps(keys)


def test_more_bytes_than_declared_are_refused_by_storage(stack: Stack) -> None:
    user = stack.as_("instructor")
    slot = slot_for(user, b"\xff\xd8\xff")
    assert send(slot, b"\xff\xd8\xff" + b"\0" * 1000, "image/jpeg") >= 400
