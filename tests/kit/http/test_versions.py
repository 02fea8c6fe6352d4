"""Versions by date, notices of what goes away, and other paths of the same."""

from datetime import date

import pytest

from lyceum.kit.http import PUBLIC, Api
from lyceum.kit.http.openapi.document import document
from lyceum.kit.http.versions import NEWEST, Deprecation, deprecated
from tests.kit.http.conftest import Thing
from tests.support import http
from tests.support.http import Client

ageing = Api("ageing")


@ageing.get("/api/ageing/old", access=PUBLIC, limit="2/minute")
@deprecated(since=date(2027, 1, 1), sunset=date(2027, 12, 31), instead="/api/ageing/new")
def show_old() -> Thing:
    """Show it the old way."""
    return Thing(name="old")


ageing.alias("GET", "/api/ageing/older", of="/api/ageing/old")


@pytest.fixture
def caller(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(http, "_api_for", lambda _method, _path: ageing)
    return client


def test_each_answer_says_which_version_it_is_of(caller: Client) -> None:
    assert caller.get("/api/ageing/old").headers["Lyceum-Version"] == NEWEST
    assert caller.get("/api/ageing/old", lyceum_version=NEWEST).status == 200


@pytest.mark.parametrize("wanted", ["2019-01-01", "newest", ""])
def test_a_version_that_there_is_not_is_refused(caller: Client, wanted: str) -> None:
    refused = caller.get("/api/ageing/old", lyceum_version=wanted)
    assert (refused.status, refused.error.fields) == (400, {"Lyceum-Version"})


def test_what_goes_away_says_since_when_until_when_and_what_serves_instead(caller: Client) -> None:
    headers = caller.get("/api/ageing/old").headers
    assert headers["Deprecation"] == "@1798761600"
    assert headers["Sunset"] == "Fri, 31 Dec 2027 00:00:00 GMT"
    assert headers["Link"] == '</api/ageing/new>; rel="successor-version"'


def test_less_than_half_a_years_notice_can_not_be_given() -> None:
    with pytest.raises(ValueError, match="180 days"):
        Deprecation(date(2027, 1, 1), date(2027, 2, 1))


def test_an_alias_answers_as_its_route_does_and_is_marked(caller: Client) -> None:
    assert caller.get("/api/ageing/older").data == caller.get("/api/ageing/old").data
    paths = document([ageing], info={"title": "t", "version": "1"})["paths"]
    alias = paths["/api/ageing/older"]["get"]
    assert (alias["x-alias-of"], alias["operationId"]) == ("GET /api/ageing/old", "showOldAsAgeingOlder")
    assert (alias["deprecated"], alias["x-rate-limit"]) == (True, {"calls": 2, "seconds": 60})
    assert "answered until 2027-12-31" in paths["/api/ageing/old"]["get"]["description"]


def test_people_register_and_sign_in_under_the_other_names_too(client: Client) -> None:
    from tests.support.story import PASSWORD, Story

    for place, path in enumerate(("/api/auth/signup", "/api/users/register")):
        person = Story.person(f"ngozi{place}")
        assert client.post(path, person).status == 201
        known = {"identifier": person["username"], "password": PASSWORD}
        signed = [client.post(f"/api/auth/{name}", known) for name in ("signin", "login")]
        assert signed[0].data["user"]["userId"] == signed[1].data["user"]["userId"]
