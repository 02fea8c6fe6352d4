"""What the provider says of itself: its schemas and types of resources (RFC 7643, 6 and 7)."""

from typing import Any

from functions.integrations.scim.schemas import GROUP, USER, Described

_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"


def _attribute(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    usual = {"multiValued": False, "required": False, "mutability": "readWrite", "returned": "default"}
    return {"name": name, "type": kind, "caseExact": False, "uniqueness": "none", **usual, **more}


_SCHEMAS: dict[str, dict[str, Any]] = {
    USER: {
        "name": "User",
        "description": "A person",
        "attributes": [
            _attribute("userName", required=True, uniqueness="server"),
            _attribute("externalId", caseExact=True),
            _attribute("name", "complex", subAttributes=[_attribute("givenName"), _attribute("familyName")]),
            _attribute("displayName"),
            _attribute("emails", "complex", multiValued=True, subAttributes=[_attribute("value")]),
            _attribute("userType", canonicalValues=["student", "mentor", "instructor"]),
            _attribute("active", "boolean"),
        ],
    },
    GROUP: {
        "name": "Group",
        "description": "A group of people",
        "attributes": [
            _attribute("displayName", required=True, uniqueness="server"),
            _attribute("externalId", caseExact=True),
            _attribute("members", "complex", multiValued=True, subAttributes=[_attribute("value")]),
        ],
    },
}


def schemas() -> Described:
    """Return the schemas of the resources, with every attribute that is kept."""
    rows = [{"schemas": [_SCHEMA], "id": name, **schema} for name, schema in _SCHEMAS.items()]
    return Described(total_results=len(rows), resources=rows)


def resource_types() -> Described:
    """Return the types of resources with the paths below which they are."""
    rows = [
        {"schemas": [_TYPE], "id": name, "name": name, "endpoint": f"/{name}s", "schema": schema}
        for name, schema in (("User", USER), ("Group", GROUP))
    ]
    return Described(total_results=len(rows), resources=rows)
