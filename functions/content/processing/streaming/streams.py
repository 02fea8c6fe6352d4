"""A film for streaming, as its upload's record tells of it: pieces in work, renditions with their bit rates after.

A film is rendered in pieces, each by a message of its own, so that none takes longer than a worker may and one that
breaks off costs a piece. The record holds `seconds`, `count` of pieces, `rendered` so far, and for each rendition the
segments (seconds and bytes) of each piece, until playlists are written of them.
"""

import math
from typing import Any

from lyceum.kit.frozen import frozen

from functions.content.processing.recordings import Recording
from functions.content.uploads.variants import Made

PIECE_SECONDS = 600
_PIECE_SECONDS_OF_LARGE = 150
_LARGE_PIXELS = 1920 * 1088
_SHORTEST_PIECE = 60
SHEET_INTERVAL, SHEET_SIDE = 10, 8
"""Seconds between two thumbnails, and how many a sheet has in a row, and rows; a piece has one sheet."""
_THUMBNAIL_SIDE = 160
SIDES = {"240p": (240, 0), "480p": (480, 360), "720p": (720, 720)}
"""Of each rendition the length of the shorter side, and that of the films that get it."""


@frozen
class Rendered:
    """A piece of a rendition.

    Attributes:
        codec: As RFC 6381 names it.
        header_bytes: How much of the file comes before the first segment.
        segments: Of each segment its seconds and its bytes.
    """

    made: Made
    codec: str
    header_bytes: int
    segments: list[tuple[float, int]]


def begin(found: Recording) -> dict[str, Any]:
    """Return the record of a film of which nothing is rendered yet."""
    width, height = found.width or 2, found.height or 2
    length = PIECE_SECONDS if width * height <= _LARGE_PIXELS else min(PIECE_SECONDS, _PIECE_SECONDS_OF_LARGE)
    shorter = min(_SHORTEST_PIECE, length / 10)
    names = [name for name, (_, least) in SIDES.items() if min(width, height) >= least]
    names += ["audio"] if len(found.codecs) > 1 else []
    return {
        "seconds": found.seconds,
        "piece_seconds": length,
        "count": max(1, math.ceil((found.seconds - shorter) / length)),
        "rendered": 0,
        "cell": _cell(width, height),
        "columns": SHEET_SIDE,
        "interval": SHEET_INTERVAL,
        "renditions": [{"name": name, "pieces": []} for name in names],
        "sheets": [],
    }


def _cell(width: int, height: int) -> list[int]:
    """Return width and height of a thumbnail, both even."""
    scale = _THUMBNAIL_SIDE / max(width, height)
    return [max(16, round(side * scale / 2) * 2) for side in (width, height)]


def rendered(stream: dict[str, Any] | None) -> int:
    """Return how many pieces of a film are rendered, -1 for a file of which none are to be."""
    return int(stream["rendered"]) if stream else -1


def is_complete(stream: dict[str, Any] | None) -> bool:
    """Say whether every piece is rendered."""
    return stream is not None and stream["rendered"] == stream["count"]


def span(stream: dict[str, Any]) -> tuple[float, float]:
    """Return where the next piece begins and how long it is, in seconds; the last one takes what is left."""
    start = stream["rendered"] * stream["piece_seconds"]
    is_last = stream["rendered"] + 1 == stream["count"]
    return start, (stream["seconds"] - start + 1 if is_last else stream["piece_seconds"])


def add_piece(stream: dict[str, Any], piece: Rendered, kept: dict[str, Any]) -> None:
    """Note a piece of a rendition that was kept."""
    (rendition,) = [each for each in stream["renditions"] if each["name"] == piece.made.name]
    rendition["codec"] = piece.codec
    if piece.made.width:
        rendition |= {"width": piece.made.width, "height": piece.made.height}
    note = {"key": kept["key"], "size_bytes": kept["size_bytes"], "header_bytes": piece.header_bytes}
    rendition["pieces"].append({**note, "segments": piece.segments})


def sum_up(rendition: dict[str, Any]) -> None:
    """Replace the segments of a rendition by its bit rates: the peak of a segment and the average (RFC 8216, 4.3.4.2).

    A segment of less than half the longest one's time is counted with the one before, as players buffer it.
    """
    segments = [segment for piece in rendition["pieces"] for segment in piece["segments"]]
    seconds = sum(length for length, _ in segments)
    longest = max(length for length, _ in segments)
    peak = max(size * 8 / max(length, longest / 2) for length, size in segments)
    size_bytes = sum(piece["size_bytes"] for piece in rendition["pieces"])
    average = size_bytes * 8 / seconds
    rendition |= {"bandwidth": math.ceil(max(peak, average)), "average_bandwidth": math.ceil(average)}
    rendition["size_bytes"] = size_bytes
    rendition["pieces"] = [{"key": piece["key"]} for piece in rendition["pieces"]]
