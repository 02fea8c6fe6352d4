"""Models in glTF's form of JSON (glTF 2.0, 3.6.1 and 3.8.4), whose data stands in it as `data:` addresses.

All data becomes one buffer, as a GLB has it, and nothing but such addresses is taken.
"""

import base64
import binascii
import re
from typing import Any

from functions.content.processing.rejection import Rejected

ELSEWHERE = "The model names data in other files: pack everything into one GLB."
_DATA = re.compile(r"data:([\w.+/-]{0,60});base64,([A-Za-z0-9+/]*={0,2})")
_OF_BUFFERS = frozenset({"application/octet-stream", "application/gltf-buffer", ""})
_OF_PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})
Document = dict[str, Any]


def gathered(document: Document) -> bytes:
    """Move the data of a document's buffers and pictures into one buffer, and return it; raises Rejected.

    Raises KeyError, TypeError, ValueError, AttributeError or IndexError for a document of another form.
    """
    buffers = [_decoded(each.pop("uri"), _OF_BUFFERS) for each in document.get("buffers", [])]
    for given, each in zip(buffers, document.get("buffers", []), strict=True):
        if len(given) < int(each["byteLength"]):
            raise Rejected("The model has less data than it says.")
    binary, begins = bytearray(), list[int]()
    for given in buffers:
        begins.append(_appended(binary, given))
    for view in document.get("bufferViews", []):
        start = int(view.get("byteOffset", 0))
        if start < 0 or int(view["byteLength"]) < 0 or start + int(view["byteLength"]) > len(buffers[view["buffer"]]):
            raise ValueError("a view lies outside of its buffer")
        view["byteOffset"], view["buffer"] = begins[view["buffer"]] + start, 0
    for image in document.get("images", []):
        if "uri" in image:
            _take_in(document, image, binary)
    if binary:
        document["buffers"] = [{"byteLength": len(binary)}]
    return bytes(binary)


def _take_in(document: Document, image: Document, binary: bytearray) -> None:
    """Give a picture a view of the buffer in place of its address."""
    address = image.pop("uri")
    data = _decoded(address, _OF_PICTURES)
    views = document.setdefault("bufferViews", [])
    views.append({"buffer": 0, "byteOffset": _appended(binary, data), "byteLength": len(data)})
    image["bufferView"], image["mimeType"] = len(views) - 1, address[5:].partition(";")[0]


def _decoded(address: Any, types: frozenset[str]) -> bytes:
    match = _DATA.fullmatch(address) if isinstance(address, str) else None
    if match is None or match[1].lower() not in types:
        raise Rejected(ELSEWHERE)
    try:
        return base64.b64decode(match[2], validate=True)
    except binascii.Error:
        raise Rejected("Data of the model is broken.") from None


def _appended(binary: bytearray, data: bytes) -> int:
    """Append data at a multiple of four bytes, and return where it begins."""
    binary += b"\0" * (-len(binary) % 4)
    begins = len(binary)
    binary += data
    return begins
