"""WebVTT captions (W3C WebVTT 1, section 4): read strictly, and written anew from what was understood.

Times and texts are taken over, with the spans for italics, bold, underlining and who speaks, and a cue's place. Style
sheets, regions and notes are left out: a style sheet may name addresses elsewhere.
"""

import re
from html import escape, unescape
from typing import NamedTuple

MOST_CHARACTERS = 400_000
MOST_CUES = 20_000
_LONGEST_CUE = 2_000
_TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}((?:[ \t]+[^\s:]+:[^\s]+)*)[ \t]*")
_SETTING = re.compile(
    r"(vertical:(rl|lr)|line:-?\d{1,3}(\.\d{1,4})?%?|position:\d{1,3}(\.\d{1,4})?%|size:\d{1,3}(\.\d{1,4})?%"
    r"|align:(start|center|end|left|right))"
)
_TAG = re.compile(r"<(/?)([a-z]{0,4})((?:\.[\w-]{1,40}){0,4})([ \t]+[^<>\n]{1,200})?>")
_SPANS = frozenset({"i", "b", "u", "v", "lang", "ruby", "rt"})
_LEFT_OUT = ("NOTE", "STYLE", "REGION")


class BrokenCaptions(ValueError):
    """A text is not WebVTT as it is taken; the message says in which line, and why."""


class Cue(NamedTuple):
    """What is shown when: seconds from the beginning of the film."""

    begins: float
    ends: float
    settings: str
    text: str


def read(text: str) -> list[Cue]:
    """Return the cues of captions in their order; raises BrokenCaptions."""
    if len(text) > MOST_CHARACTERS:
        raise BrokenCaptions(f"Captions have at most {MOST_CHARACTERS} characters.")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT([ \t].*)?", lines[0]):
        raise BrokenCaptions("Line 1 is not WEBVTT.")
    cues: list[Cue] = []
    for first, block in _blocks(lines):
        if block[0].split(" ")[0] in _LEFT_OUT and "-->" not in block[0]:
            continue
        cues.append(_cue(first, block, cues[-1].begins if cues else 0.0))
        if len(cues) > MOST_CUES:
            raise BrokenCaptions(f"Captions have at most {MOST_CUES} cues.")
    if not cues:
        raise BrokenCaptions("There is no cue.")
    return cues


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Return the blocks behind the header, each with the number of its first line."""
    blocks: list[tuple[int, list[str]]] = []
    is_new, behind_header = True, False
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            is_new = behind_header = True
        elif behind_header:
            if is_new:
                blocks.append((number, []))
            blocks[-1][1].append(line)
            is_new = False
    return blocks


def _cue(first: int, block: list[str], not_before: float) -> Cue:
    at = 0 if "-->" in block[0] else 1
    timing = _TIMING.fullmatch(block[at]) if at < len(block) else None
    if timing is None:
        raise BrokenCaptions(f"Line {first + at} is no time of a cue, such as 00:01.000 --> 00:04.000.")
    begins, ends = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:8])
    if not not_before <= begins < ends:
        raise BrokenCaptions(f"Line {first + at}: a cue ends before it begins, or begins before the one above it.")
    words = "\n".join(block[at + 1 :])
    if len(words) > _LONGEST_CUE:
        raise BrokenCaptions(f"Line {first + at}: the cue is too long.")
    kept = [each for each in (timing[9] or "").split() if _SETTING.fullmatch(each)]
    return Cue(begins, ends, " ".join(kept), _plain(words))


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _plain(words: str) -> str:
    """Return the words of a cue with the spans that are known; everything else is text."""
    parts, at = [], 0
    for tag in _TAG.finditer(words):
        parts.append(escape(unescape(words[at : tag.start()]), quote=False))
        if tag[2] in _SPANS:
            parts.append(f"<{tag[1]}{tag[2]}{escape(unescape((tag[4] or '').rstrip()), quote=False)}>")
        at = tag.end()
    parts.append(escape(unescape(words[at:]), quote=False))
    return "".join(parts).replace("--&gt;", "→")


def written(cues: list[Cue]) -> str:
    """Write cues as WebVTT; the same cues make the same text."""
    blocks = [
        f"{_clock(cue.begins)} --> {_clock(cue.ends)}{' ' + cue.settings if cue.settings else ''}\n{cue.text}"
        for cue in cues
    ]
    return "\n\n".join(["WEBVTT", *blocks, ""])


def _clock(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}"
