"""Layers hold what Lambda can run, and nothing that no function reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra import layers
from infra.functions import FUNCTIONS
from infra.layer_imports import is_importable
from infra.layers import UnfitLayer, check_machine, check_sizes, check_tags, compile_all, is_fresh, strip

ELF = b"\x7fELF" + bytes(14)
AARCH64, X86_64 = b"\xb7\x00", b"\x3e\x00"


def written(root: Path, **files: bytes) -> Path:
    for name, content in files.items():
        file = root / name.replace("__", "/").replace("|", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return root


def wheel(root: Path, *tags: str) -> Path:
    folder = root / "some-1.0.dist-info"
    folder.mkdir()
    (folder / "WHEEL").write_text("Wheel-Version: 1.0\n" + "".join(f"Tag: {tag}\n" for tag in tags))
    return root


@pytest.mark.parametrize(
    "tag",
    ["py3-none-any", "py2.py3-none-any", "cp313-cp313-manylinux_2_28_aarch64", "cp39-abi3-manylinux_2_34_aarch64",
     "py3-none-manylinux2014_aarch64"],
)  # fmt: skip
def test_wheels_for_lambda_are_taken(tmp_path: Path, tag: str) -> None:
    check_tags(wheel(tmp_path, tag))


@pytest.mark.parametrize(
    "tag", ["cp313-cp313-manylinux_2_28_x86_64", "cp311-cp311-manylinux_2_28_aarch64", "cp313-cp313-macosx_11_0_arm64"]
)
def test_wheels_for_another_machine_or_python_are_refused(tmp_path: Path, tag: str) -> None:
    with pytest.raises(UnfitLayer, match="some-1"):
        check_tags(wheel(tmp_path, tag))


def test_libraries_for_another_machine_are_refused(tmp_path: Path) -> None:
    check_machine(written(tmp_path, fits=ELF + AARCH64, text=b"no program"))
    with pytest.raises(UnfitLayer, match="machine 62"):
        check_machine(written(tmp_path, other=ELF + X86_64))


def test_of_babels_locales_those_of_our_languages_are_kept(tmp_path: Path) -> None:
    names = ["root", "en", "en_GB", "fr", "fr_CM", "de", "eng", "fy"]
    written(tmp_path, **{f"babel__locale-data__{name}|dat": b"" for name in names})
    strip(tmp_path)
    assert sorted(file.stem for file in tmp_path.rglob("*.dat")) == ["en", "en_GB", "fr", "fr_CM", "root"]


def test_layers_that_are_too_much_together_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in {layers.EVERYWHERE, *(layer for function in FUNCTIONS for layer in function.layers)}:
        written(tmp_path, **{f"{name}__file": b"x" * 100})
    monkeypatch.setattr(layers, "BUILT", tmp_path)
    check_sizes(FUNCTIONS)
    monkeypatch.setattr(layers, "_MOST_BYTES", 150)
    with pytest.raises(UnfitLayer, match="of layers"):
        check_sizes(FUNCTIONS)


def test_bytecode_is_used_without_a_look_at_its_source(tmp_path: Path) -> None:
    file = written(tmp_path, **{"module|py": b"value = 1"}) / "module.py"
    compile_all(sys.executable, tmp_path)
    file.write_text("value = 2")
    asked = [sys.executable, "-c", "import module; print(module.value)"]
    said = subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert said.stdout == "1\n"


def test_a_copy_is_used_only_while_it_is_what_the_source_is(tmp_path: Path) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    assert not is_fresh(copy, source)
    for root in (source, copy):
        written(root, **{"module|py": b"value = 1"})
    written(copy, **{"cache__module|pyc": b""})
    assert is_fresh(copy, source)
    written(source, **{"another|py": b""})
    assert not is_fresh(copy, source)
    (source / "another.py").unlink()
    (source / "module.py").write_text("value = 2")
    assert not is_fresh(copy, source)


def test_a_module_is_importable_only_with_all_that_it_imports_and_a_handler(tmp_path: Path) -> None:
    written(tmp_path / "code", **{"door|py": b"import library\nhandler = library.call", "shut|py": b""})
    written(tmp_path / "layer", **{"library|py": b"call = print"})
    code, layer = str(tmp_path / "code"), str(tmp_path / "layer")
    before = dict(os.environ)
    assert is_importable("door", [code, layer])
    assert not is_importable("door", [code])
    assert not is_importable("shut", [code, layer])
    assert os.environ == before


def test_layers_are_skipped_by_name_only_where_that_was_asked_for_and_no_index_is_reached(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    built: list[tuple[str, ...]] = []
    monkeypatch.setattr(layers, "build_all", lambda *places: built.append(places))
    monkeypatch.setattr(layers, "is_index_reached", lambda _uv: False)
    assert layers.main(["--where-reached", "uv", ""]) == 0
    assert "skipped: layers" in capsys.readouterr().out
    assert layers.main(["uv", "python3.13"]) == 0
    monkeypatch.setattr(layers, "is_index_reached", lambda _uv: True)
    assert layers.main(["--where-reached", "uv"]) == 0
    assert built == [("uv", "python3.13"), ("uv",)]


def test_a_layer_that_does_not_fit_is_told_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_places: str) -> None:
        raise UnfitLayer("some-1 is a wheel for macosx")

    monkeypatch.setattr(layers, "build_all", refuse)
    assert layers.main(["uv"]) == 1
    assert capsys.readouterr().err == "some-1 is a wheel for macosx\n"
