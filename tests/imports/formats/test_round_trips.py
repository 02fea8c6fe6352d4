"""What is written in a format is what is read from it; and no damaged byte of a file breaks a reader."""

import html
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.imports.formats.exporters import TAKES, WRITERS, Known

from functions.imports.formats import reader
from functions.imports.syntax.limits import Unreadable

AWKWARD = "aZ09é²ọß<>&~={}#:\\%'\"|;,.()[]$*+-→ "
SETTINGS = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


def text(alphabet: str = AWKWARD) -> st.SearchStrategy[str]:
    """Texts of awkward characters between letters, so that they neither begin nor end as a mark of the format."""
    inner = st.text(st.sampled_from(alphabet), max_size=12).map(lambda each: re.sub(r"\s+", " ", each))
    return inner.map(lambda each: f"x{each}y")


def plain() -> st.SearchStrategy[str]:
    """Answers without what parts answers in tables, stands for any text, or begins a tag."""
    return text("aZ09é²ọß&~={}#:'\"()[]$+- ")


@st.composite
def questions(draw: st.DrawFn, kinds: frozenset[str]) -> Known:
    kind = draw(st.sampled_from(sorted(kinds)))
    stem = draw(text())
    if kind in {"single", "multiple"}:
        options = [f"{place}{each}" for place, each in enumerate(draw(st.lists(text(), min_size=2, max_size=4)))]
        places = range(len(options))
        most = 1 if kind == "single" else len(options)
        least = 1 if kind == "single" else min(2, len(options))
        right = draw(st.sets(st.sampled_from(places), min_size=least, max_size=most))
        return Known(kind, stem, options, sorted(right))
    if kind == "numeric":
        value = draw(st.decimals(-1000, 1000, places=2, allow_nan=False))
        return Known(kind, stem, value=f"{value:f}", tolerance=draw(st.sampled_from(["0", "0.5", "2"])))
    if kind == "true_false":
        return Known(kind, stem, is_true=draw(st.booleans()))
    return Known(kind, stem, answers=draw(st.lists(plain(), min_size=1, max_size=3, unique=True)))


def shown(rich: str) -> str:
    """Return a rich text as people read it."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"</?p>", "", rich))).strip()


def said(question: dict[str, Any]) -> Known:
    """Write what was read as what was written."""
    kind, stem = question["type"], shown(question["stem"])
    if kind in {"single", "multiple"}:
        places = {option["id"]: place for place, option in enumerate(question["options"])}
        options = [shown(option["text"]) for option in question["options"]]
        return Known(kind, stem, options, sorted(places[each] for each in question["correctOptionIds"]))
    if kind == "numeric":
        return Known(kind, stem, value=question["value"], tolerance=question["tolerance"]["amount"])
    if kind == "true_false":
        return Known(kind, stem, is_true=question["correct"])
    return Known(kind, stem, answers=[each["text"] for each in question["accepted"]])


def same(written: Known, read: Known) -> bool:
    if written.type == "numeric":
        return float(written.value) == float(read.value) and float(written.tolerance) == float(read.tolerance)
    return (read.type, list(read.options), list(read.right), list(read.answers), read.is_true) == (
        written.type,
        list(written.options),
        list(written.right),
        list(written.answers),
        written.is_true,
    )


@pytest.mark.parametrize("kind", sorted(WRITERS))
@settings(max_examples=60, **SETTINGS)  # type: ignore[arg-type]
@given(data=st.data())
def test_what_is_written_is_what_is_read(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    written = data.draw(st.lists(questions(frozenset(TAKES[kind])), min_size=1, max_size=3))
    path = tmp_path / "file"
    path.write_bytes(WRITERS[kind](written))
    drafts = list(reader.read(path, kind, {}).drafts)
    assert [draft.problems for draft in drafts] == [[] for _ in written]
    for one, draft in zip(written, drafts, strict=True):
        read = said(draft.question)
        assert read.stem == one.stem
        assert same(one, read), (one, read)


@pytest.mark.parametrize("kind", sorted(WRITERS))
@settings(max_examples=25, **SETTINGS)  # type: ignore[arg-type]
@given(data=st.data())
def test_what_was_read_is_written_and_read_again_the_same(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    written = data.draw(st.lists(questions(frozenset(TAKES[kind])), min_size=1, max_size=3))
    path = tmp_path / "file"
    path.write_bytes(WRITERS[kind](written))
    first = [said(draft.question) for draft in reader.read(path, kind, {}).drafts]
    path.write_bytes(WRITERS[kind](first))
    assert [said(draft.question) for draft in reader.read(path, kind, {}).drafts] == first


SAMPLE = [
    Known("single", "Which gas?", ["Oxygen", "Carbon <dioxide>"], [1]),
    Known("multiple", "Which {two}?", ["a", "b", "c"], [0, 2]),
]


@pytest.mark.parametrize("kind", sorted(WRITERS))
@settings(max_examples=150, **SETTINGS)  # type: ignore[arg-type]
@given(data=st.data())
def test_no_damaged_byte_breaks_a_reader(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    body = bytearray(WRITERS[kind](SAMPLE))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        match data.draw(st.sampled_from(["change", "cut", "double", "end"])):
            case "change":
                body[place] = data.draw(st.integers(0, 255))
            case "cut":
                del body[place : place + data.draw(st.integers(1, 40))]
            case "double":
                body[place:place] = body[place : place + data.draw(st.integers(1, 40))]
            case _:
                del body[place:]
        body = body or bytearray(b"x")
    path = tmp_path / "file"
    path.write_bytes(bytes(body))
    with suppress(Unreadable):
        for draft in reader.read(path, kind, {}).drafts:
            assert draft.problems or "type" in draft.question
