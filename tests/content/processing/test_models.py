"""Models in three dimensions: checked for everything that reaches outside or is too much, and drawn."""

import base64
import json
import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.content.conftest import Depot

from functions.content.processing.rejection import Rejected
from functions.content.processing.spatial import model_pictures, models

Change = Callable[[dict[str, Any]], Any]


def glb(change: Change | None = None, binary: bytes | None = None) -> bytes:
    """A pyramid of four triangles."""
    corners = [(0, 1, 0), (-1, -1, 1), (1, -1, 1), (0, -1, -1)]
    order = [0, 1, 2, 0, 2, 3, 0, 3, 1, 1, 3, 2]
    data = b"".join(struct.pack("<3f", *each) for each in corners) + struct.pack("<12H", *order)
    document: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"children": [1], "rotation": [0, 0.38, 0, 0.92]}, {"mesh": 0, "scale": [2, 2, 2]}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5123, "count": 12, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": 48},
            {"buffer": 0, "byteOffset": 48, "byteLength": 24},
        ],
        "buffers": [{"byteLength": 72}],
    }
    if change:
        change(document)
    return models._written(document, data if binary is None else binary)


def check(tmp_path: Path, data: bytes) -> dict[str, Any]:
    (tmp_path / "file").write_bytes(data)
    return models.repack_file(tmp_path / "file", tmp_path)


def test_a_model_is_packed_anew_and_drawn(tmp_path: Path) -> None:
    assert check(tmp_path, glb()) == {"vertices": 4, "triangles": 4, "pictures": 0}
    again = (tmp_path / "original").read_bytes()
    assert check(tmp_path, again) == {"vertices": 4, "triangles": 4, "pictures": 0}
    assert model_pictures.draw(tmp_path / "original", tmp_path) == {"width": 640, "height": 480}
    with Image.open(tmp_path / "preview") as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20) or []}
        assert len(colours) > 2
        assert picture.convert("RGB").getpixel((5, 5)) == pytest.approx((243, 244, 246), abs=6)


def picture(size: tuple[int, int], form: str = "PNG") -> bytes:
    held = BytesIO()
    Image.new("1", size).save(held, form)
    return held.getvalue()


def with_picture(data: bytes) -> bytes:
    def add(document: dict[str, Any]) -> None:
        document["images"] = [{"bufferView": 2, "mimeType": "image/png"}]
        document["bufferViews"].append({"buffer": 0, "byteOffset": 72, "byteLength": len(data)})
        document["buffers"] = [{"byteLength": 72 + len(data)}]

    return glb(add, models.parse(glb())[1] + data)


def test_pictures_within_a_model_are_looked_at(tmp_path: Path) -> None:
    assert check(tmp_path, with_picture(picture((8, 8))))["pictures"] == 1
    for wrong in (picture((5000, 5000)), b"no picture", picture((8, 8), "BMP")):
        with pytest.raises(Rejected, match="picture of the model"):
            check(tmp_path, with_picture(wrong))


def deep(document: dict[str, Any]) -> None:
    extras: dict[str, Any] = {}
    document["extras"] = extras
    for _ in range(60):
        extras["x"] = extras = {}


def chain(document: dict[str, Any]) -> None:
    document["nodes"] = [{"children": [number + 1]} for number in range(100)] + [{"mesh": 0}]


def many(document: dict[str, Any]) -> None:
    document["meshes"][0]["primitives"][0]["attributes"]["POSITION"] = 2


