"""The first administrator comes by the product's own rules, and there is only one first."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from lyceum.kit import context
from lyceum.kit.table import Unit, find, write_many
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import LoginName
from lyceum.model.users.account import User
from tests.support.http import Client
from tools.first_admin import NotMade, promote

EMAIL = "student@example.com"


@pytest.fixture(autouse=True)
def within(tenant: str) -> Iterator[None]:
    with context.working(context.RequestContext(tenant=tenant, actor="operator")):
        yield


def registered(client: Client, *, is_proven: bool = True) -> str:
    user = User.require(user_id=client.as_("student").user_id)
    user.email_verified_at = datetime(2027, 1, 1, tzinfo=UTC) if is_proven else None
    Unit().replace(user).commit()
    write_many([LoginName(name=EMAIL, user_id=user.user_id)])
    return str(user.user_id)


def test_the_holder_of_the_address_is_found_among_super_admins_and_signs_in_again(client: Client) -> None:
    user_id = registered(client)
    promote(EMAIL.upper())
    (found,) = find(User, index="gsi2", role="super_admin").items
    assert (found.user_id, found.role, found.is_verified) == (user_id, "super_admin", True)
    assert found.permissions_version == 2
    assert user_id not in {each.user_id for each in find(User, index="gsi2", role="student").items}


def test_it_is_audited_and_told(client: Client) -> None:
    user_id = registered(client)
    promote(EMAIL)
    (act,) = find(AuditEvent, subject_id=user_id).items
    assert (act.action, act.actor_id, act.after["role"]) == ("user.role", "operator", "super_admin")
    assert "user.role_changed" in {entry["DetailType"] for entry in client.cloud.outbox(client.tenant)}


def test_a_second_one_is_made_by_the_first(client: Client) -> None:
    registered(client)
    promote(EMAIL)
    with pytest.raises(NotMade, match="may give roles"):
        promote(EMAIL)


def test_nobody_is_promoted_who_is_unknown_or_proved_nothing(client: Client) -> None:
    with pytest.raises(NotMade, match="registered"):
        promote("nobody@example.com")
    registered(client, is_proven=False)
    with pytest.raises(NotMade, match="proven"):
        promote(EMAIL)
    assert promote(EMAIL, needs_proof=False).role == "super_admin"
