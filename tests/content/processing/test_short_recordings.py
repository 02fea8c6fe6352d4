"""Recordings that are shorter than a second have a right length and a rendition, whatever they are packed in."""

from pathlib import Path

import pytest

from tests.content.samples import recording

from functions.content.processing import recordings


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.5])
@pytest.mark.parametrize(
    ("name", "content_type", "options"),
    [
        ("a.ogg", "audio/ogg", ("-c:a", "libvorbis")),
        ("a.ogg", "audio/ogg", ("-c:a", "libopus")),
        ("a.mp3", "audio/mpeg", ()),
        ("a.wav", "audio/wav", ()),
        ("a.flac", "audio/flac", ()),
        ("a.m4a", "audio/mp4", ()),
    ],
)
def test_a_short_sound_has_its_length(
    tmp_path: Path, name: str, content_type: str, options: tuple[str, ...], seconds: float
) -> None:
    (tmp_path / name).write_bytes(recording(name, *options, seconds=seconds))
    found = recordings.probe(tmp_path / name, tmp_path, content_type)
    assert found.seconds == pytest.approx(seconds, abs=0.08)
    recordings.copy(tmp_path / name, tmp_path, content_type, found)
    assert recordings.shrink(tmp_path / name, tmp_path, content_type, found).path.stat().st_size > 0
