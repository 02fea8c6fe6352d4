"""What a text says is what is shown, quoted and counted."""

from pathlib import Path

import pytest

from functions.content.processing.file_type import check_type
from functions.content.processing.rejection import Rejected
from functions.content.processing.texts import sanitise_file
from functions.content.uploads.plain_text import count_words


def shown(path: Path, markdown: str) -> str:
    (path / "sent").write_text(markdown, "utf-8")
    sanitise_file(path / "sent", path, "text/markdown")
    return (path / "original").read_text("utf-8")


@pytest.mark.parametrize(
    "formula",
    [
        r"\(a_b*c*\)", r"$$x_1 \\ y_2$$", r"\[z^{2}_*a*\]", "\\begin{align*}\na_1 = b \\\\\nc_1 = d\n\\end{align*}",
        r"\begin{matrix}1 \\ 2\end{matrix}",
    ],
)  # fmt: skip
def test_mathematics_stays_as_it_is_written(tmp_path: Path, formula: str) -> None:
    assert formula in shown(tmp_path, f"Let _this_ {formula} be.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("中文词 and words", 5),
        ("東京はどこですか", 8),
        ("Ọ̀rọ̀ ati ìmọ̀", 3),
        ("한국의 수도", 2),
        ("a - b … 5 %", 3),
        ("", 0),
    ],
)
def test_words_are_counted_in_scripts_without_spaces_too(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"One\nTwo\nGr\xf6\xdfe\n", 3),
        (b"One\nTw\x00o\n", 2),
        (b"\xc3", 1),
        (b"a\n" * 300_000 + b"\xff", 300_001),
        (("\xe9\n" * 200_000).encode() + b"\xe9", 200_001),
    ],
)
def test_a_byte_that_is_no_text_names_its_line(tmp_path: Path, body: bytes, line: int) -> None:
    (tmp_path / "a").write_bytes(body)
    with pytest.raises(Rejected, match=rf"no text in UTF-8 \(line {line}\)"):
        check_type(tmp_path / "a", "text/plain")
