"""Standards in the deployed stack: somebody of a directory comes and leaves, rosters are read, and content speaks."""

from uuid import NAMESPACE_OID, uuid5

import pytest

from lyceum.kit import ids
from tests.e2e.conftest import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
SCIM = {"content-type": "application/scim+json"}
XAPI = {"x-experience-api-version": "1.0.3"}
ROSTERS = "/ims/oneroster/rostering/v1p2"


def test_a_directory_brings_somebody_and_takes_them_away(stack: Stack) -> None:
    admin = stack.as_("admin")
    wanted = {"userName": f"pupil-{ids.new_id().lower()}@school.org", "name": {"givenName": "Ada", "familyName": "Obi"}}
    made = admin.send("POST", "/scim/v2/Users", wanted, SCIM)
    assert made.status == 201, made.text
    path = f"/scim/v2/Users/{made.json['id']}"
    leaves = {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
    assert admin.send("PATCH", path, leaves, SCIM).json["active"] is False
    assert admin.get(f"{ROSTERS}/users/{made.json['id']}").json["user"]["enabledUser"] == "false"
    assert admin.send("DELETE", path, None, {}).status == 204
    assert admin.get(path).status == 404


def test_what_content_says_is_kept_for_its_learner(stack: Stack) -> None:
    student = stack.as_("student")
    address = student.get("/api/auth/me").data["email"]
    name = str(uuid5(NAMESPACE_OID, ids.new_id()))
    said = {
        "id": name,
        "actor": {"mbox": f"mailto:{address}"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://content.school.org/unit/1"},
    }
    assert student.send("POST", "/xapi/statements", said, XAPI).json == [name]
    assert student.get(f"/xapi/statements?statementId={name}").json["id"] == name
