"""Films are rendered into what players of every line can play."""

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.content.pictures import opened
from tests.content.samples import film, recording
from tests.content.videos.conftest import Cinema

from functions.content.processing.streaming import streams

_ENCODED = ("-c:v", "libx264", "-preset", "ultrafast")


def frames(body: bytes, folder: Path, kind: str = "v") -> int:
    """Decode a file and count its frames; nothing may be wrong in it."""
    path = folder / "piece.mp4"
    path.write_bytes(body)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-stats", "-i", str(path), "-map", f"0:{kind}"]
    done = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, timeout=60, check=True)
    assert "rror" not in done.stderr, done.stderr
    found = re.findall(r"frame=\s*(\d+)", done.stderr)
    return int(found[-1]) if found else 0


def names(text: str) -> list[str]:
    return re.findall(r"^stream\?rendition=(\w+)$", text, re.MULTILINE)


def test_a_film_is_streamed_in_every_size_that_it_has(cinema: Cinema, tmp_path: Path) -> None:
    shown = cinema.shown(film(picture="1280x720", seconds=14))
    video_id = shown["videoId"]
    assert (shown["state"], shown["progress"]) == ("ready", 1)
    assert shown["durationSeconds"] == pytest.approx(14, abs=0.2)
    sizes = {each["name"]: (each.get("width"), each.get("height")) for each in shown["renditions"]}
    assert sizes == {"240p": (426, 240), "480p": (854, 480), "720p": (1280, 720), "audio": (None, None)}
    assert all(each["bandwidth"] >= each["averageBandwidth"] > 0 for each in shown["renditions"])
    master = cinema.text(video_id)
    assert names(master) == ["audio", "240p", "480p", "720p"]
    assert re.findall(r'CODECS="([^"]+)"', master)[0] == "mp4a.40.2"
    assert all(
        re.fullmatch(r"avc1\.4d[0-9a-f]{4},mp4a\.40\.2", each) for each in re.findall(r'CODECS="([^"]+)"', master)[1:]
    )
    for name in ("240p", "480p", "720p"):
        (piece,) = cinema.assembled(video_id, name)
        assert frames(piece, tmp_path) == 14 * 12
    (sound,) = cinema.assembled(video_id, "audio")
    assert b"taken at home" not in sound
    frames(sound, tmp_path, "a")


def test_segments_begin_at_the_same_moments_in_every_size_and_fit_the_target(cinema: Cinema) -> None:
    video_id = cinema.shown(film(picture="854x480", seconds=14))["videoId"]
    texts = {name: cinema.text(video_id, name) for name in ("240p", "480p", "audio")}
    lengths = {name: [float(each) for each in re.findall(r"#EXTINF:([\d.]+)", text)] for name, text in texts.items()}
    assert lengths["240p"] == lengths["480p"] == [6, 6, 2]
    assert sum(lengths["audio"]) == pytest.approx(14, abs=0.15)
    for name, text in texts.items():
        target = int(re.findall(r"#EXT-X-TARGETDURATION:(\d+)", text)[0])
        assert all(round(each) <= target for each in lengths[name])
        assert text.endswith("#EXT-X-ENDLIST\n") and "{0}" not in text


def test_the_announced_bandwidth_is_never_passed(cinema: Cinema) -> None:
    shown = cinema.shown(film(seconds=14))
    for each in shown["renditions"]:
        text = cinema.text(shown["videoId"], each["name"])
        seconds = [float(found) for found in re.findall(r"#EXTINF:([\d.]+)", text)]
        sizes = [int(found) for found in re.findall(r"#EXT-X-BYTERANGE:(\d+)", text)]
        full = [(size, length) for size, length in zip(sizes, seconds, strict=True) if length >= max(seconds) / 2]
        assert all(size * 8 / length <= each["bandwidth"] for size, length in full)


def test_a_film_has_a_poster_and_a_track_of_thumbnails(cinema: Cinema) -> None:
    shown = cinema.shown(film(seconds=24))
    assert (shown["poster"]["contentType"], shown["poster"]["width"]) == ("image/webp", 640)
    assert opened(cinema.fetch(shown["poster"]["url"])).size == (640, 360)
    reply = cinema.playlist(shown["videoId"], "thumbnails")
    assert reply.headers["Content-Type"] == "text/vtt; charset=utf-8"
    lines = reply.body.splitlines()
    assert lines[0] == "WEBVTT"
    assert [line for line in lines if "-->" in line] == [
        "00:00:00.000 --> 00:00:10.000",
        "00:00:10.000 --> 00:00:20.000",
        "00:00:20.000 --> 00:00:24.000",
    ]
    areas = [line.partition("#xywh=")[2] for line in lines if "#xywh=" in line]
    assert areas == ["0,0,160,90", "160,0,160,90", "320,0,160,90"]
    sheet = next(line for line in lines if "#xywh=" in line)
    assert opened(cinema.fetch(sheet)).size == (8 * 160, 8 * 90)


