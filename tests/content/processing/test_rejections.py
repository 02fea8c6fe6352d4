"""What is not taken: each refusal is a state with a reason, and the file is out of reach."""

import hashlib
import random

import pytest

from tests.content.conftest import Depot
from tests.content.pictures import END_OF_JPEG, archive, commented, picture, png_of, virus

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"MZ" + b"\0" * 2000, "a program"),
        (b"\x7fELF" + b"\0" * 100, "a program"),
        (b"\xcf\xfa\xed\xfe" + b"\0" * 100, "a program"),
        (b"\xfe\xed\xfa\xce" + b"\0" * 100, "a program"),
        (b"\xca\xfe\xba\xbe" + b"\0" * 100, "a program"),
        (b"#!/bin/sh\necho hello\n", "a script"),
        (archive(), "an archive"),
        (b"\x1f\x8b\x08" + b"\0" * 100, "an archive"),
        (b"name" + b"\0" * 253 + b"ustar\0" + b"\0" * 250, "an archive"),
        (PDF, "application/pdf"),
        (picture(kind="PNG"), "image/png"),
        (b"RIFF\0\0\0\0WAVE", "an unknown kind of file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an unknown kind of file"),
        (virus(), "an unknown kind of file"),
        (b"x", "an unknown kind of file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_renamed_file_is_known_by_its_bytes(depot: Depot, body: bytes, named: str) -> None:
    assert depot.refusal(body) == f"The file was announced as image/jpeg but it is {named}."


def test_a_refusal_names_its_step_and_tells_the_others(depot: Depot) -> None:
    upload_id = depot.send(b"MZ" + b"\0" * 2000)
    depot.process(upload_id)
    shown = depot.shown(upload_id)
    assert [(step["name"], step["state"]) for step in shown["steps"]] == [("receive", "done"), ("identify", "refused")]
    assert depot.keys(upload_id) == [f"quarantine/{depot.client.tenant}/{upload_id}/original"]
    (event,) = depot.events()
    assert (event["name"], event["uploadId"], event["ownerId"]) == ("content.rejected", upload_id, depot.sender.user_id)
    assert event["reason"] == shown["reason"] and event["tenant"] == depot.client.tenant
    assert depot.stored(upload_id).ttl is None


@pytest.mark.parametrize("body", [commented(virus()), picture() + virus()], ids=["inside", "behind"])
def test_a_virus_signature_is_found_in_a_picture(depot: Depot, body: bytes) -> None:
    assert depot.refusal(body) == "The file holds a virus signature."


@pytest.mark.parametrize(
    ("body", "hidden"),
    [
        (picture() + archive(), "an archive"),
        (picture() + archive() + END_OF_JPEG, "an archive"),
        (commented(archive()), "an archive"),
        (picture() + b"PK\x03\x04", "an archive"),
        (commented(PDF), "a PDF document"),
        (picture() + PDF, "a PDF document"),
        (commented(b"<SCRIPT src=x></script>"), "a script"),
        (picture() + b"<?PHP\nsystem();", "a script"),
        (picture() + b"<html>", "a script"),
    ],
)
def test_a_file_that_is_two_things_is_refused(depot: Depot, body: bytes, hidden: str) -> None:
    assert depot.refusal(body) == f"The file hides {hidden}."


@pytest.mark.parametrize(
    ("kind", "end"), [("JPEG", END_OF_JPEG), ("PNG", b"IEND\xaeB`\x82"), ("GIF", b"\x3b"), ("WEBP", b"")]
)
def test_data_behind_the_end_of_a_picture_is_refused(depot: Depot, kind: str, end: bytes) -> None:
    body, content_type = picture(kind=kind), f"image/{kind.lower()}"
    for behind in (b"x" * 1025, b"\0" * 500 + b"x" * 1025, b"x" * 2000 + end):
        assert depot.refusal(body + behind, content_type).startswith("The file goes on behind the end of the image")
    assert depot.settled(body + b"x" * 1024, content_type)["state"] == "ready"


def test_a_false_end_does_not_cover_what_follows(depot: Depot) -> None:
    assert depot.refusal(commented(b"a" + END_OF_JPEG) + b"x" * 2000).startswith("The file goes on")
    assert depot.settled(commented(b"a" + END_OF_JPEG))["state"] == "ready"


@pytest.mark.parametrize(
    ("width", "height"), [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (12_001, 10), (10, 12_001), (8_000, 5_001), (0, 10)]
)
def test_a_picture_that_unpacks_to_too_much_is_refused_by_its_header(depot: Depot, width: int, height: int) -> None:
    reason = depot.refusal(png_of(width, height), "image/png")
    assert reason.startswith("The image is " + ("too large" if width and height else "broken"))


def test_a_jpeg_of_endless_scans_is_refused(depot: Depot) -> None:
    jpeg = picture()
    start = jpeg.index(b"\xff\xda")
    scan = jpeg[start : -len(END_OF_JPEG)]
    assert depot.refusal(jpeg[:start] + scan * 201 + END_OF_JPEG) == "The image is built of too many scans."


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6])
def test_a_picture_that_breaks_off_is_refused(depot: Depot, kind: str, share: float) -> None:
    body = picture(kind=kind)
    reason = depot.refusal(body[: max(16, int(len(body) * share))], f"image/{kind.lower()}")
    assert reason == "The image is broken and can not be read."


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_damage_anywhere_is_a_picture_or_a_refusal(depot: Depot, kind: str) -> None:
    body, dice = picture(90, 60, kind), random.Random(kind)
    for _ in range(12):
        damaged = bytearray(body)
        for at in dice.sample(range(12, len(body)), 4):
            damaged[at] = dice.randrange(256)
        assert depot.settled(bytes(damaged), f"image/{kind.lower()}")["state"] in {"ready", "rejected"}


def test_more_bytes_than_announced_are_refused_unread(depot: Depot) -> None:
    assert depot.refusal(picture(), sizeBytes=len(picture()) - 1) == "The file is larger than was announced."


def test_fewer_bytes_than_announced_are_refused(depot: Depot) -> None:
    size = len(picture())
    expected = f"The file is cut short: {size + 1} bytes were announced and {size} arrived."
    assert depot.refusal(picture(), sizeBytes=size + 1) == expected


def test_the_checksum_that_was_announced_holds(depot: Depot) -> None:
    shown = depot.settled(picture(), sha256=hashlib.sha256(picture()).hexdigest())
    assert ("verify", "done") in [(step["name"], step["state"]) for step in shown["steps"]]
    assert depot.refusal(picture(), sha256="9" * 64) == "The file's checksum is not the one that was announced."


def test_what_is_sent_again_after_a_refusal_is_put_away_too(depot: Depot) -> None:
    upload_id = depot.send(b"MZ" + b"\0" * 2000)
    depot.process(upload_id)
    depot.put(depot.stored(upload_id).key, picture())
    assert depot.process(upload_id) == 0
    assert (depot.shown(upload_id)["state"], depot.places(upload_id), len(depot.events())) == (
        "rejected",
        {"quarantine"},
        1,
    )


def test_a_removed_upload_refused_before_leaves_only_what_is_in_quarantine(depot: Depot) -> None:
    upload_id = depot.send(b"MZ" + b"\0" * 2000)
    depot.process(upload_id)
    assert depot.sender.delete(f"/api/uploads/{upload_id}").status == 200
    assert depot.places(upload_id) == {"quarantine"}
