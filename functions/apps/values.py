"""Values of an app's settings, held against its schema: a bounded part of JSON Schema (draft 2020-12).

There are no patterns and nothing is nested, so that no schema costs more to check than its values are long.
"""

import json
from collections.abc import Mapping
from typing import Any

from lyceum.kit.errors import Detail, ValidationFailed
from lyceum.kit.identity import sealing

_PURPOSE = "app settings"
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
}  # fmt: skip


def checked(schema: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with the defaults of those that are left out; raises ValidationFailed that names each wrong one."""
    properties: Mapping[str, Any] = schema.get("properties", {})
    defaults = {name: each["default"] for name, each in properties.items() if "default" in each}
    values = {**defaults, **given}
    wrong = [Detail(f"settings.{name}", "There is no such setting.") for name in values if name not in properties]
    wrong += [Detail(f"settings.{name}", "This setting is needed.") for name in schema.get("required", ())
              if name not in values]  # fmt: skip
    for name, value in values.items():
        if name in properties and (problem := what_is_wrong(properties[name], value)):
            wrong.append(Detail(f"settings.{name}", problem))
    if wrong:
        raise ValidationFailed("Some settings are wrong.", details=wrong)
    return values


def what_is_wrong(setting: Mapping[str, Any], value: Any) -> str | None:
    """Say what is wrong with a value, None when nothing is."""
    kind = setting["type"]
    if isinstance(value, bool) is not (kind == "boolean") or not (_is_whole(kind, value) or _is_of(kind, value)):
        return f"This is no {kind}."
    if isinstance(value, str) and len(value) > setting.get("maxLength", len(value)):
        return f"This has more than {setting['maxLength']} characters."
    if "enum" in setting and value not in setting["enum"]:
        return "This is none of the values that there are."
    if kind in {"integer", "number"} and not setting.get("minimum", value) <= value <= setting.get("maximum", value):
        return "This is too small or too large."
    return None


def _is_of(kind: str, value: Any) -> bool:
    return isinstance(value, _TYPES[kind])


def _is_whole(kind: str, value: Any) -> bool:
    """Say whether a number without a fraction stands for an integer, as JSON Schema has it (validation, 6.1.1)."""
    return kind == "integer" and isinstance(value, float) and value.is_integer()


def parted(schema: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """Part values into those that are shown and, sealed, those that are only written."""
    properties = schema.get("properties", {})
    hidden = {name: value for name, value in values.items() if properties[name].get("writeOnly")}
    shown = {name: value for name, value in values.items() if name not in hidden}
    return shown, sealing.encrypt(_PURPOSE, json.dumps(hidden, sort_keys=True)) if hidden else None


def opened(sealed: str | None) -> dict[str, Any]:
    """Return values that are only written."""
    return dict(json.loads(sealing.decrypt(_PURPOSE, sealed))) if sealed else {}
