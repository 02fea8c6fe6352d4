"""Base64 for addresses: there and back, and nothing that has two spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit import base64url


@given(raw=st.binary(max_size=80))
def test_what_is_written_is_read(raw: bytes) -> None:
    text = base64url.encode(raw)
    assert base64url.decode(text) == raw
    assert set("+/=") & set(text) == set()


@pytest.mark.parametrize("text", ["QQ==", "QR", "a", "+/+/", "a b c", "é", "AA\n"])
def test_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        base64url.decode(text)
