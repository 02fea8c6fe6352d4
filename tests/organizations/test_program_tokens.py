"""Tokens that stand for API keys: for systems that speak OAuth alone; they end with their key."""

from base64 import b64encode
from urllib.parse import urlencode

import pytest

from lyceum.kit.errors import Unauthenticated
from lyceum.kit.identity import tokens
from tests.organizations.test_api_keys import PATH, by, make
from tests.support.clock import Clock
from tests.support.http import Client, Reply

FORM = {"content-type": "application/x-www-form-urlencoded"}


def ask(client: Client, key_id: str, key: str, *, in_header: bool = False, **more: str) -> Reply:
    form = {"grant_type": "client_credentials", **more}
    headers = dict(FORM)
    if in_header:
        headers["authorization"] = f"Basic {b64encode(f'{key_id}:{key}'.encode()).decode()}"
    else:
        form |= {"client_id": key_id, "client_secret": key}
    nobody = Client(client.cloud, client.tenant)
    return nobody.send("POST", "/api/oauth/token", urlencode(form), None, headers)


def test_a_token_opens_what_its_key_opens(harbour: Client) -> None:
    made = make(harbour.as_("admin"), "users:manage", "rosters:read")
    for in_header in (True, False):
        given = ask(harbour, made["keyId"], made["apiKey"], in_header=in_header, scope="roster-core.readonly")
        assert given.status == 200, given.body
        token = given.json["access_token"]
        assert (given.json["token_type"].lower(), given.json["scope"]) == ("bearer", "rosters:read users:manage")
        assert by(token, harbour, "/scim/v2/Users").status == 200
        assert by(token, harbour, "/ims/oneroster/rostering/v1p2/orgs").status == 200
        assert by(token, harbour, "/api/webhooks").error.code == "API_KEY_SCOPE"
        assert by(token, harbour, "/api/auth/me").error.code == "API_KEY_SCOPE"


def test_a_token_ends_with_its_key_and_by_itself(harbour: Client, clock: Clock) -> None:
    head = harbour.as_("admin")
    made = make(head)
    token = ask(harbour, made["keyId"], made["apiKey"]).json["access_token"]
    assert head.delete(f"{PATH}/{made['keyId']}").status == 200
    clock.advance(seconds=11)
    assert by(token, harbour).status == 401
    other = make(head)
    lasting = ask(harbour, other["keyId"], other["apiKey"]).json["access_token"]
    clock.advance(minutes=16)
    assert by(lasting, harbour).status == 401


def test_what_does_not_fit_is_refused_in_the_standards_words(harbour: Client) -> None:
    made = make(harbour.as_("admin"))
    other = make(harbour.as_("admin"))
    for key_id, key in ((other["keyId"], made["apiKey"]), (made["keyId"], made["apiKey"][:-1])):
        refused = ask(harbour, key_id, key)
        assert (refused.status, refused.json["error"]) == (401, "invalid_client")
    elsewhere = harbour.of("elsewhere")
    assert ask(elsewhere, made["keyId"], made["apiKey"]).status == 401


def test_no_person_is_known_by_a_programs_token(harbour: Client) -> None:
    """Sockets and introspection ask for a person, whom such a token does not prove."""
    made = make(harbour.as_("admin"))
    token = ask(harbour, made["keyId"], made["apiKey"]).json["access_token"]
    with pytest.raises(Unauthenticated, match="program"):
        tokens.holder(token)
