"""Audio and video: measured, freed of metadata, made small, and for video a picture.

That is the work of ffmpeg in a process with bounded time and memory. The demuxer is named and only local files may be
opened, so a file can not make ffmpeg read a playlist of other places.
"""

import re
from functools import cache
from pathlib import Path

from lyceum.kit import sandbox
from lyceum.kit.frozen import frozen

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
_SECONDS = {"probe": 60, "copy": 90, "low": 600, "picture": 60, "stream": 780}
_MEMORY_MB = 2400
_MOST_FILE_MB = 600
_VIDEO = re.compile(r"Stream #0:\d+[^\n]*: Video: (\w+)[^\n]*?, (\d{1,6})x(\d{1,6})")
_AUDIO = re.compile(r"Stream #0:\d+[^\n]*: Audio: (\w+)")
_LENGTH = re.compile(r"^out_time_us=(\d{1,16})$", re.MULTILINE)
_FRAMES = re.compile(r"^frame=(\d{1,9})$", re.MULTILINE)
_ANNOUNCED = re.compile(r"^  Duration: (\d{2,4}):(\d\d):(\d\d\.\d\d)", re.MULTILINE)
_ROTATION = re.compile(r"rotation of (-?\d{1,3})(?:\.\d+)? degrees")
_CUT = ("partial file", "Packet corrupt", "File ended prematurely")
_ESTIMATED = "Estimating duration from bitrate"
_SHORTEST_SECONDS = 0.01
_SOUGHT_FROM_SECONDS = 2.0
_MOST_MISSING_SECONDS, _MOST_MISSING_SHARE = 1.0, 0.1
_COVER = "(attached pic)"
BROKEN = "The recording is broken and can not be read."
_FLAT_VIEW = "v360=input=equirect:output=flat:h_fov=90:v_fov=58.7:w=640:h=360"
"""What somebody sees who looks to the middle of a film all around."""
SPEECH = ("-c:a", "aac", "-b:a", "32k", "-ac", "1", "-ar", "24000")
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


@frozen
class Recording:
    """What is in a file: its length, and the size of its picture where it has one, as it is seen.

    Attributes:
        codecs: What its streams are encoded by.
    """

    seconds: float
    width: int | None
    height: int | None
    codecs: tuple[str, ...] = ()


def probe(path: Path, folder: Path, content_type: str) -> Recording:
    """Read a recording through without decoding it.

    Raises Rejected for one that is broken, breaks off, is empty, too long or too large, or lacks what was announced.
    """
    kind = content_type.partition("/")[0]
    wanted = ("-map", "0:v:0?", "-map", "0:a:0?") if kind == "video" else ("-map", "0:a:0?")
    read = ("-f", "null", "-progress", "pipe:1", "-")
    outcome = ffmpeg("probe", path, folder, content_type, *wanted, "-c", "copy", *read)
    lines = [line for line in outcome.errors.splitlines() if _COVER not in line]
    video, audio = _VIDEO.search("\n".join(lines)), _AUDIO.search("\n".join(lines))
    if kind == "video" and audio and not video:
        raise Rejected("The file was announced as a video but it holds sound alone.")
    seconds = _seconds(outcome)
    if seconds > _LONGEST_SECONDS[kind] >= _announced(outcome):  # a first packet before 0 is counted as one after 2^32
        seconds = _seconds(ffmpeg("probe", path, folder, content_type, *wanted, *read))
    if outcome.code != 0 or not seconds or not (video if kind == "video" else audio):
        raise Rejected(BROKEN)
    if kind == "audio" and video:
        raise Rejected("The file was announced as a sound recording but it is a video.")
    width, height = (int(video[2]), int(video[3])) if video else (None, None)
    if _is_on_its_side(outcome.errors):
        width, height = height, width
    codecs = tuple(match[1] for match in (video, audio) if match)
    found = Recording(seconds, width, height, codecs)
    if found.seconds > _LONGEST_SECONDS[kind]:
        raise Rejected(f"The recording is longer than {_LONGEST_SECONDS[kind] // 60} minutes.")
    if max(found.width or 0, found.height or 0) > _LARGEST_SIDE:
        raise Rejected(f"The video is larger than {_LARGEST_SIDE} pixels a side.")
    return found


