"""Settings of apps: every value is judged as JSON Schema judges it."""

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lyceum.kit.errors import ValidationFailed

from functions.apps import values
from functions.apps.schemas import SettingsSchema

_text = st.text(max_size=6)
_number = st.integers(-5, 5) | st.floats(-5, 5).map(lambda each: round(each, 1))
_value = st.booleans() | _number | _text


@st.composite
def settings(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["string", "integer", "number", "boolean"]))
    made: dict[str, Any] = {"type": kind}
    if kind == "string" and draw(st.booleans()):
        made["maxLength"] = draw(st.integers(1, 5))
    if kind == "string" and draw(st.booleans()):
        made["enum"] = draw(st.lists(_text, min_size=1, max_size=3))
    if kind in {"integer", "number"}:
        for word in ("minimum", "maximum"):
            if draw(st.booleans()):
                made[word] = draw(st.integers(-4, 4))
    return made


_names = st.sampled_from(["a", "b", "c"])
_schemas = st.fixed_dictionaries({"properties": st.dictionaries(_names, settings(), max_size=3)}).flatmap(
    lambda schema: st.lists(st.sampled_from(sorted(schema["properties"]) or ["a"]), max_size=3, unique=True).map(
        lambda required: {**schema, "required": [name for name in required if name in schema["properties"]]}
    )
)


@given(_schemas, st.dictionaries(_names, _value, max_size=3))
def test_values_are_judged_as_json_schema_judges_them(schema: dict[str, Any], given_values: dict[str, Any]) -> None:
    known = SettingsSchema.model_validate(schema).model_dump(by_alias=True, exclude_none=True)
    oracle = jsonschema.Draft202012Validator({**known, "type": "object", "additionalProperties": False})
    try:
        values.checked(known, given_values)
        passed = True
    except ValidationFailed:
        passed = False
    assert passed == oracle.is_valid(given_values)


@given(_schemas, st.dictionaries(_names, _value, max_size=3))
def test_what_is_set_comes_back_whole(schema: dict[str, Any], given_values: dict[str, Any]) -> None:
    for each in schema["properties"].values():
        each["writeOnly"] = each["type"] == "string"
    known = SettingsSchema.model_validate(schema).model_dump(by_alias=True, exclude_none=True)
    try:
        good = values.checked(known, given_values)
    except ValidationFailed:
        return
    shown, sealed = values.parted(known, good)
    assert {**shown, **values.opened(sealed)} == good
    assert not any(isinstance(value, str) for value in shown.values())


def test_a_secret_has_no_default() -> None:
    with pytest.raises(ValidationError):
        SettingsSchema.model_validate({"properties": {"a": {"type": "string", "writeOnly": True, "default": "x"}}})
