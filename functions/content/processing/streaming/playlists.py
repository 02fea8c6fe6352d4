"""Media playlists of a film (RFC 8216, 4.3): one for each rendition, its files named by their number of the piece.

They are kept as templates: whoever watches gets them with a link in the place of each name.
"""

import math
from pathlib import Path
from typing import Any

from functions.content.uploads.file_store import PLAYLIST_TYPE
from functions.content.uploads.variants import Made


def write(rendition: dict[str, Any], folder: Path) -> Made:
    """Write the playlist of a rendition whose pieces are all there.

    Pieces are encoded apart, so each begins with its own header after a discontinuity.
    """
    longest = max(seconds for piece in rendition["pieces"] for seconds, _ in piece["segments"])
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{math.ceil(longest)}", "#EXT-X-MEDIA-SEQUENCE:0"]
    lines += ["#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for number, piece in enumerate(rendition["pieces"]):
        lines += ["#EXT-X-DISCONTINUITY"] if number else []
        lines += _piece_lines(f"{{{number}}}", piece)
    name = f"{rendition['name']}-playlist"
    path = folder / name
    path.write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]))
    return Made(name, path, PLAYLIST_TYPE)


def _piece_lines(name: str, piece: dict[str, Any]) -> list[str]:
    at = piece["header_bytes"]
    lines = [f'#EXT-X-MAP:URI="{name}",BYTERANGE="{at}@0"']
    for seconds, size in piece["segments"]:
        lines += [f"#EXTINF:{seconds:.6f},", f"#EXT-X-BYTERANGE:{size}@{at}", name]
        at += size
    return lines
