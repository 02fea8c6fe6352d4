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
    for words in ("first", "second"):
        text = f"WEBVTT\n\n00:00.000 --> 00:01.000\n{words}\n"
        assert teacher.send("PUT", f"{path}/captions/fr", {"text": text, "label": "Français"}, {}).status == 200
    assert "second" in teacher.get(f"{path}/captions/fr").text
    on = {"values": {"captions_by_machine": 1}, "reason": "Tried out end to end"}
    assert stack.as_("super_admin").send("PUT", "/api/admin/settings", on, {}).status == 200
    machine = {"label": "English"}
    eventually(
        lambda: teacher.send("PUT", f"{path}/captions/en", machine, {}).status == 200, "the film to be written down"
    )
    assert "set" in teacher.get(f"{path}/captions/en").text