def test_a_long_film_is_rendered_by_pieces_of_which_none_is_lost(
    cinema: Cinema, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(streams, "PIECE_SECONDS", 6)
    video_id = cinema.send(film(picture="426x240", seconds=15))
    cinema.depot.process(video_id)
    assert cinema.hand_over(cinema.messages()[0]) == 0
    assert cinema.owner.get(f"/api/videos/{video_id}").data["progress"] == 0
    assert cinema.hand_over(cinema.messages()[0]) == 0
    assert cinema.owner.get(f"/api/videos/{video_id}").data["progress"] == pytest.approx(0.33)
    assert cinema.render() == 2
    assert cinema.owner.get(f"/api/videos/{video_id}").data["state"] == "ready"
    text = cinema.text(video_id, "240p")
    assert text.count("#EXT-X-DISCONTINUITY") == 2 and text.count("#EXT-X-MAP") == 3
    assert sum(frames(piece, tmp_path) for piece in cinema.assembled(video_id, "240p")) == 15 * 12
    for name in ("240p", "audio"):
        seconds = [float(each) for each in re.findall(r"#EXTINF:([\d.]+)", cinema.text(video_id, name))]
        assert sum(seconds) == pytest.approx(15, abs=0.2)
    assert cinema.text(video_id, "thumbnails").count("-->") == 3


def test_a_piece_that_comes_again_or_late_changes_nothing(cinema: Cinema, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PIECE_SECONDS", 3)
    video_id = cinema.send(film(picture="64x48", seconds=6))
    cinema.depot.process(video_id)
    cinema.hand_over(cinema.messages()[0])
    first = cinema.messages()[0]
    cinema.hand_over(first)
    again = {**first, "Detail": first["Detail"].replace('"eventId":"0', '"eventId":"1')}
    before = cinema.stored(video_id).version
    assert cinema.hand_over(again) == 0
    assert cinema.stored(video_id).version == before
    cinema.render()
    assert cinema.hand_over(again) == 0
    assert cinema.stored(video_id).state == "ready"


def test_a_film_without_sound_and_one_on_its_side_are_streamed(cinema: Cinema) -> None:
    silent = cinema.shown(recording("a.webm", "-an", "-c:v", "libvpx", picture="180x320"), "video/webm")
    assert [(each["name"], each["width"], each["height"]) for each in silent["renditions"]] == [("240p", 180, 320)]
    assert "AUDIO" not in cinema.text(silent["videoId"])
    assert cinema.playlist(silent["videoId"], "audio").status == 404


def test_sound_that_ends_before_the_pictures_is_silent_to_the_end(cinema: Cinema) -> None:
    body = recording("a.mp4", *_ENCODED, "-af", "atrim=0:2", "-c:a", "aac", seconds=8, picture="64x48")
    video_id = cinema.shown(body)["videoId"]
    seconds = [float(each) for each in re.findall(r"#EXTINF:([\d.]+)", cinema.text(video_id, "audio"))]
    assert sum(seconds) == pytest.approx(8, abs=0.2)


@pytest.mark.parametrize("picture", ["2x2", "1024x16", "16x1024"])
def test_films_of_odd_shapes_end_in_a_state(cinema: Cinema, picture: str) -> None:
    shown = cinema.shown(recording("a.mp4", *_ENCODED, "-pix_fmt", "yuv420p", picture=picture))
    assert shown["state"] in {"ready", "rejected"}


def test_a_film_that_breaks_off_or_hangs_is_refused_with_a_reason(
    cinema: Cinema, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.content.processing import recordings

    shown = cinema.shown(film()[:20_000])
    assert (shown["state"], shown["renditions"]) == ("rejected", []) and shown["reason"]
    monkeypatch.setitem(recordings._SECONDS, "stream", 0.001)
    shown = cinema.shown(film())
    assert (shown["state"], shown["reason"]) == ("rejected", "The recording takes too long to process.")
    assert cinema.depot.places(shown["videoId"]) == {"quarantine"}
