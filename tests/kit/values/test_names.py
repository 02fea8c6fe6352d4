"""Names and tags show what they are: nothing unseen, nothing that turns the writing, one form of each letter."""

import pytest
from pydantic import TypeAdapter, ValidationError

from lyceum.kit.values.text import Line, Tag

from functions.content.library.schemas import Short

WANT = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
"""A Persian word with the joiner that it is written with."""
DECEIVING = ["user\u202efdp.exe", "\u200b\u2060", "\u3164", "a\u0007b", "a\u2028b", " ", "\u2066x"]
KINDS = [TypeAdapter(kind) for kind in (Line, Tag, Short)]


@pytest.mark.parametrize("text", DECEIVING)
def test_what_deceives_or_shows_nothing_is_no_name(text: str) -> None:
    for kind in KINDS:
        with pytest.raises(ValidationError):
            kind.validate_python(text)


@pytest.mark.parametrize(("given", "kept"), [("Cafe\u0301", "Café"), ("zero\u200bwidth", "zerowidth"), (WANT, WANT)])
def test_a_name_has_one_form_and_keeps_what_its_script_needs(given: str, kept: str) -> None:
    assert [kind.validate_python(given) for kind in KINDS] == [kept] * 3
