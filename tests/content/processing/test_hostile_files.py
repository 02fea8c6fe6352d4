"""Hostile files of every kind: each is processed or rejected with a reason, and none breaks the worker."""

import io
import random
import struct
import zipfile
from typing import Any

import pikepdf
import pytest

from tests.content.conftest import Library
from tests.content.pictures import archive, virus
from tests.content.processing.test_kinds import sent
from tests.content.samples import ZIP_PAGE, action, document, film, locked, package, recording, with_attachment

PROGRAM = b"MZ" + b"\0" * 76 + b"This program cannot be run in DOS mode" + b"\0" * 400


def refusal(library: Library, body: bytes, content_type: str) -> str:
    shown = sent(library, body, content_type)
    assert (shown["state"], shown["variants"], library.depot.places(shown["uploadId"])) == (
        "rejected",
        [],
        {"quarantine"},
    ), shown
    assert not any(word in shown["reason"] for word in ("tmp/", "Traceback", "Error", "uploads/")), shown["reason"]
    return str(shown["reason"])


def spoiled(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize(
    ("root", "what"),
    [
        ({"OpenAction": action("JavaScript", JS="app.alert(1)")}, "scripts"),
        ({"AA": pikepdf.Dictionary(WC=action("Launch", F="cmd.exe"))}, "an action that starts a program"),
        ({"OpenAction": action("GoToE", F="x.pdf")}, "an embedded file"),
        ({"OpenAction": action("ImportData", F="x.fdf")}, "an action that loads a file"),
        ({"OpenAction": action("URI", URI="file:///etc/passwd")}, "a link to a place that is not on the web"),
        ({"AcroForm": pikepdf.Dictionary(XFA="<xdp/>")}, "an active form"),
        ({"Names": pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[]))}, "scripts"),
        (
            {"Extra": pikepdf.Array([pikepdf.Array([pikepdf.Dictionary(X=pikepdf.Array([action("Movie")]))])])},
            "embedded media",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_document_that_acts_is_refused(library: Library, root: dict[str, Any], what: str) -> None:
    assert refusal(library, document(**root), "application/pdf") == f"The document holds {what}."


@pytest.mark.usefixtures("in_process")
def test_documents_that_hide_are_refused(library: Library) -> None:
    for body, reason in (
        (locked(), "The document is protected by a password."),
        (with_attachment(), "The document holds an embedded file."),
        (document() + archive(), "The file hides an archive."),
        (document() + PROGRAM, "The file hides a program."),
        (document() + virus(), "The file holds a virus signature."),
        (b"%PDF-1.7 and nothing else", "The document breaks off before its end."),
        (b"%PDF-1.7 and nothing else %%EOF", "The document is broken and can not be read."),
        (b"<html>" + document(), "The file was announced as application/pdf but it is an unknown kind of file."),
    ):
        assert refusal(library, body, "application/pdf") == reason


@pytest.mark.usefixtures("in_process")
def test_a_document_with_names_written_otherwise_is_refused_too(library: Library) -> None:
    body = spoiled(document(OpenAction=action("JavaScript", JS="x")), b"/JavaScript", b"/J#61v#61Script")
    assert refusal(library, spoiled(body, b"/JS ", b"/J#53 "), "application/pdf") == "The document holds scripts."


@pytest.mark.usefixtures("in_process")
def test_a_page_of_absurd_size_or_a_picture_that_unpacks_to_too_much_does_no_harm(library: Library) -> None:
    huge = spoiled(document(), b"300 400", b"99999 99999")
    assert refusal(library, huge, "application/pdf") == "The document's first page has no sensible size."
    bomb = pikepdf.open(io.BytesIO(document()))
    stream = bomb.make_stream(
        b"\0" * 20_000, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=90_000, Height=90_000,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
    )  # fmt: skip
    bomb.pages[0].Resources.XObject = pikepdf.Dictionary(Im1=stream)
    out = io.BytesIO()
    bomb.save(out)
    assert sent(library, out.getvalue(), "application/pdf")["state"] in {"ready", "rejected"}


@pytest.mark.parametrize(
    ("files", "changes", "reason"),
    [
        ({"page.html": b"x"}, {}, "The package has no index.html at its root."),
        ({"../index.html": b"x"}, {}, "The package has a file with a forbidden path."),
        ({"/index.html": b"x"}, {}, "The package has a file with a forbidden path."),
        ({"a\\..\\index.html": b"x"}, {}, "The package has a file with a forbidden path."),
        ({"C:index.html": b"x"}, {}, "The package has a file with a forbidden path."),
        ({"/".join("abcdefghijklm") + "/x.html": b"x"}, {}, "The package has a file with a forbidden path."),
        ({**ZIP_PAGE, "INDEX.html": b"x"}, {}, "The package has two files of one name."),
        ({**ZIP_PAGE, "a.html": b"x", "A.html/b.txt": b"x"}, {}, "The package has a file inside another file."),
        ({**ZIP_PAGE, "run.exe": b"x"}, {}, "The package has a file of a kind that is not taken: .exe."),
        ({**ZIP_PAGE, "more.zip": archive()}, {}, "The package has a file of a kind that is not taken: .zip."),
        ({**ZIP_PAGE, "Makefile": b"x"}, {}, "The package has a file of a kind that is not taken: without extension."),
        ({**ZIP_PAGE, "a.png": PROGRAM}, {}, "The package's file 'a.png' is a program."),
        ({**ZIP_PAGE, "a.txt": virus()}, {}, "The file holds a virus signature."),
        ({**ZIP_PAGE, "a.html": b"<?php eval($_GET[1]);"}, {}, "The file hides a script."),
        ({**ZIP_PAGE, "a.txt": b"\0" * (3 << 20)}, {}, "The package has a file that unpacks to far more than it is."),
        ({**ZIP_PAGE, "a.txt": b"\0" * ((20 << 20) + 1)}, {}, "The package has a file of more than 20 MiB."),
        ({**ZIP_PAGE, **{f"{number}.txt": b"" for number in range(2001)}}, {}, "The package has more than 2000 files."),
        (ZIP_PAGE, {"external_attr": 0o120777 << 16}, "The package has a link or a special file."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_package_with_something_wrong_is_refused(
    library: Library, files: dict[str, bytes], changes: dict[str, Any], reason: str
) -> None:
    assert refusal(library, package(files, **changes), "application/zip").startswith(reason.removesuffix("."))


def test_packages_that_lie_about_themselves_are_refused(library: Library) -> None:
    good = package()
    end = good.rindex(b"PK\x01\x02")
    locked_member = bytearray(package({"index.html": b"x" * 50}))
    place = locked_member.rindex(b"PK\x01\x02")
    struct.pack_into("<H", locked_member, place + 8, 1)
    smaller = bytearray(good)
    struct.pack_into("<I", smaller, good.index(b"PK\x01\x02") + 24, 1)
    overlapping = bytearray(good)
    struct.pack_into("<I", overlapping, end + 42, 1)
    for body in (
        bytes(locked_member),
        bytes(smaller),
        bytes(overlapping),
        good[:-30],
        good[:60],
        b"PK\x03\x04" + b"\0" * 500,
        PROGRAM + good,
    ):
        assert refusal(library, body, "application/zip")


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", b"\x00\x01binary"), ("text/plain", b"\xff\xfe\x00"), ("text/html", b"%PDF-1.7"),
        ("text/plain", virus()), ("text/plain", PROGRAM), ("text/plain", b"\x7fELF\0\0"), ("text/markdown", archive()),
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused(library: Library, content_type: str, body: bytes) -> None:
    assert refusal(library, body, content_type)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize(
    "body",
    ["> " * 20_000 + "x", "[" * 50_000, "<div>" * 5_000, "&#" * 50_000, "*a " * 20_000],
    ids=lambda body: body[:5],
)
def test_markup_made_to_be_slow_is_not(library: Library, body: str) -> None:
    for content_type in ("text/markdown", "text/html"):
        assert sent(library, body.encode(), content_type)["state"] == "ready"


def test_markup_nested_without_end_is_given_up(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.content.processing import isolation

    monkeypatch.setattr(isolation, "_SECONDS", 0.01)
    assert refusal(library, b"<div>" * 300_000, "text/html") == "The file takes too long to process."


def test_recordings_that_are_none_are_refused(library: Library) -> None:
    sound = recording("a.m4a")
    for body, content_type in (
        (film()[:3000], "video/mp4"),
        (b"\0\0\0\x20ftypisom" + b"\0" * 3000, "video/mp4"),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 3000, "video/webm"),
        (b"OggS" + b"\0" * 3000, "audio/ogg"),
        (b"ID3\x04" + b"\0" * 3000, "audio/mpeg"),
        (sound, "video/mp4"),
        (film(), "audio/mp4"),
        (film() + archive(), "video/mp4"),
        (film() + PROGRAM, "video/mp4"),
        (film() + virus(), "video/mp4"),
        (recording("a.mp3"), "audio/ogg"),
        (b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "video/mp4"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "audio/mpeg"),
    ):
        assert refusal(library, body, content_type), content_type


def test_a_film_that_is_too_large_or_too_long_is_refused(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.content.processing import recordings

    monkeypatch.setitem(recordings._LONGEST_SECONDS, "video", 0.5)
    assert refusal(library, film(), "video/mp4").startswith("The recording is longer than")
    monkeypatch.setitem(recordings._LONGEST_SECONDS, "video", 60)
    monkeypatch.setattr(recordings, "_LARGEST_SIDE", 600)
    assert refusal(library, film(), "video/mp4") == "The video is larger than 600 pixels a side."


def test_a_step_that_hangs_or_eats_memory_ends_in_a_refusal(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.content.processing import isolation, recordings

    monkeypatch.setattr(isolation, "_SECONDS", 0.01)
    assert refusal(library, document(), "application/pdf") == "The file takes too long to process."
    monkeypatch.setattr(isolation, "_SECONDS", 60)
    monkeypatch.setattr(isolation, "_MEMORY_MB", 30)
    assert refusal(library, document(), "application/pdf").startswith("The file ")
    monkeypatch.setitem(recordings._SECONDS, "probe", 0.001)
    assert refusal(library, film(), "video/mp4") == "The recording takes too long to process."


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize(
    ("make", "content_type"),
    [(document, "application/pdf"), (package, "application/zip"), (lambda: recording("a.mp3"), "audio/mpeg")],
)
def test_damage_anywhere_is_processed_or_refused(library: Library, make: Any, content_type: str) -> None:
    body, dice = make(), random.Random(content_type)
    for _ in range(4):
        damaged = bytearray(body)
        for at in dice.sample(range(12, len(body)), 6):
            damaged[at] = dice.randrange(256)
        assert sent(library, bytes(damaged), content_type)["state"] in {"ready", "rejected"}


def test_an_archive_of_an_archive_is_no_package(library: Library) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as outer:
        outer.writestr("index.html", package())
    assert sent(library, out.getvalue(), "application/zip")["state"] in {"ready", "rejected"}
