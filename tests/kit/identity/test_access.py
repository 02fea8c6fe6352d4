"""Who is let in by each rule of access, and what each role holds."""

import itertools

import pytest

from lyceum.kit.errors import Forbidden, Unauthenticated
from lyceum.kit.identity.access import OPTIONAL, OWNER, PUBLIC, SELF, SIGNED, USER, Access, may
from lyceum.kit.identity.permissions import GRANTED, HELD, Permission, Role, acting_role, permissions_of, roles_held
from lyceum.kit.identity.principal import KeyRights, Principal

ABOVE = {
    Role.STUDENT: set(Role),
    Role.MENTOR: {Role.MENTOR, Role.MODERATOR, Role.ADMIN, Role.SUPER_ADMIN},
    Role.INSTRUCTOR: {Role.INSTRUCTOR, Role.MODERATOR, Role.ADMIN, Role.SUPER_ADMIN},
    Role.MODERATOR: {Role.MODERATOR, Role.ADMIN, Role.SUPER_ADMIN},
    Role.ADMIN: {Role.ADMIN, Role.SUPER_ADMIN},
    Role.SUPER_ADMIN: {Role.SUPER_ADMIN},
}


def caller(role: Role = Role.STUDENT, user_id: str = "ada") -> Principal:
    return Principal(user_id, "main", role, "free", "session")


@pytest.mark.parametrize("access", [PUBLIC, OPTIONAL, SIGNED], ids=lambda access: access.name)
def test_open_routes_let_everybody_in(access: Access) -> None:
    access.admit(None, None)
    access.admit(caller(), "eve")


@pytest.mark.parametrize("access", [USER, OWNER, SELF, may(Permission.LEARN)], ids=lambda each: each.name)
def test_nobody_is_let_in_anywhere_else(access: Access) -> None:
    with pytest.raises(Unauthenticated) as refused:
        access.admit(None, "ada")
    assert str(refused.value) == "Sign in first."


FIRST_TO_HAVE = {
    Permission.LEARN: Role.STUDENT,
    Permission.MENTOR_STUDENTS: Role.MENTOR,
    Permission.WRITE_COURSES: Role.INSTRUCTOR,
    Permission.MODERATE: Role.MODERATOR,
    Permission.MANAGE_USERS: Role.ADMIN,
    Permission.MANAGE_TENANT: Role.SUPER_ADMIN,
}


@pytest.mark.parametrize(("permission", "role"), list(itertools.product(FIRST_TO_HAVE, Role)))
def test_a_permission_lets_in_the_role_that_gives_it_and_those_above(permission: Permission, role: Role) -> None:
    access = may(permission)
    if role in ABOVE[FIRST_TO_HAVE[permission]]:
        access.admit(caller(role), None)
        return
    with pytest.raises(Forbidden) as refused:
        access.admit(caller(role), None)
    assert str(refused.value) == "Your role does not allow this."


@pytest.mark.parametrize("role", list(Role))
def test_only_oneself_and_admins_pass_where_the_path_names_somebody(role: Role) -> None:
    SELF.admit(caller(role), "ada")
    if role in {Role.ADMIN, Role.SUPER_ADMIN}:
        SELF.admit(caller(role), "eve")
        return
    for other in ("eve", None):
        with pytest.raises(Forbidden) as refused:
            SELF.admit(caller(role), other)
        assert str(refused.value) == "This belongs to somebody else."


def program(*scopes: Permission) -> Principal:
    """A program that acts for an administrator by an API key."""
    return Principal("ada", "main", Role.ADMIN, "free", "session", key=KeyRights("key", frozenset(scopes), 60))


def test_a_program_passes_where_its_key_has_what_is_asked_for() -> None:
    may(Permission.MANAGE_USERS).admit(program(Permission.MANAGE_USERS), None)


@pytest.mark.parametrize(
    "access", [USER, OWNER, SELF, may(Permission.MODERATE), may(Permission.LEARN)], ids=lambda each: each.name
)
def test_a_program_passes_nowhere_else_not_even_where_anybody_signed_in_does(access: Access) -> None:
    with pytest.raises(Forbidden) as refused:
        access.admit(program(Permission.MANAGE_USERS), "ada")
    assert (str(refused.value), refused.value.code) == ("This API key has no scope for this.", "API_KEY_SCOPE")


@pytest.mark.parametrize(
    ("access", "on_others", "on_oneself"),
    [
        (USER, False, False),
        (may(Permission.LEARN), False, False),
        (SELF, True, False),
        (may(Permission.MANAGE_USERS), True, True),
        (may(Permission.LEARN, afresh=True), True, True),
        (USER.proven(), True, True),
    ],
    ids=["anybody", "may learn", "oneself", "administers", "by declaration", "with a proof"],
)
def test_rights_are_read_afresh_of_who_acts_on_others_or_makes_what_lasts(
    access: Access, on_others: bool, on_oneself: bool
) -> None:
    assert access.administers(caller(), "eve") is on_others
    assert access.administers(caller(), "ada") is on_oneself
    assert access.may_administer is on_others


def test_who_administers_is_asked_for_the_rights_of_this_moment_and_others_where_the_route_says_so() -> None:
    assert may(Permission.MANAGE_USERS).afresh
    assert not may(Permission.LEARN).afresh
    assert may(Permission.LEARN, afresh=True).afresh
    assert may(Permission.LEARN).name == Permission.LEARN.value


def test_a_proof_is_asked_for_beside_what_the_route_asks_anyway() -> None:
    plain, proven = may(Permission.MANAGE_USERS), may(Permission.MANAGE_USERS).proven()
    assert (plain.needs_proof, proven.needs_proof) == (False, True)
    assert (proven.name, proven.permission, proven.afresh) == (plain.name, plain.permission, plain.afresh)
    with pytest.raises(Forbidden):
        proven.admit(caller(), "ada")


@pytest.mark.parametrize(("access", "reads"), [(PUBLIC, False), (SIGNED, False), (OPTIONAL, True), (USER, True)])
def test_only_open_routes_look_at_no_token(access: Access, reads: bool) -> None:
    assert access.reads_token is reads


@pytest.mark.parametrize("access", [USER, OWNER], ids=lambda access: access.name)
def test_routes_of_anybody_signed_in_ask_no_more(access: Access) -> None:
    access.admit(caller(), "eve")


@pytest.mark.parametrize("role", list(Role))
def test_a_role_holds_itself_and_those_below_it(role: Role) -> None:
    below = {lower for lower, above in ABOVE.items() if role in above}
    assert roles_held(role) == HELD[role] == below


@pytest.mark.parametrize("role", list(Role))
def test_a_role_has_the_permissions_of_those_that_it_holds(role: Role) -> None:
    assert permissions_of(role) == GRANTED[role] == frozenset().union(*(GRANTED[held] for held in HELD[role]))
    assert Permission.TAKE_EXAMS in permissions_of(role)
    assert (Permission.MANAGE_TENANT in permissions_of(role)) == (role is Role.SUPER_ADMIN)


@pytest.mark.parametrize("role", list(Role))
def test_mentors_and_instructors_act_as_students_until_they_are_verified(role: Role) -> None:
    assert acting_role(role, is_verified=True) is role
    waits = role in {Role.MENTOR, Role.INSTRUCTOR}
    assert acting_role(role, is_verified=False) is (Role.STUDENT if waits else role)
