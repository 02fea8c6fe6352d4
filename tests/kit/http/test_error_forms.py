"""Routes of standards answer errors in their standard's own form, in the document too."""

import json

import pytest

from lyceum.kit.errors import Conflict, DomainError, NotFound, Unauthenticated, Unavailable, rule_violation
from lyceum.kit.http import PUBLIC, USER, Api, Schema
from lyceum.kit.http.error_forms import OAUTH, SCIM
from lyceum.kit.http.openapi.document import document
from tests.support import http
from tests.support.http import Client


class Found(Schema):
    """An answer."""

    name: str


class InvalidGrant(DomainError):
    """A code that was used."""

    default_code = "invalid_grant"


RAISED: dict[str, DomainError] = {
    "used": InvalidGrant("The code was used."),
    "taken": Conflict("The name is taken."),
    "down": Unavailable(),
    "filter": rule_violation("invalidFilter", "No such operator."),
    "lost": NotFound("There is no such person."),
    "client": Unauthenticated("The client is unknown."),
}
standard = Api("standard")


@standard.post("/api/standard/token/{why}", access=PUBLIC, errors=OAUTH)
def exchange_code(why: str) -> Found:
    """Raise as asked."""
    raise RAISED.get(why) or RuntimeError("not for strangers")


@standard.get("/api/standard/people/{why}", access=USER, errors=SCIM)
def show_person(why: str) -> Found:
    """Raise as asked."""
    raise RAISED[why]


@pytest.fixture
def caller(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Calls the small API."""
    monkeypatch.setattr(http, "_api_for", lambda _method, _path: standard)
    return client


@pytest.mark.parametrize(
    ("why", "status", "code"),
    [
        ("used", 400, "invalid_grant"),
        ("taken", 409, "invalid_request"),
        ("down", 503, "temporarily_unavailable"),
        ("client", 401, "invalid_client"),
        ("unforeseen", 500, "server_error"),
    ],
)
def test_an_oauth_error_has_the_code_of_rfc_6749_and_no_envelope(
    caller: Client, why: str, status: int, code: str
) -> None:
    answer = caller.post(f"/api/standard/token/{why}", {})
    assert (answer.status, answer.json["error"]) == (status, code)
    assert set(answer.json) == {"error", "error_description"}
    assert "not for strangers" not in answer.body


def test_a_scim_error_has_its_schema_status_and_type(caller: Client) -> None:
    refused = caller.as_("student").get("/api/standard/people/filter")
    assert refused.headers["Content-Type"] == "application/scim+json"
    assert refused.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert (refused.json["status"], refused.json["scimType"]) == ("422", "invalidFilter")
    lost = caller.as_("student").get("/api/standard/people/lost")
    assert (lost.status, lost.json["status"], "scimType" in lost.json) == (404, "404", False)


def test_the_guard_s_own_refusal_has_the_form_too(caller: Client) -> None:
    refused = caller.get("/api/standard/people/lost")
    assert (refused.status, refused.json["status"], refused.headers["WWW-Authenticate"]) == (401, "401", "Bearer")


def test_the_document_names_the_form_for_each_status() -> None:
    made = document([standard], info={"title": "t", "version": "1"})
    for path, kind, name in (
        ("/api/standard/token/{why}", "application/json", "OAuthError"),
        ("/api/standard/people/{why}", "application/scim+json", "ScimError"),
    ):
        (operation,) = made["paths"][path].values()
        content = operation["responses"]["503"]["content"]
        assert content == {kind: {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        assert name in made["components"]["schemas"] and json.dumps(content)
