"""Guardians: invited by the child or its school, proven by the mail, ended by either, and what they may see."""

from typing import Any

import pytest

from lyceum.kit import context
from lyceum.kit.errors import NotFound
from lyceum.kit.identity.permissions import GuardianRight
from lyceum.kit.table import Unit
from lyceum.kit.tenancy import directory
from lyceum.kit.tenancy.records import Tenant
from lyceum.model.users.account import User
from lyceum.model.users.guardians import Guardianship
from lyceum.rules import guardians
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.users.conftest import People

MOTHER = {"email": "mother@example.org", "relation": "mother"}


def guardians_of(client: Client) -> str:
    return f"/api/users/{client.user_id}/guardians"


@pytest.fixture
def child(client: Client, clock: Clock, people: People) -> Client:
    pupil = client.as_("student")
    people.change("student", profile={"birthDate": "2013-05-01"})
    return pupil


@pytest.fixture
def mother(client: Client) -> Client:
    return client.as_("mum", "student")


def invited(child: Client, **changed: Any) -> Guardianship:
    made = child.post(guardians_of(child), MOTHER | changed)
    assert made.status == 201, made.body
    return Guardianship.require(child_id=child.user_id, guardian_id=made.data["guardianId"])


def accept(adult: Client, link: Guardianship) -> Reply:
    return adult.post("/api/users/guardians", {"invitation": guardians.token_of(link)})


def test_a_child_invites_the_guardian_accepts_and_both_see_the_link(child: Client, mother: Client) -> None:
    link = invited(child)
    waiting = child.get(guardians_of(child)).data["guardians"]
    assert [(each["state"], each["email"], each["maySee"]) for each in waiting] == [("invited", MOTHER["email"], [])]
    done = accept(mother, link)
    assert (done.status, done.data["childId"], done.data["relation"]) == (200, child.user_id, "mother")
    (seen,) = child.get(guardians_of(child)).data["guardians"]
    assert (seen["state"], seen["userId"], seen["maySee"]) == ("linked", mother.user_id, sorted(GuardianRight))
    assert "email" not in seen, "the address that the mail went to is forgotten"
    (mine,) = mother.get("/api/users/guardians").data["children"]
    assert (mine["childId"], mine["firstName"], mine["maySee"]) == (child.user_id, "Student", sorted(GuardianRight))


def test_the_mail_holds_the_token_and_nothing_that_a_user_wrote(clock: Clock, child: Client, people: People) -> None:
    people.change("student", first_name="Winnerofaprize")
    sent: list[str] = []
    from lyceum.kit.aws import mail

    original = mail.send
    try:
        mail.send = lambda to, written, **_: sent.append(f"{to} {written}") or "id"  # type: ignore[assignment]
        link = invited(child)
        people.settle()
    finally:
        mail.send = original
    (text,) = sent
    assert guardians.token_of(link) in text and text.startswith(MOTHER["email"])
    assert "Winnerofaprize" not in text


def test_the_school_invites_and_others_do_not(client: Client, child: Client, people: People) -> None:
    admin = client.as_("admin")
    made = admin.post(guardians_of(child), MOTHER)
    assert made.status == 201
    for name, role in (("eve", "student"), ("teacher", "instructor"), ("moderator", "moderator")):
        stranger = client.as_(name, role)
        assert stranger.post(guardians_of(child), MOTHER).status == 403
        assert stranger.get(guardians_of(child)).status == 403
        assert stranger.delete(f"{guardians_of(child)}/{made.data['guardianId']}").status == 404
    assert [(act.action, act.actor_id) for act in people.acts()] == [("guardian.invite", admin.user_id)]


@pytest.mark.parametrize("who", ["child", "guardian", "school"])
def test_either_ends_the_link_and_it_is_audited(
    client: Client, child: Client, mother: Client, people: People, who: str
) -> None:
    link = invited(child)
    accept(mother, link)
    ending = {"child": child, "guardian": mother, "school": client.as_("admin")}[who]
    path = f"{guardians_of(child)}/{link.guardian_id}"
    assert ending.delete(path).data == {"id": link.guardian_id}
    assert ending.delete(path).status == 404
    assert mother.get("/api/users/guardians").data["children"] == []
    assert "guardian.end" in {act.action for act in people.acts()}


