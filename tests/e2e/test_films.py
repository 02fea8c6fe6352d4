"""A film in the deployed stack: sent, rendered for slow lines, and played from its playlists by whoever watches."""

import re
import urllib.request

import pytest

from tests.content import samples
from tests.e2e.conftest import Stack, eventually
from tests.e2e.test_uploads import send

pytestmark = pytest.mark.e2e


def test_a_film_is_rendered_and_played(stack: Stack) -> None:
    teacher, stranger = stack.as_("instructor"), stack.as_("second_student")
    body = samples.film(picture="320x240", seconds=2.0)
    asked = {"fileName": "film.mp4", "contentType": "video/mp4", "sizeBytes": len(body)}
    slot = teacher.post("/api/videos/upload", asked).data
    assert send(slot, body, "video/mp4") == 204
    path = f"/api/videos/{slot['uploadId']}"
    eventually(lambda: teacher.get(path).data["state"] in {"ready", "rejected"}, "the film to be rendered", 90)
    shown = teacher.get(path).data
    assert shown["state"] == "ready", shown
    assert {each["name"] for each in shown["renditions"]} >= {"240p"}
    assert shown["poster"]["url"].startswith("http")
    master = teacher.get(f"{path}/stream").text
    assert "stream?rendition=240p" in master
    media = teacher.get(f"{path}/stream?rendition=240p").text
    [link] = set(re.findall(r"^https?://\S+$", media, re.MULTILINE))
    with urllib.request.urlopen(link, timeout=60) as answer:
        assert answer.read()[4:8] == b"ftyp"
    assert teacher.get(f"{path}/stream?rendition=thumbnails").text.startswith("WEBVTT")
    assert stranger.get(path).status == 404