CHANGES: dict[str, tuple[Change, str]] = {
    "a buffer elsewhere": (lambda d: d["buffers"][0].update(uri="https://elsewhere.example/a.bin"), "other files"),
    "a picture elsewhere": (lambda d: d.update(images=[{"uri": "../../etc/passwd"}]), "other files"),
    "in an extension": (lambda d: d.update(extensions={"X": {"a": [{"uri": "x"}]}}), "other files"),
    "missing data": (lambda d: d["buffers"][0].update(byteLength=10_000), "other files"),
    "a decoder": (lambda d: d.update(extensionsRequired=["KHR_draco_mesh_compression"]), "extensions"),
    "an old version": (lambda d: d["asset"].update(version="1.0"), "another version"),
    "too deep": (deep, "nested too deeply"),
    "nodes too deep": (chain, "nested too deeply"),
    "a circle": (lambda d: d["nodes"][1].update(children=[0]), "contain each other"),
    "two parents": (lambda d: d["nodes"].append({"children": [1]}), "form a tree"),
    "a view beyond": (lambda d: d["bufferViews"][0].update(byteLength=9_999), "broken"),
    "an accessor beyond": (lambda d: d["accessors"][0].update(count=400), "broken"),
    "no meshes": (lambda d: d.update(meshes=[], nodes=[]), "nothing to see"),
    "too many nodes": (lambda d: d.update(nodes=[{}] * 10_001), "more than 10000 nodes"),
    "an index beyond": (lambda d: d["meshes"][0]["primitives"][0].update(indices=9), "broken"),
    "a wrong type": (lambda d: d.update(accessors={"a": 1}), "broken"),
    "too many vertices": (lambda d: d["accessors"].append({"count": 3_000_000}) or many(d), "more than 2000000"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_reaches_outside_or_is_too_much_is_rejected(tmp_path: Path, name: str) -> None:
    change, why = CHANGES[name]
    with pytest.raises(Rejected, match=why):
        check(tmp_path, glb(change))


@given(st.binary(max_size=200), st.integers(0, 400))
def test_whatever_the_bytes_are_a_model_is_rejected_or_read(tmp_path_factory: Any, noise: bytes, at: int) -> None:
    data = bytearray(glb())
    data[at : at + len(noise)] = noise
    folder = tmp_path_factory.mktemp("model")
    for each in (bytes(data), noise, b"glTF" + noise):
        try:
            check(folder, each)
            model_pictures.draw(folder / "original", folder)
        except Rejected:
            pass


def loose(change: Change | None = None, **more: Any) -> bytes:
    """The same pyramid in the form of JSON, its data in two buffers and with a picture."""
    document, binary = models.parse(glb())
    document["buffers"] = [
        {"byteLength": len(part), "uri": f"data:application/octet-stream;base64,{base64.b64encode(part).decode()}"}
        for part in (binary[:48], binary[48:])
    ]
    document["bufferViews"][1] = {"buffer": 1, "byteLength": 24}
    shown = base64.b64encode(picture((8, 8))).decode()
    document["images"] = [{"uri": f"data:image/png;base64,{shown}"}]
    document |= more
    if change:
        change(document)
    return json.dumps(document).encode()


def test_a_model_of_json_is_packed_as_one_file_and_looks_the_same(tmp_path: Path) -> None:
    assert check(tmp_path, loose()) == {"vertices": 4, "triangles": 4, "pictures": 1}
    packed = tmp_path / "original"
    document, binary = models.parse(packed.read_bytes())
    assert models.data_of(document, binary, 0) + models.data_of(document, binary, 1) == models.parse(glb())[1]
    assert models.data_of(document, binary, 2) == picture((8, 8))
    model_pictures.draw(packed, tmp_path)
    drawn = (tmp_path / "preview").read_bytes()
    check(tmp_path, glb())
    model_pictures.draw(packed, tmp_path)
    assert drawn == (tmp_path / "preview").read_bytes()


LOOSE: dict[str, tuple[Change, str]] = {
    "a file beside it": (lambda d: d["buffers"][0].update(uri="model.bin"), "other files"),
    "a buffer elsewhere": (lambda d: d["buffers"][0].update(uri="https://elsewhere.example/a.bin"), "other files"),
    "a picture elsewhere": (lambda d: d["images"][0].update(uri="file:///etc/passwd"), "other files"),
    "a page as a picture": (lambda d: d["images"][0].update(uri="data:text/html;base64,PGI+"), "other files"),
    "no data": (lambda d: d["buffers"][0].pop("uri"), "other files|broken"),
    "less data": (lambda d: d["buffers"][0].update(byteLength=999), "less data"),
    "broken data": (lambda d: d["buffers"][0].update(uri="data:;base64,AAA"), "broken"),
    "a view beyond": (lambda d: d["bufferViews"][0].update(byteLength=49), "broken"),
    "in an extension": (lambda d: d.update(extensions={"X": {"uri": "data:;base64,AAAA"}}), "other files"),
    "too deep": (deep, "nested too deeply"),
    "lists in place of parts": (lambda d: d.update(buffers=[[1]]), "broken|other files"),
    "too many nodes": (lambda d: d.update(nodes=[{}] * 10_001), "more than 10000 nodes"),
}


@pytest.mark.parametrize("name", LOOSE)
def test_a_model_of_json_reaches_nothing_outside(tmp_path: Path, name: str) -> None:
    change, why = LOOSE[name]
    with pytest.raises(Rejected, match=why):
        check(tmp_path, loose(change))


def test_a_model_of_json_of_the_library_is_kept_as_one_file(depot: Depot) -> None:
    upload_id = depot.send(loose(), "model/gltf+json", "lesson")
    assert depot.process(upload_id) == 0
    shown = depot.sender.get(f"/api/uploads/{upload_id}").data
    assert shown["state"] == "ready", shown
    assert [(each["name"], each["contentType"]) for each in shown["variants"]] == [
        ("original", "model/gltf-binary"), ("preview", "image/webp"),
    ]  # fmt: skip
    for wrong in (b"[1]", b"<svg/>", glb(), b'{"a": \x00}'):
        upload_id = depot.send(wrong, "model/gltf+json", "lesson")
        depot.process(upload_id)
        assert depot.sender.get(f"/api/uploads/{upload_id}").data["state"] == "rejected"


def test_a_model_of_the_library_has_facts_and_a_preview(depot: Depot) -> None:
    upload_id = depot.send(glb(), "model/gltf-binary", "lesson")
    assert depot.process(upload_id) == 0
    shown = depot.sender.get(f"/api/uploads/{upload_id}").data
    assert shown["state"] == "ready", shown
    assert [each["name"] for each in shown["variants"]] == ["original", "preview"]
    assert json.dumps(shown["steps"]).count('"done"') >= 4
