"""Who may watch a film, and how long the links last."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from lyceum.model.content.uploads import Upload
from tests.content.samples import film
from tests.content.videos.conftest import Cinema, course
from tests.support.http import Client

from functions.content.uploads import file_store


def test_a_film_of_a_course_is_for_those_who_teach_and_learn_there(cinema: Cinema, client: Client) -> None:
    student, stranger = client.as_("student"), client.as_("stranger", "student")
    course_id = course(cinema.owner.user_id, student.user_id)
    video_id = cinema.send(film(picture="64x48"), courseId=course_id)
    assert student.get(f"/api/videos/{video_id}").status == 404
    assert cinema.playlist(video_id).error.code == "WRONG_STATE"
    cinema.depot.process(video_id)
    cinema.render()
    for viewer in (cinema.owner, student, client.as_("moderator")):
        assert viewer.get(f"/api/videos/{video_id}").data["state"] == "ready"
        reply = cinema.playlist(video_id, "240p", viewer)
        assert reply.status == 200 and len(reply.cost.operations) <= 2
    for refused in (stranger.get(f"/api/videos/{video_id}"), cinema.playlist(video_id, None, stranger)):
        assert (refused.status, refused.error.code) == (403, "NOT_ENROLLED")


def test_a_film_of_no_course_is_its_owners(cinema: Cinema, client: Client) -> None:
    video_id = cinema.send(film(picture="64x48"))
    cinema.depot.process(video_id)
    cinema.render()
    for other in (client.as_("student"), client.as_("colleague", "instructor")):
        assert other.get(f"/api/videos/{video_id}").status == 404
        assert cinema.playlist(video_id, None, other).status == 404


def test_a_film_of_a_draft_is_hidden_and_anothers_course_takes_none(cinema: Cinema, client: Client) -> None:
    draft = course(cinema.owner.user_id, status="draft")
    video_id = cinema.send(film(picture="64x48"), courseId=draft)
    assert client.as_("student").get(f"/api/videos/{video_id}").status == 404
    wanted = {"fileName": "a.mp4", "contentType": "video/mp4", "sizeBytes": 1000}
    others = course(client.as_("colleague", "instructor").user_id)
    assert cinema.owner.post("/api/videos/upload", wanted | {"courseId": others}).status == 403
    assert client.as_("student").post("/api/videos/upload", wanted).status == 403


def test_other_files_are_no_films(cinema: Cinema) -> None:
    upload_id = cinema.depot.send(b"text", "text/plain", "document")
    assert cinema.owner.get(f"/api/videos/{upload_id}").status == 404
    wanted = {"fileName": "a.png", "contentType": "image/png", "sizeBytes": 1000}
    assert cinema.owner.post("/api/videos/upload", wanted).error.fields == {"TYPE_NOT_ALLOWED"}


def test_a_large_film_comes_in_parts(cinema: Cinema) -> None:
    wanted = {"fileName": "a.mp4", "contentType": "video/mp4", "sizeBytes": 60 * 1024 * 1024}
    slot = cinema.owner.post("/api/videos/upload", wanted).data
    assert len(slot["multipart"]["parts"]) == 4


def test_links_last_as_long_as_the_film_and_a_quarter_of_an_hour(cinema: Cinema) -> None:
    video_id = cinema.shown(film(picture="64x48", seconds=3))["videoId"]
    links = re.findall(r"^http.*$", cinema.playlist(video_id, "240p").body, re.MULTILINE)
    query = parse_qs(urlsplit(links[0]).query)
    assert int(query.get("X-Amz-Expires", ["0"])[0]) == pytest.approx(903, abs=1)


def test_a_film_that_is_removed_leaves_no_file(cinema: Cinema) -> None:
    video_id = cinema.shown(film(picture="64x48"))["videoId"]
    assert cinema.owner.delete(f"/api/uploads/{video_id}").status == 200
    assert cinema.depot.places(video_id) == set()
    assert cinema.owner.get(f"/api/videos/{video_id}").status == 404


def test_every_file_of_a_stream_is_retired_with_its_film(cinema: Cinema) -> None:
    video_id = cinema.shown(film(picture="64x48"))["videoId"]
    file_store.retire(Upload.require(upload_id=video_id))
    assert cinema.depot.places(video_id) == {"retired"}
