"""Filters of SCIM: the examples of RFC 7644, 3.4.2.2, and whatever text may come."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit.errors import BadRequest

from functions.integrations.scim import filters

BJENSEN = {
    "userName": "bjensen",
    "name": {"familyName": "O'Malley"},
    "title": "Boss",
    "userType": "Employee",
    "emails": [
        {"type": "work", "value": "bjensen@example.com"},
        {"type": "home", "value": "b@example.org"},
    ],
    "active": True,
    "meta": {"lastModified": "2026-05-13T04:42:34Z"},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('userName eq "BJENSEN"', True),
        ('name.familyName co "O\'Malley"', True),
        ('userName sw "J"', False),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName sw "b"', True),
        ("title pr", True),
        ("nickName pr", False),
        ('meta.lastModified gt "2026-01-01T00:00:00Z"', True),
        ('title pr and userType eq "Employee"', True),
        ('title pr or userType eq "Intern"', True),
        ('userType eq "Employee" and (emails co "example.com" or emails.value co "nowhere")', True),
        ('userType ne "Employee" and not (emails co "example.com")', False),
        ('userType eq "Employee" and emails[type eq "work" and value co "@example.com"]', True),
        ('emails[type eq "home" and value co "@example.com"]', False),
        ("active eq true", True),
        ("active gt 3", False),
    ],
)
def test_filters_hold_as_the_standard_says(text: str, expected: bool) -> None:
    assert filters.holds(filters.read(text), BJENSEN) is expected


@pytest.mark.parametrize(
    "text", ["", "userName", "userName eq", "userName is 3", "(userName pr", "userName pr)", "a pr b pr", "(" * 500]
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        filters.read(text)


@given(st.text(alphabet='aeqpr ()[]"\\.1noandt', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(BadRequest):
        assert filters.holds(filters.read(text), BJENSEN) in {True, False}
