"""Text from people: nothing that they wrote is eaten, nothing that harms is kept, and names show what they are."""

import html
import time
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from lyceum.kit.values.text import Line, RichText, fingerprint, one_line, plain, sanitise, with_own_pictures

LINE: TypeAdapter[str] = TypeAdapter(Line)
RICH: TypeAdapter[str] = TypeAdapter(RichText)
SENTENCE = "Since a<b and b<c, a<c."
FRAGMENTS = [
    "a<b", "<", ">", "<b>", "</b>", "<p class='x'>", "</p>", "<script>", "</script>", "<!--", "-->", "<i and c>", "</",
    '<a href="javascript:x()">', "<img src=x onerror=y>", "<div>", "<style>", "</style>", "<svg>", "<math>", "&lt;",
    "&", '"', "'", "=", "\\(", "\\)", "$$", "<textarea>", "<plaintext>", "<iframe src=x>", "<foo>", " ",
]  # fmt: skip


def shown(markup: str) -> str:
    """Return what a browser shows of text without tags."""
    return html.unescape(markup)


def tags_in(markup: str) -> set[str]:
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add(tag)
            found.update(f"{tag}@{name}" for name, _ in attrs)

    Reader().feed(markup)
    return found


@pytest.mark.parametrize("clean", [sanitise, plain, RICH.validate_python])
def test_a_sentence_with_less_than_signs_comes_back_whole(clean: object) -> None:
    assert shown(clean(SENTENCE)) == SENTENCE  # type: ignore[operator]


@pytest.mark.parametrize("text", [
    "x <!-- y", "a </> b <> c", "<foo>x</foo>", "write <script> first", "a<i and c>d", "<p", "x<y>z", "<3", "a<!b",
    "<math><mi>x</mi></math>", "List<String> s", "a<b x='1", "<<b", "</script", "<?php x",
])  # fmt: skip
def test_what_begins_no_tag_is_text(text: str) -> None:
    assert shown(sanitise(text)) == text
    assert tags_in(sanitise(text)) == set()


@settings(deadline=None)
@given(st.text(alphabet="<ab/!-='\" p?xscript\n", max_size=60))
def test_without_a_closing_bracket_everything_is_text(text: str) -> None:
    assert shown(sanitise(text)) == text
    assert shown(plain(text)) == text


@settings(deadline=None)
@given(st.text(alphabet="ab>1 =", max_size=9), st.lists(st.sampled_from("123 .,()=>"), max_size=20))
def test_a_sign_before_no_letter_is_text(before: str, after: list[str]) -> None:
    text = before + "".join(f"<{sign}{before}" for sign in after)
    assert shown(sanitise(text)) == text


@settings(deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
def test_whatever_comes_in_only_harmless_tags_leave_and_a_second_pass_changes_nothing(text: str) -> None:
    once = sanitise(text)
    assert tags_in(once) <= {"b", "p", "i", "a", "img", "a@rel", "img@src", "a@href"}
    assert "javascript:" not in once.partition("<a href")[2].partition(">")[0]
    assert sanitise(once) == once


def test_known_tags_without_a_place_here_go_and_their_text_stays() -> None:
    assert sanitise("<div><p class='x' hidden>one</p><center>two</center></div>") == "<p>one</p>two"
    assert sanitise("one<!-- note --><script>x()</script><STYLE type='a'>p{}</style> two") == "one two"
    assert sanitise("<!doctype html><?xml version='1'?><b>x</b>") == "<b>x</b>"


def test_attributes_may_hold_signs() -> None:
    kept = sanitise('<a title="a>b<c" href=https://x.example/>t</a>')
    assert kept == '<a title="a&gt;b&lt;c" href="https://x.example/" rel="noopener nofollow">t</a>'


def test_rich_text_is_stored_in_one_normal_form() -> None:
    assert sanitise("cafe\u0301 <b>e\u0301</b>") == "caf\u00e9 <b>\u00e9</b>"
    assert sanitise("cafe\u0301") == "caf\u00e9"


def test_equal_texts_have_one_fingerprint_and_other_signs_another() -> None:
    assert fingerprint("<p>Is  A<B?</p>") == fingerprint("is a&lt;b?")
    assert fingerprint("Is a<b, b<c?") != fingerprint("Is a<b, c<b?")


@pytest.mark.parametrize(
    "piece", ["<script>", "<!--", "<a x='", '<a x="', "<b ", "<a " + "x=1 " * 9, "</script ", "<style>"]
)
def test_repeated_beginnings_take_no_time(piece: str) -> None:
    before = time.process_time()
    sanitise(piece * (20_000 // len(piece)))
    assert time.process_time() - before < 2


def test_a_name_is_kept_in_one_normal_form_and_without_what_nobody_sees() -> None:
    assert LINE.validate_python(" Ame\u0301lie ") == "Am\u00e9lie"
    assert LINE.validate_python("ad\u200bmin\ufeff") == "admin"


@pytest.mark.parametrize(
    "name",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "\U0001f469\u200d\U0001f3eb",
        "O\u2019Brien <3",
        "\u674e",
        "e\u0301",
        "x\u00a0y",
    ],
    ids=["Persian", "Devanagari", "emoji", "apostrophe", "Han", "decomposed", "hard space"],
)
def test_names_of_all_scripts_stay(name: str) -> None:
    assert LINE.validate_python(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("name", [
    "a\u202eb", "a\u2066b", "\u200eab", "a\u061cb", "a\x07b", "a\x9bb", "a\nb", "a\u2028b", "\u200b\u200b", "\u3164",
    "\u2800 \u115f", "\u0301", "\u200d", "\u00a0", "", "\U000e0041",
])  # fmt: skip
def test_names_that_deceive_or_show_nothing_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        LINE.validate_python(name)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_a_name_that_is_taken_is_taken_as_it_was_stored(name: str) -> None:
    try:
        stored = one_line(name)
    except ValueError:
        return
    assert one_line(stored) == stored


@pytest.mark.parametrize(
    ("image", "stands"),
    [
        (f'<img src="upload:{"0" * 26}" alt="A leaf">', f'<img src="upload:{"0" * 26}" alt="A leaf">'),
        ('<img src="https://tracker.example/a.png?who=1" alt="A <leaf>">', "A &lt;leaf&gt;"),
        ("<img src=x onerror=alert(1)>", ""),
        ('<img alt="a>b" src="//tracker.example/a.png">', "a&gt;b"),
        (
            '<img alt=\'src="upload:00000000000000000000000000"\' src="https://a.example/">',
            'src="upload:00000000000000000000000000"',
        ),
        ('<img src="upload:../a">', ""),
        ("<img>", ""),
    ],
)
def test_texts_for_each_other_show_uploads_alone(image: str, stands: str) -> None:
    assert with_own_pictures(sanitise(f"<p>1 &lt; 2 {image}</p>")) == f"<p>1 &lt; 2 {stands}</p>"
