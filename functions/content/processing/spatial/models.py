"""Models in three dimensions (glTF 2.0, Khronos): checked part by part and packed anew as one file (GLB, chapter 4).

A model may name nothing outside of itself, ask for no extension that a viewer would fetch a decoder for, and its parts
are bounded. It runs in a process of its own (`isolation`).
"""

import json
import struct
from io import BytesIO
from pathlib import Path
from typing import Any

from functions.content.processing.rejection import Rejected
from functions.content.processing.spatial import embedded_models

_MAGIC, _VERSION, _JSON, _BIN = 0x46546C67, 2, 0x4E4F534A, 0x004E4942
_MOST_JSON_BYTES = 8 << 20
_MOST_DEPTH = 40
_MOST = {
    "nodes": 10_000, "meshes": 2_000, "materials": 1_000, "textures": 500, "images": 64, "accessors": 20_000,
    "bufferViews": 20_000, "animations": 200, "skins": 200, "cameras": 50, "scenes": 20, "samplers": 500, "buffers": 1,
}  # fmt: skip
_MOST_VERTICES, _MOST_INDICES = 2_000_000, 6_000_000
_DEEPEST_NODE = 64
_MOST_PIXELS = 4096 * 4096
_PICTURES = frozenset({"PNG", "JPEG", "WEBP"})
_EXTENSIONS = frozenset({
    "KHR_materials_unlit", "KHR_materials_pbrSpecularGlossiness", "KHR_materials_clearcoat", "KHR_materials_ior",
    "KHR_materials_transmission", "KHR_materials_specular", "KHR_materials_emissive_strength", "KHR_materials_sheen",
    "KHR_materials_volume", "KHR_texture_transform", "KHR_mesh_quantization", "KHR_lights_punctual", "EXT_texture_webp",
})  # fmt: skip
_WIDTHS = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
_COUNTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
BROKEN = "The model is broken and can not be read."
Document = dict[str, Any]


def repack_file(path: Path, folder: Path) -> dict[str, Any]:
    """Write `original`, checked, and return facts: how many triangles, vertices and pictures; raises Rejected."""
    data = path.read_bytes()
    document, binary = parse(data) if data.startswith(b"glTF") else _parsed_text(data)
    try:
        facts = _check(document, binary)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, struct.error):
        raise Rejected(BROKEN) from None
    document.get("asset", {}).pop("extras", None)
    (folder / "original").write_bytes(_written(document, binary))
    return facts


def parse(data: bytes) -> tuple[Document, bytes]:
    """Return the document and the binary part of a GLB; raises Rejected."""
    if len(data) < 20:
        raise Rejected(BROKEN)
    magic, version, length = struct.unpack_from("<3I", data)
    if magic != _MAGIC or version != _VERSION or length != len(data):
        raise Rejected("The model is no GLB of version 2, or its length is another one than it says.")
    chunks, at = [], 12
    while at + 8 <= len(data):
        size, kind = struct.unpack_from("<2I", data, at)
        chunks.append((kind, data[at + 8 : at + 8 + size]))
        if at + 8 + size > len(data):
            raise Rejected(BROKEN)
        at += 8 + size
    if at != len(data) or [kind for kind, _ in chunks] not in ([_JSON], [_JSON, _BIN]):
        raise Rejected("The model has other parts than a document and its data.")
    return _document(chunks[0][1]), chunks[1][1] if len(chunks) > 1 else b""


def _parsed_text(data: bytes) -> tuple[Document, bytes]:
    """Return the document and the data of a model in the form of JSON; raises Rejected."""
    document = _loaded(data)
    try:
        binary = embedded_models.gathered(document)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise Rejected(embedded_models.ELSEWHERE if b'"uri"' not in data else BROKEN) from None
    return _document(json.dumps(document).encode()), binary


def _document(text: bytes) -> Document:
    if len(text) > _MOST_JSON_BYTES:
        raise Rejected(f"The document of the model is larger than {_MOST_JSON_BYTES >> 20} MiB.")
    document = _loaded(text)
    _check_depth(document)
    return document


def _loaded(text: bytes) -> Document:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Rejected(BROKEN) from None
    if not isinstance(document, dict):
        raise Rejected(BROKEN)
    return document


