"""Files of a package: under a policy of their own, in parts where they are played, and none but its own."""

import io
import zipfile

import pytest

from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.content.library import ContentItem
from tests.content.samples import package
from tests.integrations.packages.conftest import API, Shelf
from tests.integrations.packages.samples import PAGE, scorm_12

from functions.integrations.packages import archive

SOUND = bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def fresh() -> None:
    archive.forget()


def test_the_page_around_a_unit_has_no_script_and_frames_the_package_alone(shelf: Shelf) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    assert player.launch()["url"] == f"{API}/xapi/play/{player.ticket}"
    page = player.file()
    files = f"{API}/xapi/play/{player.ticket}/"
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"frame-src {files};" in page.headers["Content-Security-Policy"]
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert f'src="{files}one/index.html"' in page.body and 'sandbox="allow-scripts allow-forms"' in page.body
    player.launch(1)
    assert "two/index.html?part=2" in player.file().body


def test_a_page_of_scorm_gets_its_interface_first(shelf: Shelf) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    player.launch()
    page = player.file("one/index.html")
    policy = page.headers["Content-Security-Policy"]
    files = f"{API}/xapi/play/{player.ticket}/"
    assert page.body.startswith(f'<!DOCTYPE html><html><head><script src="{files}~runtime.js"></script><title>')
    assert policy.startswith("sandbox allow-scripts allow-forms;") and "default-src 'none'" in policy
    assert f"connect-src {files} {API}/xapi/runtime/{player.ticket};" in policy
    assert "*" not in policy and "https:" not in policy.replace(API, "")
    assert page.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_with_an_origin_of_its_own_a_package_is_played_there(shelf: Shelf, own_origin: str) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    assert player.launch()["url"].startswith(f"{API}/xapi/play/")
    assert f'src="{own_origin}/xapi/play/{player.ticket}/one/index.html"' in player.file().body
    policy = player.file("one/index.html").headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts allow-forms allow-same-origin;") and API not in policy


def test_files_are_sent_packed_to_those_who_unpack(shelf: Shelf) -> None:
    player, _ = shelf.in_lesson(scorm_12(**{"one/data.json": b"[1, 2, 3]" * 100}))
    player.launch()
    assert player.file("one/data.json").content == b"[1, 2, 3]" * 100
    packed = player.file("one/data.json", accept_encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip" and packed.content == b"[1, 2, 3]" * 100
    assert packed.headers["Content-Type"].lower() == "application/json"


def test_sound_is_sent_in_parts(shelf: Shelf) -> None:
    player, _ = shelf.in_lesson(scorm_12(**{"one/word.mp3": SOUND}))
    player.launch()
    whole = player.file("one/word.mp3")
    assert (whole.status, whole.content) == (200, SOUND)
    part = player.file("one/word.mp3", range="bytes=100-299")
    assert (part.status, part.content) == (206, SOUND[100:300])
    assert part.headers["Content-Range"] == f"bytes 100-299/{len(SOUND)}"
    assert player.file("one/word.mp3", range="bytes=10200-").content == SOUND[10200:]
    assert player.file("one/word.mp3", range="bytes=99999-").status == 416


@pytest.mark.parametrize("path", ["imsmanifest.xm", "../secret", "one/", "ONE/INDEX.HTML", "%2e%2e/x"])
def test_nothing_else_is_there(shelf: Shelf, path: str) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    player.launch()
    assert player.file(path).status == 404


def test_a_website_is_played_and_says_nothing_of_anybody(shelf: Shelf) -> None:
    player, course_id = shelf.in_lesson(package({"index.html": PAGE}))
    launched = player.launch()
    assert launched["format"] == "web" and player.file("index.html").content == PAGE
    assert player.file("~runtime.js").status == 404
    shelf.settle()
    assert player.learner.get(f"/api/courses/{course_id}/progress").data["percent"] == 0


def test_a_large_directory_is_read_whole() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(1500):
            made.writestr(zipfile.ZipInfo(f"{'folder/' * 8}{number:05d}.txt"), str(number))
    body = out.getvalue()
    assert len(body) - archive._directory_at(body) > archive._TAIL_BYTES


def test_a_package_that_was_removed_is_not_there_any_more(shelf: Shelf) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    player.launch()
    assert player.file("one/index.html").status == 200
    files = ContentItem.require(content_id=player.content_id).files
    (key,) = [file["key"] for file in files if file["name"] == "original"]
    shelf.school.client.cloud.s3.delete_object(Bucket=settings().bucket, Key=key)
    assert player.file("two/index.html").error.message == "This package was removed."
    assert player.file("one/index.html").status == 404, "nor is its directory known any more"


@pytest.mark.parametrize("state", ["failed", "deleted"])
def test_what_was_found_to_be_bad_is_launched_no_more(shelf: Shelf, state: str) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    Unit().change(ContentItem.at(content_id=player.content_id), ContentItem.state.set(state)).commit()
    asked = {"lessonId": player.lesson_id}
    assert player.learner.post(f"/xapi/packages/{player.content_id}/launch", asked).status in {404, 422}
