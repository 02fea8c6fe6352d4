"""Schemas of the document: each of our classes once, under a key of its own, whatever other domains declare."""

import sys
from enum import Enum
from typing import Any

from pydantic import AliasChoices, BaseModel, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic.json_schema import DefsRef, GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue

from lyceum.kit.http.schemas import Request, also_read_as, other_names

REF = "#/components/schemas/"
_NOT_OF_JSON_SCHEMA = {"ge", "gt", "le", "lt", "max_digits", "decimal_places"}
"""Bounds of decimals that pydantic leaves as it has them; what they say stands in the description."""


class Shapes:
    """The schemas that were asked for so far, by their keys.

    A key is the domain's name and the class's (`CoursesCourseView`); classes of the kit go without a domain. A class
    that callers send keeps its name there and is called `...Output` in answers; a class of answers is called
    `...Input` where it is sent. So no key depends on what else the document holds.
    """

    def __init__(self) -> None:
        self.schemas: dict[str, Any] = {}

    def sent(self, annotation: Any) -> JsonSchemaValue:
        """Return the schema of what callers send."""
        return self._of(annotation, "validation")

    def answered(self, annotation: Any) -> JsonSchemaValue:
        """Return the schema of what callers get."""
        return self._of(annotation, "serialization")

    def _of(self, annotation: Any, mode: JsonSchemaMode) -> JsonSchemaValue:
        found, whole = TypeAdapter.json_schemas(
            [("own", mode, TypeAdapter(annotation))],
            by_alias=True,
            ref_template=REF + "{model}",
            schema_generator=_Generator,
        )
        for key, schema in whole.get("$defs", {}).items():
            plain = _tidy(schema, is_answer=mode == "serialization")
            plain["title"] = key
            if self.schemas.setdefault(key, plain) != plain:
                raise ValueError(f"two schemas are called {key}")
        own: JsonSchemaValue = _tidy(found["own", mode], is_answer=mode == "serialization")
        return own


class _Generator(GenerateJsonSchema):
    """Names every class by its domain, and writes every decimal as a string in both directions."""

    def get_defs_ref(self, core_mode_ref: tuple[Any, JsonSchemaMode]) -> DefsRef:
        core_ref, mode = core_mode_ref
        parts = [piece.rsplit(":", 1)[0] for piece in str(core_ref).replace("]", "").replace(",", "[").split("[")]
        key = "Of".join(_key(part) for part in parts) + _suffix(parts[0], mode)
        ref = DefsRef(key)
        if self.defs_to_core_refs.get(ref, core_mode_ref) != core_mode_ref:
            raise ValueError(f"{core_ref} and {self.defs_to_core_refs[ref][0]} are both called {key}")
        self._prioritized_defsref_choices[ref] = [ref]
        self._collision_counter[ref] = 1
        return ref

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        shown = super().model_schema(schema)
        if self.mode == "validation":
            for field in getattr(schema["cls"], "model_fields", {}).values():
                others, told = other_names(field), shown.get("properties", {}).get(_first_name(field))
                if others and told is not None:
                    told["description"] = f"{told.get('description', '')} {also_read_as(others)}".strip()
        return shown

    def decimal_schema(self, schema: Any) -> JsonSchemaValue:
        shown: JsonSchemaValue = {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
        bounds = {"least": schema.get("ge"), "above": schema.get("gt"), "most": schema.get("le")}
        told = [f"{word} {bound}" for word, bound in bounds.items() if bound is not None]
        if schema.get("decimal_places"):
            told.append(f"at most {schema['decimal_places']} decimal places")
        if told:
            shown["description"] = "A decimal number: " + ", ".join(told) + "."
        return shown


def _first_name(field: FieldInfo) -> str:
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else str(alias)


def _class(name: str) -> Any:
    module, _, own = name.rpartition(".")
    return getattr(sys.modules.get(module), own, None)


def _key(name: str) -> str:
    module, _, own = name.rpartition(".")
    package, _, rest = module.partition(".")
    places = rest.split(".")
    if package == "functions":
        return _title(places[0]) + own
    if package == "lyceum" and places[0] != "kit":
        return _title(places[1]) + own
    return own


def _title(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _suffix(name: str, mode: JsonSchemaMode) -> str:
    kind = _class(name.split("[", maxsplit=1)[0])
    if not isinstance(kind, type) or issubclass(kind, Enum) or not issubclass(kind, BaseModel):
        return ""
    is_request = issubclass(kind, Request)
    if mode == "serialization":
        return "Output" if is_request else ""
    return "" if is_request else "Input"


def _tidy(schema: Any, *, is_answer: bool) -> Any:
    """Drop titles that only repeat a name and, in answers, null: a field without a value is left out."""
    if isinstance(schema, list):
        return [_tidy(each, is_answer=is_answer) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for name, value in schema.items():
        if (name == "title" and isinstance(value, str)) or name in _NOT_OF_JSON_SCHEMA:
            continue
        if name in {"properties", "$defs"}:
            kept[name] = {key: _property(inner, is_answer=is_answer) for key, inner in value.items()}
        elif name in {"default", "const", "enum", "examples", "example"}:
            kept[name] = value
        else:
            kept[name] = _tidy(value, is_answer=is_answer)
    return _whole_bounds(kept)


def _property(schema: Any, *, is_answer: bool) -> Any:
    tidied = _tidy(schema, is_answer=is_answer)
    return without_null(tidied) if is_answer else _without_null_default(tidied)


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Take the choice of null out of a schema, and a default of null."""
    schema = _without_null_default(schema)
    choices = schema.get("anyOf")
    if not choices or {"type": "null"} not in choices:
        return schema
    rest = [choice for choice in choices if choice != {"type": "null"}]
    others = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**rest[0], **others} if len(rest) == 1 else {"anyOf": rest, **others}


def _without_null_default(schema: dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema, dict) and "default" in schema and schema["default"] is None:
        return {name: value for name, value in schema.items() if name != "default"}
    return schema


def _whole_bounds(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("type") == "integer":
        for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
            if isinstance(schema.get(name), float) and schema[name].is_integer():
                schema[name] = int(schema[name])
    return schema
