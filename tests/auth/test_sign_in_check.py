"""Whether somebody is signed in, for clients that do not know."""

from lyceum.kit.identity import revocations
from tests.support.http import Client


def test_nobody_and_somebody_are_told(client: Client) -> None:
    assert client.get("/api/auth/check").data == {"signedIn": False}
    student = client.as_("student")
    told = student.get("/api/auth/check").data
    assert (told["signedIn"], told["user"]["userId"]) == (True, student.user_id)
    assert told["user"] == student.get("/api/auth/me").data


def test_a_session_that_has_ended_is_nobody(client: Client) -> None:
    student = client.as_("student")
    assert student.post("/api/auth/logout").status == 200
    revocations.forget()
    assert student.get("/api/auth/check").status == 401


def test_ones_own_profile_is_what_an_update_gives_back(client: Client) -> None:
    student = client.as_("student")
    changed = student.put("/api/profile/update", {"firstName": "Ada"})
    shown = student.get("/api/profile")
    assert (shown.data, shown.cost.operations) == (changed.data, ["GetItem"])
    assert client.get("/api/profile").status == 401
