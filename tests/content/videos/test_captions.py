"""Captions of films: read strictly, listed in the playlists, shown to whoever watches, gone with the film."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.content import samples
from tests.content.videos.conftest import Cinema
from tests.support.http import Reply

from functions.content.videos import webvtt

TEXT = """WEBVTT - made by hand

NOTE
nothing

STYLE
::cue { background: url(https://elsewhere.example/x.png) }

1
00:00.500 --> 00:01.500 align:start line:10% script:yes
<v Ada>Hello</v> & <b>welcome</b> <script>x</script>

00:00:01.500 --> 00:00:02.000
A &lt; B --> C
"""


def put(cinema: Cinema, video_id: str, text: str = TEXT, language: str = "en", **values: str) -> Reply:
    body = {"text": text, "label": "English", **values}
    return cinema.owner.put(f"/api/videos/{video_id}/captions/{language}", body)


@pytest.fixture
def film(cinema: Cinema) -> str:
    return str(cinema.shown(samples.film(picture="64x48", seconds=3))["videoId"])


def test_captions_are_listed_in_the_playlist_and_shown(cinema: Cinema, film: str) -> None:
    assert "SUBTITLES" not in cinema.text(film)
    made = put(cinema, film)
    assert (made.status, made.data) == (200, {"language": "en", "label": "English", "cues": 2})
    put(cinema, film, language="fr", label="Français")
    master = cinema.text(film)
    assert 'TYPE=SUBTITLES,GROUP-ID="captions",NAME="English",LANGUAGE="en"' in master
    assert all('SUBTITLES="captions"' in line for line in master.splitlines() if line.startswith("#EXT-X-STREAM-INF"))
    path = f"/api/videos/{film}"
    listed = cinema.owner.get(f"{path}/stream", {"captions": "en"})
    assert "captions/en\n#EXT-X-ENDLIST" in listed.body
    shown = cinema.owner.get(f"{path}/captions/en")
    assert shown.headers["Content-Type"].startswith("text/vtt")
    assert "elsewhere" not in shown.body
    assert (
        "00:00:00.500 --> 00:00:01.500 align:start line:10%\n<v Ada>Hello</v> &amp; <b>welcome</b> &lt;script&gt;x"
        in shown.body
    )
    assert "A &lt; B → C" in shown.body
    assert [each["language"] for each in cinema.owner.get(path).data["captions"]] == ["en", "fr"]
    assert cinema.owner.delete(f"{path}/captions/fr").status == 200
    assert cinema.owner.delete(f"{path}/captions/fr").status == 404
    assert cinema.owner.get(f"{path}/captions/fr").status == 404
    assert cinema.owner.get(f"{path}/stream", {"captions": "fr"}).status == 404
    assert cinema.owner.delete(f"/api/uploads/{film}").status == 200
    assert cinema.owner.get(f"{path}/captions/en").status == 404


def test_captions_take_the_place_of_earlier_ones(cinema: Cinema, film: str) -> None:
    for words in ("one", "two", "three"):
        made = put(cinema, film, f"WEBVTT\n\n00:00.000 --> 00:01.000\n{words}\n", label=words)
        assert (made.status, made.data["label"]) == (200, words), made.body
        assert f"\n{words}\n" in cinema.owner.get(f"/api/videos/{film}/captions/en").body
    assert [each["label"] for each in cinema.owner.get(f"/api/videos/{film}").data["captions"]] == ["three"]


def test_captions_are_for_those_who_watch_and_changed_by_those_whose_it_is(cinema: Cinema, film: str) -> None:
    put(cinema, film)
    other = cinema.depot.client.as_("other", "instructor")
    assert other.get(f"/api/videos/{film}/captions/en").status == 404
    assert other.put(f"/api/videos/{film}/captions/en", {"text": TEXT, "label": "x"}).status == 404
    assert put(cinema, film, language="english").status == 400
    assert put(cinema, "0" * 26).status == 404


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hello there", "Line 1"),
        ("WEBVTT\n\n", "no cue"),
        ("WEBVTT\n\n1\nhello", "Line 4"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nx", "ends before"),
        ("WEBVTT\n\n00:02.000 --> 00:03.000\nx\n\n00:01.000 --> 00:02.500\ny", "before the one above"),
        ("WEBVTT\n\n00:02.000 --> 99:00:00.000\nx", "after the film"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "x" * 2001, "too long"),
    ],
)
def test_what_is_no_webvtt_is_refused_with_its_line(cinema: Cinema, film: str, text: str, why: str) -> None:
    refused = put(cinema, film, text)
    assert refused.error.fields == {"BROKEN_CAPTIONS"}
    assert why in refused.error.message


def test_a_film_that_is_not_ready_takes_none(cinema: Cinema) -> None:
    video_id = cinema.send(samples.film(picture="64x48"))
    assert put(cinema, video_id).error.code == "WRONG_STATE"


@given(st.text(max_size=300))
def test_whatever_is_read_is_written_so_that_it_is_read_again(words: str) -> None:
    text = f"WEBVTT\n\n00:01.000 --> 00:02.000\n{words}"
    try:
        cues = webvtt.read(text)
    except webvtt.BrokenCaptions:
        return
    again = webvtt.read(webvtt.written(cues))
    assert [each.begins for each in again] == [each.begins for each in cues]
    assert webvtt.written(again) == webvtt.written(cues)
