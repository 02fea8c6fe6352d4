"""A picture of a model: its triangles seen from the front, from the right and a little from above, in plain light."""

import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from functions.content.processing.spatial.models import data_of, parse

SIDES = (640, 480)
_MOST_TRIANGLES = 20_000
_TURN, _TILT = math.radians(35), math.radians(20)
_PAPER, _INK = (243, 244, 246), (59, 100, 160)
_INDEX = {5121: "B", 5123: "H", 5125: "I"}
_FLOAT = 5126
Point = tuple[float, float, float]
Matrix = tuple[float, ...]
_IDENTITY: Matrix = (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1)
"""Column by column, as glTF has matrices."""


def draw(path: Path, folder: Path) -> dict[str, Any]:
    """Write `preview`, a WebP of a checked model, and return its width and height."""
    from PIL import Image, ImageDraw

    document, binary = parse(path.read_bytes())
    image = Image.new("RGB", SIDES, _PAPER)
    canvas = ImageDraw.Draw(image)
    for corners, light in _seen(list(_triangles(document, binary))):
        shade = tuple(round(each * (0.35 + 0.65 * light)) for each in _INK)
        canvas.polygon(corners, fill=shade)
    image.save(folder / "preview", "WEBP", quality=78, method=4)
    return {"width": SIDES[0], "height": SIDES[1]}


def _triangles(document: dict[str, Any], binary: bytes) -> Iterator[tuple[Point, Point, Point]]:
    nodes = document.get("nodes", [])
    inner = {child for node in nodes for child in node.get("children", [])}
    waiting = [(number, _IDENTITY) for number in range(len(nodes)) if number not in inner]
    left = _MOST_TRIANGLES
    while waiting and left > 0:
        number, outer = waiting.pop()
        node = nodes[number]
        matrix = _times(outer, _matrix(node))
        waiting += [(child, matrix) for child in node.get("children", [])]
        primitives = document["meshes"][node["mesh"]]["primitives"] if "mesh" in node else []
        for primitive in primitives:
            for triangle in _of_primitive(document, binary, primitive, left):
                left -= 1
                yield tuple(_moved(matrix, point) for point in triangle)  # type: ignore[misc]


def _of_primitive(
    document: dict[str, Any], binary: bytes, primitive: dict[str, Any], most: int
) -> Iterator[tuple[Point, Point, Point]]:
    accessor = document["accessors"][primitive["attributes"]["POSITION"]]
    if primitive.get("mode", 4) != 4 or accessor["componentType"] != _FLOAT or "bufferView" not in accessor:
        return
    view = document["bufferViews"][accessor["bufferView"]]
    data, stride = data_of(document, binary, accessor["bufferView"]), int(view.get("byteStride", 12))
    start, count = int(accessor.get("byteOffset", 0)), int(accessor["count"])
    order = _order(document, binary, primitive, count)
    for at in range(0, min(len(order) - 2, 3 * most), 3):
        three = order[at : at + 3]
        if max(three) < count:
            yield tuple(struct.unpack_from("<3f", data, start + stride * each) for each in three)  # type: ignore[misc]


def _order(document: dict[str, Any], binary: bytes, primitive: dict[str, Any], count: int) -> Any:
    if "indices" not in primitive:
        return range(count)
    accessor = document["accessors"][primitive["indices"]]
    letter = _INDEX.get(accessor["componentType"])
    if letter is None or "bufferView" not in accessor:
        return ()
    data = data_of(document, binary, accessor["bufferView"])
    most = min(int(accessor["count"]), 3 * _MOST_TRIANGLES)
    return struct.unpack_from(f"<{most}{letter}", data, int(accessor.get("byteOffset", 0)))


def _matrix(node: dict[str, Any]) -> Matrix:
    if "matrix" in node:
        return tuple(map(float, node["matrix"]))
    (x, y, z, w), (a, b, c) = node.get("rotation", (0, 0, 0, 1)), node.get("scale", (1, 1, 1))
    p, q, r = node.get("translation", (0, 0, 0))
    return (
        *((1 - 2 * (y * y + z * z)) * a, 2 * (x * y + z * w) * a, 2 * (x * z - y * w) * a, 0),
        *(2 * (x * y - z * w) * b, (1 - 2 * (x * x + z * z)) * b, 2 * (y * z + x * w) * b, 0),
        *(2 * (x * z + y * w) * c, 2 * (y * z - x * w) * c, (1 - 2 * (x * x + y * y)) * c, 0),
        *(p, q, r, 1),
    )


def _times(one: Matrix, other: Matrix) -> Matrix:
    return tuple(
        sum(one[row + 4 * k] * other[4 * column + k] for k in range(4)) for column in range(4) for row in range(4)
    )


def _moved(matrix: Matrix, point: Point) -> Point:
    x, y, z = (sum(matrix[row + 4 * k] * (*point, 1.0)[k] for k in range(4)) for row in range(3))
    return x, y, z


def _seen(triangles: list[tuple[Point, Point, Point]]) -> list[tuple[list[tuple[float, float]], float]]:
    """Return the triangles as they lie on the picture, the farthest first, each with the light on it."""
    turned = [[_turned(point) for point in triangle] for triangle in triangles]
    turned = [each for each in turned if all(map(math.isfinite, (axis for point in each for axis in point)))]
    if not turned:
        return []
    across, down = ([point[axis] for each in turned for point in each] for axis in (0, 1))
    middle = (min(across) + max(across)) / 2, (min(down) + max(down)) / 2
    reach = max((max(across) - min(across)) / SIDES[0], (max(down) - min(down)) / SIDES[1], 1e-30) / 0.85
    turned.sort(key=lambda each: sum(point[2] for point in each))
    return [
        (
            [(SIDES[0] / 2 + (x - middle[0]) / reach, SIDES[1] / 2 - (y - middle[1]) / reach) for x, y, _ in triangle],
            _light(triangle),
        )
        for triangle in turned
    ]


def _turned(point: Point) -> Point:
    x, y, z = point
    x, z = x * math.cos(_TURN) - z * math.sin(_TURN), x * math.sin(_TURN) + z * math.cos(_TURN)
    return x, y * math.cos(_TILT) - z * math.sin(_TILT), y * math.sin(_TILT) + z * math.cos(_TILT)


def _light(triangle: list[Point]) -> float:
    (a, b, c), (d, e, f), (g, h, i) = triangle
    x = (e - b) * (i - c) - (f - c) * (h - b)
    y = (f - c) * (g - a) - (d - a) * (i - c)
    z = (d - a) * (h - b) - (e - b) * (g - a)
    length = math.sqrt(x * x + y * y + z * z)
    return abs(0.3 * x + 0.5 * y + 0.8 * z) / length if length else 0.0
