"""Rendering a piece of a film for streaming: every rendition and a sheet of thumbnails of one reading of the film.

Each rendition is one file of fragmented MP4 whose segments are ranges of bytes (RFC 8216, 4.3.2.2), so a film is a
handful of objects. Pictures and sound are apart: sound is sent once for all sizes, and alone to whom it is enough. Key
frames stand at the same moments in every size, so players change between them without a gap.
"""

import re
from pathlib import Path
from typing import Any

from lyceum.kit.frozen import frozen

from functions.content.processing import recordings
from functions.content.processing.rejection import Rejected
from functions.content.processing.streaming import streams
from functions.content.uploads.file_store import IMAGE_TYPE
from functions.content.uploads.variants import Made

_SEGMENT_SECONDS = 6
_RATES = {"240p": (24, 32, 150), "480p": (30, 30, 500), "720p": (30, 28, 1200)}
"""Of each size the most frames a second, the quality (CRF) and the most kbit/s."""
_PLAYLIST = (
    *("-map_metadata", "-1", "-map_chapters", "-1", "-f", "hls", "-hls_time", str(_SEGMENT_SECONDS)),
    *("-hls_playlist_type", "vod", "-hls_segment_type", "fmp4", "-hls_flags", "single_file"),
)
_SIZE = re.compile(r"^Output #(\d+), hls(?:\n|(?!^Output).)*?: Video: h264[^\n]*?, (\d{1,5})x(\d{1,5})", re.MULTILINE)
_HEADER = re.compile(r'^#EXT-X-MAP:URI="[^"]+",BYTERANGE="(\d+)@0"$', re.MULTILINE)
_SEGMENT = re.compile(r"^#EXTINF:(\d+\.\d+),\n#EXT-X-BYTERANGE:(\d+)@\d+$", re.MULTILINE)
_AUDIO_CODEC = "mp4a.40.2"


@frozen
class Piece:
    """What was made of a piece of a film."""

    renditions: list[streams.Rendered]
    sheet: Made


def render(path: Path, folder: Path, content_type: str, stream: dict[str, Any]) -> Piece:
    """Render the next piece of a film; raises Rejected for one that can not be decoded or takes too long."""
    names = [rendition["name"] for rendition in stream["renditions"]]
    start, seconds = streams.span(stream)
    sizes = [name for name in names if name in _RATES]
    options = [*_silence(names), "-filter_complex", _filters(sizes, names, stream["cell"])]
    for name in sizes:
        options += ["-map", f"[{name}]", *_picture(name), *_PLAYLIST, f"{name}.m3u8"]
    if "audio" in names:
        options += ["-map", "[audio]", "-t", str(_heard(stream, seconds)), *recordings.SPEECH, *_PLAYLIST, "audio.m3u8"]
    options += ["-map", "[sheet]", "-c:v", "libwebp", "-map_metadata", "-1", "-frames:v", "1", "-f", "webp", "sheet"]
    place = ("-ss", f"{start:.3f}", "-t", f"{seconds:.3f}")
    outcome = recordings.ffmpeg("stream", path, folder, content_type, *options, before=place)
    if outcome.code != 0 or not (folder / "sheet").exists():
        raise Rejected(recordings.BROKEN)
    measured = {int(number): (int(width), int(height)) for number, width, height in _SIZE.findall(outcome.errors)}
    made = [_rendered(folder, name, *measured.get(place, ())) for place, name in enumerate([*sizes, *_sound(names)])]
    width, height = (side * streams.SHEET_SIDE for side in stream["cell"])
    sheet = Made(f"sheet-{stream['rendered']}", folder / "sheet", IMAGE_TYPE, width, height)
    return Piece(made, sheet)


def _sound(names: list[str]) -> list[str]:
    return [name for name in names if name == "audio"]


def _heard(stream: dict[str, Any], seconds: float) -> float:
    """Return how long a piece is to be heard: to the end of the piece, though the film's own sound ends before."""
    is_last = stream["rendered"] + 1 == stream["count"]
    return round(max(0.1, seconds - 1), 3) if is_last else seconds


def _silence(names: list[str]) -> list[str]:
    return ["-f", "lavfi", "-i", "anullsrc=r=24000:cl=mono"] if "audio" in names else []


def _filters(sizes: list[str], names: list[str], cell: list[int]) -> str:
    """Decode once and branch into every size and the sheet; sound is laid over silence, which has no holes."""
    branches = "".join(f"[of-{name}]" for name in sizes)
    parts = [f"[0:v:0]split={len(sizes) + 1}{branches}[of-sheet]"]
    for name in sizes:
        side, frames = streams.SIDES[name][0], _RATES[name][0]
        parts.append(f"[of-{name}]{recordings.scaled(side)},setsar=1,fps=fps=min(source_fps\\,{frames})[{name}]")
    width, height = cell
    pictures = f"fps=1/{streams.SHEET_INTERVAL}:round=up,scale={width}:{height},setsar=1"
    parts.append(f"[of-sheet]{pictures},tile={streams.SHEET_SIDE}x{streams.SHEET_SIDE}[sheet]")
    if "audio" in names:
        parts.append("[0:a:0]aresample=24000:async=1:first_pts=0,aformat=channel_layouts=mono[heard]")
        parts.append("[heard][1:a:0]amix=inputs=2:duration=longest:normalize=0[audio]")
    return ";".join(parts)


def _picture(name: str) -> list[str]:
    _, quality, most = _RATES[name]
    keys = f"expr:gte(t,n_forced*{_SEGMENT_SECONDS})"
    return [
        *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-pix_fmt", "yuv420p"),
        *("-crf", str(quality), "-maxrate", f"{most}k", "-bufsize", f"{2 * most}k"),
        *("-force_key_frames", keys, "-sc_threshold", "0", "-g", "9999"),
    ]


def _rendered(folder: Path, name: str, width: int | None = None, height: int | None = None) -> streams.Rendered:
    """Read what ffmpeg wrote of a rendition; raises Rejected for one in which is nothing."""
    path, playlist = folder / f"{name}.m4s", folder / f"{name}.m3u8"
    written = playlist.read_text() if playlist.exists() else ""
    header = _HEADER.search(written)
    segments = [(float(seconds), int(size)) for seconds, size in _SEGMENT.findall(written)]
    if header is None or not segments or not sum(seconds for seconds, _ in segments):
        raise Rejected(recordings.BROKEN)
    with path.open("rb") as file:
        head = file.read(int(header[1]))
    codec = _codec(head) if name in _RATES else _AUDIO_CODEC
    kind = "video/mp4" if name in _RATES else "audio/mp4"
    return streams.Rendered(Made(name, path, kind, width, height), codec, int(header[1]), segments)


def _codec(head: bytes) -> str:
    """Name profile and level of H.264 as its configuration says (RFC 6381, 3.3; ISO/IEC 14496-15, 5.3.3.1)."""
    at = head.index(b"avcC") + 5
    return f"avc1.{head[at : at + 3].hex()}"
