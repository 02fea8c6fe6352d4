"""Invitations: signed, single use, expiring."""

import pytest

from lyceum.kit import context
from lyceum.kit.errors import Gone, NotFound
from lyceum.kit.table import Unit, write_many
from lyceum.model.auth import LoginName
from lyceum.model.users.invitations import Invitation
from lyceum.rules import invitations
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once
from tests.users.conftest import People

EFUA = {"role": "instructor", "email": "efua@example.com"}


def test_an_invitation_is_announced_without_its_token(
    client: Client, people: People, clock: Clock, tenant: str
) -> None:
    reply = client.as_("admin").post(
        "/api/admin/users/invite", {"role": "moderator", "email": "Efua@Example.com", "language": "fr"}
    )
    assert reply.status == 201
    shown = reply.data
    invitation_id, inviter_id = shown.pop("invitationId"), shown.pop("inviterId")
    assert inviter_id == client.as_("admin").user_id
    assert shown == {"role": "moderator", "email": "Efua@example.com", "expiresAt": "2027-01-18T09:00:00.000Z"}
    token = invitations.token_of(Invitation.require(invitation_id=invitation_id))
    signature = token.partition(".")[2]
    assert len(signature) == 43 and signature not in str(client.cloud.items(tenant)) + reply.body
    (event,) = people.events("user.invited")
    assert event["invitationId"] == invitation_id and "efua" not in str(event).lower()
    (act,) = people.acts()
    assert (act.action, act.after["role"]) == ("user.invite", "moderator")
    found = invitations.require(token)
    assert (found.role, found.language, found.email) == ("moderator", "fr", "Efua@example.com")


def test_nobody_invites_above_their_rank(client: Client) -> None:
    for role, status in (("admin", 201), ("super_admin", 403)):
        assert client.as_("admin").post("/api/admin/users/invite", EFUA | {"role": role}).status == status
    assert client.as_("super_admin").post("/api/admin/users/invite", EFUA | {"role": "super_admin"}).status == 201


def test_an_address_with_an_account_is_not_invited(client: Client) -> None:
    write_many([LoginName(name="ada@example.com", user_id="u")])
    refused = client.as_("admin").post("/api/admin/users/invite", {"role": "mentor", "email": "ADA@example.com"})
    assert (refused.status, refused.error.code) == (409, "ACCOUNT_EXISTS")


@pytest.mark.parametrize(
    "body", [{"role": "owner"}, {"email": "x"}, {"email": None}, {"days": 31}, {"days": 0}, {"language": "de"}]
)
def test_malformed_invitations_name_the_field(client: Client, body: dict[str, object]) -> None:
    assert client.as_("admin").post("/api/admin/users/invite", EFUA | body).error.fields == set(body)


@pytest.fixture
def token(client: Client, clock: Clock) -> str:
    made = client.as_("admin").post("/api/admin/users/invite", EFUA).data
    return invitations.token_of(Invitation.require(invitation_id=made["invitationId"]))


def accept(opened: Invitation, user_id: str) -> str:
    unit = Unit()
    invitations.accept(unit, opened, user_id)
    try:
        unit.commit()
    except Gone:
        return "gone"
    return "accepted"


def test_an_invitation_is_accepted_once(token: str) -> None:
    opened = [invitations.require(token) for _ in range(2)]
    results = at_once(lambda: accept(opened[0], "ada"), lambda: accept(opened[1], "eve"))
    assert sorted(results) == ["accepted", "gone"]
    stored = Invitation.require(invitation_id=opened[0].invitation_id)
    assert stored.accepted_by == ("ada", "eve")[results.index("accepted")]
    with pytest.raises(Gone):
        invitations.require(token)


def test_an_invitation_ends(token: str, clock: Clock) -> None:
    opened = invitations.require(token)
    clock.advance(days=7)
    with pytest.raises(Gone):
        invitations.require(token)
    unit = Unit()
    invitations.accept(unit, opened, "late")
    with pytest.raises(Gone):
        unit.commit()


def test_a_token_that_was_touched_is_unknown(token: str) -> None:
    invitation_id, _, signature = token.partition(".")
    other = "B" if signature[0] == "A" else "A"
    for wrong in (
        invitation_id,
        f"{invitation_id}.",
        f"{invitation_id}.{other}{signature[1:]}",
        f"{token}A",
        "",
        ".",
        "é.é",
    ):
        with pytest.raises(NotFound):
            invitations.require(wrong)


def test_what_is_offered_can_not_be_changed_in_the_table(token: str) -> None:
    opened = invitations.require(token)
    Unit().change(opened, Invitation.role.set("super_admin")).commit()
    with pytest.raises(NotFound):
        invitations.require(token)


def test_a_token_is_good_in_its_tenant_only(token: str) -> None:
    opened = invitations.require(token)
    with context.working(context.RequestContext(tenant="elsewhere")):
        write_many(
            [
                Invitation(
                    invitation_id=opened.invitation_id,
                    role=opened.role,
                    email=opened.email,
                    inviter_id="x",
                    expires_at=opened.expires_at,
                )
            ]
        )
        with pytest.raises(NotFound):
            invitations.require(token)
