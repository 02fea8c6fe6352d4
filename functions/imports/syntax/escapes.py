"""Marks that a backslash turns into plain characters, as GIFT and Moodle's gaps have them.

`hide` puts such characters out of the reader's way, so that a text can be parted at the marks that are left.
"""

import re

_MARKS = '\\~=#{}:%"/'
_HIDDEN = {mark: chr(0xE000 + position) for position, mark in enumerate(_MARKS)}
_SHOWN = {hidden: mark for mark, hidden in _HIDDEN.items()}
_ESCAPED = re.compile(r"\\([\\~=#{}:%\"/])")
_PLACEHOLDERS = re.compile(f"[{''.join(_SHOWN)}]")


def hide(text: str) -> str:
    """Replace each escaped mark by a placeholder; characters that are placeholders already are dropped."""
    return _ESCAPED.sub(lambda match: _HIDDEN[match.group(1)], _PLACEHOLDERS.sub("", text))


def show(text: str, prefix: str = "") -> str:
    """Put hidden marks back as plain characters, or as they were written with `prefix` a backslash."""
    return _PLACEHOLDERS.sub(lambda match: prefix + _SHOWN[match.group()], text)
