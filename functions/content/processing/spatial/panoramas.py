"""Pictures all around: how large they are kept, and a flat view of their middle."""

import math
from pathlib import Path

from PIL import Image

from functions.content.uploads.file_store import IMAGE_TYPE
from functions.content.uploads.variants import Made

SIDES = {"800": 800, "2048": 2048, "4096": 4096}
"""Of a picture all around, which is seen a part at a time, the longest side of each variant."""
_VIEW = (640, 360)
_ANGLE = math.radians(90)
_CELLS = (16, 9)


def flat_view(picture: Image.Image, folder: Path) -> Made:
    """Write `preview`: what somebody sees who looks to the middle of a picture all around, 90 degrees wide."""
    width, height = _VIEW
    cells = []
    for column in range(_CELLS[0]):
        for row in range(_CELLS[1]):
            left, right = (round(width * each / _CELLS[0]) for each in (column, column + 1))
            top, bottom = (round(height * each / _CELLS[1]) for each in (row, row + 1))
            corners = ((left, top), (left, bottom), (right, bottom), (right, top))
            source = [axis for corner in corners for axis in _source(*corner, picture.size)]
            cells.append(((left, top, right, bottom), source))
    view = picture.convert("RGB").transform(_VIEW, Image.Transform.MESH, cells, Image.Resampling.BILINEAR)
    view.save(folder / "preview", "WEBP", quality=78, method=4)
    return Made("preview", folder / "preview", IMAGE_TYPE, width, height)


def _source(x: float, y: float, size: tuple[int, int]) -> tuple[float, float]:
    """Return which place of the whole picture is seen at a place of the flat view."""
    width, height = _VIEW
    depth = width / 2 / math.tan(_ANGLE / 2)
    across, down = x - width / 2, y - height / 2
    longitude, latitude = math.atan2(across, depth), math.atan2(down, math.hypot(across, depth))
    return (longitude / (2 * math.pi) + 0.5) * size[0], (latitude / math.pi + 0.5) * size[1]