def _check_depth(document: Document) -> None:
    """Refuse a document that is nested too deeply, or that names anything outside of the file."""
    waiting: list[tuple[Any, int]] = [(document, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > _MOST_DEPTH:
            raise Rejected("The document of the model is nested too deeply.")
        if isinstance(value, dict):
            if "uri" in value:
                raise Rejected(embedded_models.ELSEWHERE)
            waiting += [(each, depth + 1) for each in value.values()]
        elif isinstance(value, list):
            waiting += [(each, depth + 1) for each in value]


def _check(document: Document, binary: bytes) -> dict[str, Any]:
    if not str(document["asset"]["version"]).startswith("2."):
        raise Rejected("The model is of another version than glTF 2.")
    foreign = set(document.get("extensionsRequired", [])) - _EXTENSIONS
    if foreign:
        raise Rejected(f"The model needs extensions that are not taken here: {', '.join(sorted(foreign))[:200]}.")
    for name, most in _MOST.items():
        if len(document.get(name, [])) > most:
            raise Rejected(f"The model has more than {most} {name}.")
    _check_views(document, binary)
    _check_nodes(document.get("nodes", []))
    vertices, triangles = _count(document)
    for image in document.get("images", []):
        _check_picture(data_of(document, binary, image["bufferView"]))
    return {"vertices": vertices, "triangles": triangles, "pictures": len(document.get("images", []))}


def _check_views(document: Document, binary: bytes) -> None:
    sizes = [int(each["byteLength"]) for each in document.get("buffers", [])]
    if sum(sizes) > len(binary):
        raise Rejected(embedded_models.ELSEWHERE)
    for view in document.get("bufferViews", []):
        start, length = int(view.get("byteOffset", 0)), int(view["byteLength"])
        if start < 0 or length < 0 or start + length > sizes[view["buffer"]]:
            raise Rejected(BROKEN)
    for accessor in document.get("accessors", []):
        if "bufferView" in accessor:
            _check_accessor(document["bufferViews"][accessor["bufferView"]], accessor)


def _check_accessor(view: Document, accessor: Document) -> None:
    size = _WIDTHS[accessor["componentType"]] * _COUNTS[accessor["type"]]
    stride, count = int(view.get("byteStride", size)), int(accessor["count"])
    if not size <= stride <= 252 or count < 1 or int(accessor.get("byteOffset", 0)) < 0:
        raise Rejected(BROKEN)
    if int(accessor.get("byteOffset", 0)) + stride * (count - 1) + size > int(view["byteLength"]):
        raise Rejected(BROKEN)


def _check_nodes(nodes: list[Document]) -> None:
    """Refuse nodes that have two parents, contain themselves or lie too deep."""
    parents: dict[int, int] = {}
    for number, node in enumerate(nodes):
        for child in node.get("children", []):
            if child in parents or not 0 <= child < len(nodes):
                raise Rejected("The parts of the model do not form a tree.")
            parents[child] = number
    for number in range(len(nodes)):
        at, depth = number, 0
        while at in parents:
            at, depth = parents[at], depth + 1
            if depth > _DEEPEST_NODE:
                raise Rejected("The parts of the model contain each other, or are nested too deeply.")


def _count(document: Document) -> tuple[int, int]:
    vertices = indices = 0
    for mesh in document.get("meshes", []):
        for primitive in mesh["primitives"]:
            count = int(document["accessors"][primitive["attributes"]["POSITION"]]["count"])
            used = document["accessors"][primitive["indices"]]["count"] if "indices" in primitive else count
            vertices, indices = vertices + count, indices + int(used)
    if not vertices:
        raise Rejected("There is nothing to see in the model.")
    if vertices > _MOST_VERTICES or indices > _MOST_INDICES:
        raise Rejected(f"The model has more than {_MOST_VERTICES} vertices or {_MOST_INDICES // 3} triangles.")
    return vertices, indices // 3


def _check_picture(data: bytes) -> None:
    from PIL import Image

    try:
        with Image.open(BytesIO(data)) as image:
            is_known, pixels = image.format in _PICTURES, image.width * image.height
    except Exception:
        raise Rejected("A picture of the model is broken.") from None
    if not is_known or pixels > _MOST_PIXELS:
        raise Rejected(
            "A picture of the model is larger than 4096 by 4096 pixels, or of another kind than PNG, JPEG or WebP."
        )


def data_of(document: Document, binary: bytes, view_number: int) -> bytes:
    """Return the bytes of a view."""
    view = document["bufferViews"][view_number]
    start = int(view.get("byteOffset", 0))
    return binary[start : start + int(view["byteLength"])]


def _written(document: Document, binary: bytes) -> bytes:
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    data = binary + b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<2I", len(text), _JSON) + text
    chunks += struct.pack("<2I", len(data), _BIN) + data if data else b""
    return struct.pack("<3I", _MAGIC, _VERSION, 12 + len(chunks)) + chunks
