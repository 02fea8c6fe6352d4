"""Audio and video: measured, freed of metadata, made small, and for video a picture.

That is the work of ffmpeg in a process with bounded time and memory. The demuxer is named and only local files may be
opened, so a file can not make ffmpeg read a playlist of other places.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lyceum.kit import sandbox

from functions.content.processing.rejection import Rejected
from functions.content.uploads.variants import Made

_DEMUXERS = {
    "audio/mpeg": "mp3", "audio/mp4": "mov", "audio/ogg": "ogg", "audio/wav": "wav", "audio/flac": "flac",
    "audio/webm": "matroska", "video/mp4": "mov", "video/quicktime": "mov", "video/webm": "matroska",
}  # fmt: skip
_MUXERS = {
    "audio/mpeg": "mp3", "audio/mp4": "ipod", "audio/ogg": "ogg", "audio/wav": "wav", "audio/flac": "flac",
    "audio/webm": "webm", "video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm",
}  # fmt: skip
_LONGEST_SECONDS = {"audio": 3 * 3600, "video": 3600}
_LARGEST_SIDE = 4096
_SECONDS = {"probe": 60, "copy": 90, "low": 600, "picture": 60}
_MEMORY_MB = 2400
_MOST_FILE_MB = 600
_VIDEO = re.compile(r"Stream #0:\d+[^\n]*: Video: (\w+)[^\n]*?, (\d{1,6})x(\d{1,6})")
_AUDIO = re.compile(r"Stream #0:\d+[^\n]*: Audio: (\w+)")
_LENGTH = re.compile(r"^out_time_us=(\d{1,16})$", re.MULTILINE)
_COVER = "(attached pic)"
_BROKEN = "The recording is broken and can not be read."
_SPEECH = ("-c:a", "aac", "-b:a", "32k", "-ac", "1", "-ar", "24000")
_SMALL = (
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-crf",
    "32",
    "-maxrate",
    "200k",
    "-bufsize",
    "400k",
    "-pix_fmt",
    "yuv420p",
)


@dataclass(frozen=True)
class Recording:
    """What is in a file: its length, and the size of its picture where it has one."""

    seconds: float
    width: int | None
    height: int | None


def probe(path: Path, folder: Path, content_type: str) -> Recording:
    """Read a recording through without decoding it; raises Rejected for a broken, empty, too long or too large one."""
    kind = content_type.partition("/")[0]
    wanted = ("-map", "0:v:0?", "-map", "0:a:0?") if kind == "video" else ("-map", "0:a:0?")
    outcome = _ffmpeg(
        "probe", path, folder, content_type, *wanted, "-c", "copy", "-f", "null", "-progress", "pipe:1", "-"
    )
    lines = [line for line in outcome.errors.splitlines() if _COVER not in line]
    video, audio = _VIDEO.search("\n".join(lines)), _AUDIO.search("\n".join(lines))
    lengths = _LENGTH.findall(outcome.output)
    if outcome.code != 0 or not lengths or not int(lengths[-1]) or not (video if kind == "video" else audio):
        raise Rejected(_BROKEN)
    if kind == "audio" and video:
        raise Rejected("The file was announced as a sound recording but it is a video.")
    width, height = (int(video[2]), int(video[3])) if video else (None, None)
    found = Recording(round(int(lengths[-1]) / 1e6, 2), width, height)
    if found.seconds > _LONGEST_SECONDS[kind]:
        raise Rejected(f"The recording is longer than {_LONGEST_SECONDS[kind] // 60} minutes.")
    if max(found.width or 0, found.height or 0) > _LARGEST_SIDE:
        raise Rejected(f"The video is larger than {_LARGEST_SIDE} pixels a side.")
    return found


def copy(path: Path, folder: Path, content_type: str, recording: Recording) -> Made:
    """Write the streams that are played into a fresh container: no metadata, attachments or further streams."""
    streams = ("-map", "0:v:0", "-map", "0:a:0?") if recording.width else ("-map", "0:a:0")
    fast = ("-movflags", "+faststart") if _MUXERS[content_type] in {"mp4", "mov", "ipod"} else ()
    options = (
        *streams,
        "-c",
        "copy",
        "-map_metadata",
        "-1",
        "-map_chapters",
        "-1",
        *fast,
        "-f",
        _MUXERS[content_type],
        "original",
    )
    _succeed("copy", path, folder, content_type, *options)
    return Made("original", folder / "original", content_type, recording.width, recording.height)


def shrink(path: Path, folder: Path, content_type: str, recording: Recording) -> Made:
    """Write the rendition for slow lines: sound at 32 kbit/s in one channel (AAC), video 240 lines high (H.264)."""
    clean = ("-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart", "-f", "mp4", "low")
    if not recording.width or not recording.height:
        _succeed("low", path, folder, content_type, "-map", "0:a:0", *_SPEECH, *clean)
        return Made("low", folder / "low", "audio/mp4")
    picture = ("-map", "0:v:0", "-map", "0:a:0?", "-vf", f"{_scaled(240)},fps=fps=min(source_fps\\,24)", *_SMALL)
    sides = _succeed("low", path, folder, content_type, *picture, *_SPEECH, *clean)
    return Made("low", folder / "low", "video/mp4", *sides)


def preview(path: Path, folder: Path, content_type: str, recording: Recording) -> Made:
    """Write a picture from a tenth into a video, 360 pixels on its shorter side."""
    moment = ("-ss", f"{min(recording.seconds / 10, 5.0):.2f}")
    picture = (
        "-map",
        "0:v:0",
        "-frames:v",
        "1",
        "-vf",
        _scaled(360),
        "-c:v",
        "libwebp",
        "-map_metadata",
        "-1",
        "-f",
        "webp",
        "preview",
    )
    sides = _succeed("picture", path, folder, content_type, *picture, before=moment)
    return Made("preview", folder / "preview", "image/webp", *sides)


def _scaled(side: int) -> str:
    """Bring the shorter side of an upright picture down to a length, both sides to even numbers."""
    least = f"trunc(min({side}\\,min(iw\\,ih))/2)*2"
    return f"scale=w=if(gte(iw\\,ih)\\,-2\\,{least}):h=if(gte(iw\\,ih)\\,{least}\\,-2)"


def _succeed(
    step: str, path: Path, folder: Path, content_type: str, *options: str, before: tuple[str, ...] = ()
) -> tuple[int, int] | tuple[()]:
    """Write a file, named by the last option; returns the size of its picture, if it has one."""
    outcome = _ffmpeg(step, path, folder, content_type, *options, before=before)
    made = folder / options[-1]
    if outcome.code != 0 or not made.exists() or not made.stat().st_size:
        raise Rejected(_BROKEN)
    written = _VIDEO.findall(outcome.errors)
    return (int(written[-1][1]), int(written[-1][2])) if written else ()


def _ffmpeg(
    step: str, path: Path, folder: Path, content_type: str, *options: str, before: tuple[str, ...] = ()
) -> sandbox.Outcome:
    source = ("-protocol_whitelist", "file,pipe", "-f", _DEMUXERS[content_type], *before, "-i", str(path))
    command = [_program(), "-hide_banner", "-nostdin", "-y", "-threads", "2", *source, *options]
    try:
        return sandbox.run(command, folder, seconds=_SECONDS[step], memory_mb=_MEMORY_MB, most_file_mb=_MOST_FILE_MB)
    except sandbox.Overran:
        raise Rejected("The recording takes too long to process.") from None


@cache
def _program() -> str:
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())