def _seconds(outcome: sandbox.Outcome) -> float:
    """Return how long a recording is, 0 for an empty one; raises Rejected for one that breaks off before its end.

    What is read ends where the last packet begins, so of a short recording the container's own word is taken when both
    agree but for a second.
    """
    lengths, frames = _LENGTH.findall(outcome.output), _FRAMES.findall(outcome.output)
    read = int(lengths[-1]) / 1e6 if lengths else 0.0
    announced = _announced(outcome)
    is_estimate = _ESTIMATED in outcome.errors
    missing = 0.0 if is_estimate else announced - read
    if any(mark in outcome.errors for mark in _CUT) or (
        read and missing > max(_MOST_MISSING_SECONDS, _MOST_MISSING_SHARE * announced)
    ):
        raise Rejected("The recording breaks off before its end.")
    if not read and not (frames and int(frames[-1])):
        return 0.0
    longest = announced if 0 < missing <= _MOST_MISSING_SECONDS else read
    return round(max(longest, _SHORTEST_SECONDS), 2)


def _announced(outcome: sandbox.Outcome) -> float:
    """Return how long a recording says it is, 0 where it does not."""
    said = _ANNOUNCED.search(outcome.errors)
    return int(said[1]) * 3600 + int(said[2]) * 60 + float(said[3]) if said else 0.0


def _is_on_its_side(errors: str) -> bool:
    """Say whether players turn the picture by a quarter."""
    turn = _ROTATION.search(errors)
    return turn is not None and abs(int(turn[1])) in {90, 270}


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
    try:
        _succeed("copy", path, folder, content_type, *options)
    except Rejected:
        held = " and ".join(recording.codecs)
        raise Rejected(f"The recording holds {held}, which {content_type} does not; please convert it.") from None
    return Made("original", folder / "original", content_type, recording.width, recording.height)


def shrink(path: Path, folder: Path, content_type: str, recording: Recording) -> Made:
    """Write the rendition for slow lines: sound at 32 kbit/s in one channel (AAC), video 240 lines high (H.264)."""
    clean = ("-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart", "-f", "mp4", "low")
    if not recording.width or not recording.height:
        _succeed("low", path, folder, content_type, "-map", "0:a:0", *SPEECH, *clean)
        return Made("low", folder / "low", "audio/mp4")
    picture = ("-map", "0:v:0", "-map", "0:a:0?", "-vf", f"{scaled(240)},fps=fps=min(source_fps\\,24)", *_SMALL)
    sides = _succeed("low", path, folder, content_type, *picture, *SPEECH, *clean)
    return Made("low", folder / "low", "video/mp4", *sides)


def preview(path: Path, folder: Path, content_type: str, recording: Recording, *, is_around: bool = False) -> Made:
    """Write a picture from a tenth into a video, 360 pixels on its shorter side; of one all around a flat view."""
    is_short = recording.seconds < _SOUGHT_FROM_SECONDS
    moment = () if is_short else ("-ss", f"{min(recording.seconds / 10, 5.0):.2f}")
    picture = (
        "-map",
        "0:v:0",
        "-frames:v",
        "1",
        "-vf",
        _FLAT_VIEW if is_around else scaled(360),
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


def scaled(side: int) -> str:
    """Bring the shorter side of an upright picture down to a length, both sides to even numbers."""
    least = f"trunc(min({side}\\,min(iw\\,ih))/2)*2"
    return f"scale=w=if(gte(iw\\,ih)\\,-2\\,{least}):h=if(gte(iw\\,ih)\\,{least}\\,-2)"


def _succeed(
    step: str, path: Path, folder: Path, content_type: str, *options: str, before: tuple[str, ...] = ()
) -> tuple[int, int] | tuple[()]:
    """Write a file, named by the last option; returns the size of its picture, if it has one."""
    outcome = ffmpeg(step, path, folder, content_type, *options, before=before)
    made = folder / options[-1]
    if outcome.code != 0 or not made.exists() or not made.stat().st_size:
        raise Rejected(BROKEN)
    written = _VIDEO.findall(outcome.errors)
    return (int(written[-1][1]), int(written[-1][2])) if written else ()


def ffmpeg(
    step: str, path: Path, folder: Path, content_type: str, *options: str, before: tuple[str, ...] = ()
) -> sandbox.Outcome:
    """Run ffmpeg on a local file by a named demuxer, within the time of a step; raises Rejected when it overruns."""
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