def test_an_invitation_is_good_once_for_a_week_and_not_after_it_was_taken_back(
    clock: Clock, client: Client, child: Client, mother: Client
) -> None:
    link = invited(child)
    token = guardians.token_of(link)
    assert accept(mother, link).status == 200
    again = client.as_("eve", "student").post("/api/users/guardians", {"invitation": token})
    assert again.status == 410
    late, withdrawn = invited(child, relation="other"), invited(child, relation="father")
    child.delete(f"{guardians_of(child)}/{withdrawn.guardian_id}")
    assert accept(client.as_("dad", "student"), withdrawn).status == 410
    clock.advance(days=7)
    assert accept(client.as_("dad", "student"), late).status == 410


def test_a_token_that_was_made_up_is_none(child: Client, mother: Client) -> None:
    link = invited(child)
    good = guardians.token_of(link)
    for bad in (f"{good[:-1]}{'A' if good[-1] != 'A' else 'B'}", f"{link.child_id}.{link.guardian_id}.x"):
        assert mother.post("/api/users/guardians", {"invitation": bad}).status == 404
    assert mother.post("/api/users/guardians", {"invitation": "x"}).status == 410


def test_a_guardian_is_another_person_of_age(client: Client, child: Client, people: People) -> None:
    link = invited(child)
    refused = accept(child, link)
    assert (refused.status, refused.error.fields) == (422, {"NO_ADULT"})
    friend = client.as_("friend", "student")
    people.change("friend", profile={"birthDate": "2012-05-01"})
    assert accept(friend, link).error.fields == {"NO_ADULT"}
    own = child.post(guardians_of(child), MOTHER | {"email": "STUDENT@example.com"})
    assert own.error.fields == {"OWN_ADDRESS"}


def test_a_child_has_four_guardians_at_most_and_nobody_twice(child: Client, mother: Client) -> None:
    accept(mother, invited(child))
    assert accept(mother, invited(child)).error.code == "GUARDIAN_ALREADY"
    for number in range(2):
        invited(child, email=f"uncle{number}@example.org")
    assert child.post(guardians_of(child), MOTHER).error.code == "TOO_MANY_GUARDIANS"


def test_rights_are_of_the_link_and_end_with_it_with_age_and_with_either_account(
    clock: Clock, client: Client, child: Client, mother: Client, people: People
) -> None:
    assert mother.principal and child.principal
    with pytest.raises(NotFound):
        guardians.require(mother.principal, child.user_id, GuardianRight.SEE_GRADES)
    accept(mother, invited(child))
    guardians.require(mother.principal, child.user_id, GuardianRight.SEE_GRADES)
    eve = client.as_("eve", "student").principal
    assert eve and guardians.rights_over(eve, child.user_id) == frozenset()
    assert guardians.rights_over(child.principal, mother.user_id) == frozenset()
    people.change("mum", status="suspended")
    assert guardians.rights_over(mother.principal, child.user_id) == frozenset()
    people.change("mum", status="active")
    people.change("student", profile={"birthDate": "2009-01-11"})
    assert guardians.rights_over(mother.principal, child.user_id) == frozenset()


@pytest.mark.parametrize(("unknown_age", "status"), [("minor", 201), ("adult", 422)])
def test_an_age_that_is_not_known_counts_as_the_tenant_says(
    clock: Clock, client: Client, unknown_age: str, status: int
) -> None:
    with context.working(context.RequestContext()):
        Unit().put(Tenant(tenant_name=client.tenant, unknown_age=unknown_age)).commit()
    directory.forget()
    student = client.as_("student")
    assert student.post(guardians_of(student), MOTHER).status == status


def test_a_guardian_who_is_erased_leaves_no_link(clock: Clock, client: Client, child: Client, mother: Client) -> None:
    from tests.support.jobs import run

    from functions.users import jobs

    accept(mother, invited(child))
    assert client.as_("admin").delete(f"/api/users/{mother.user_id}").status == 200
    clock.advance(days=30, minutes=1)
    run(jobs)
    assert User.fetch(user_id=mother.user_id) is None
    assert child.get(guardians_of(child)).data["guardians"] == []
