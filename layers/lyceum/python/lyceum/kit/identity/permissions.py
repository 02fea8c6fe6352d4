"""Roles and what each may do: the only place that maps one to the other."""

from enum import StrEnum


class Role(StrEnum):
    """Who a user is; `mentor` and `instructor` are siblings, every other role holds those before it."""

    STUDENT = "student"
    MENTOR = "mentor"
    INSTRUCTOR = "instructor"
    MODERATOR = "moderator"
    ADMIN = "admin"
    SUPER_ADMIN = "super_admin"


class Permission(StrEnum):
    """A named right that rules ask for."""

    TAKE_EXAMS = "exams:take"
    LEARN = "courses:learn"
    RECORD_STATEMENTS = "statements:record"
    MENTOR_STUDENTS = "mentoring:give"
    WRITE_QUESTIONS = "questions:write"
    SEE_ANSWER_KEYS = "questions:see-keys"
    WRITE_EXAMS = "exams:write"
    PROCTOR_EXAMS = "exams:proctor"
    GRADE_WORK = "work:grade"
    WRITE_COURSES = "courses:write"
    WRITE_TOPICS = "topics:write"
    WRITE_CONTENT = "content:write"
    VERIFY_CONTENT = "content:verify"
    MANAGE_CLASSES = "classes:manage"
    REVOKE_CERTIFICATES = "certificates:revoke"
    SELL = "marketplace:sell"
    MODERATE = "questions:moderate"
    IMPORT_QUESTIONS = "questions:import"
    MANAGE_EXAMS = "exams:manage"
    PUBLISH_CONTENT = "content:publish"
    MANAGE_CATALOGUE = "catalogue:manage"
    READ_AUDIT = "audit:read"
    MANAGE_COMPLIANCE = "compliance:manage"
    MANAGE_USERS = "users:manage"
    SEE_INSIGHTS = "insights:see"
    SEE_OPERATIONS = "operations:see"
    RUN_OPERATIONS = "operations:run"
    MANAGE_PAYMENTS = "payments:manage"
    MANAGE_STORE = "store:manage"
    MANAGE_NOTIFICATIONS = "notifications:manage"
    MANAGE_WEBHOOKS = "webhooks:manage"
    READ_ROSTERS = "rosters:read"
    MANAGE_INTEGRATIONS = "integrations:manage"
    MANAGE_APPS = "apps:manage"
    MANAGE_DEVICES = "devices:manage"
    MANAGE_SIGN_IN = "sign-in:manage"
    MANAGE_ORGANIZATION = "organization:manage"
    MANAGE_TENANT = "tenant:manage"


class GuardianRight(StrEnum):
    """What a guardian may see or do for a child. It follows from the link to that child, and no role gives it."""

    SEE_PROGRESS = "children:see-progress"
    SEE_GRADES = "children:see-grades"
    SEE_MESSAGE_POLICY = "children:see-message-policy"
    SEE_PURCHASES = "children:see-purchases"
    GIVE_CONSENT = "children:give-consent"


_OWN: dict[Role, set[Permission]] = {
    Role.STUDENT: {Permission.TAKE_EXAMS, Permission.LEARN, Permission.RECORD_STATEMENTS},
    Role.MENTOR: {Permission.MENTOR_STUDENTS},
    Role.INSTRUCTOR: {
        Permission.WRITE_QUESTIONS,
        Permission.SEE_ANSWER_KEYS,
        Permission.WRITE_EXAMS,
        Permission.PROCTOR_EXAMS,
        Permission.GRADE_WORK,
        Permission.WRITE_COURSES,
        Permission.WRITE_TOPICS,
        Permission.WRITE_CONTENT,
        Permission.VERIFY_CONTENT,
        Permission.MANAGE_CLASSES,
        Permission.REVOKE_CERTIFICATES,
        Permission.SELL,
    },
    Role.MODERATOR: {Permission.MODERATE, Permission.IMPORT_QUESTIONS},
    Role.ADMIN: {
        Permission.MANAGE_CATALOGUE,
        Permission.READ_AUDIT,
        Permission.MANAGE_COMPLIANCE,
        Permission.MANAGE_USERS,
        Permission.MANAGE_WEBHOOKS,
        Permission.READ_ROSTERS,
        Permission.MANAGE_INTEGRATIONS,
        Permission.MANAGE_APPS,
        Permission.MANAGE_DEVICES,
        Permission.MANAGE_SIGN_IN,
        Permission.MANAGE_EXAMS,
        Permission.PUBLISH_CONTENT,
        Permission.SEE_INSIGHTS,
        Permission.SEE_OPERATIONS,
        Permission.RUN_OPERATIONS,
        Permission.MANAGE_PAYMENTS,
        Permission.MANAGE_ORGANIZATION,
        Permission.MANAGE_STORE,
        Permission.MANAGE_NOTIFICATIONS,
    },
    Role.SUPER_ADMIN: {Permission.MANAGE_TENANT},
}
_HOLDS: dict[Role, set[Role]] = {
    Role.STUDENT: set(),
    Role.MENTOR: {Role.STUDENT},
    Role.INSTRUCTOR: {Role.STUDENT},
    Role.MODERATOR: {Role.MENTOR, Role.INSTRUCTOR},
    Role.ADMIN: {Role.MODERATOR},
    Role.SUPER_ADMIN: {Role.ADMIN},
}


def roles_held(role: Role) -> frozenset[Role]:
    """Return the role itself and every role below it."""
    below = [roles_held(lower) for lower in _HOLDS[role]]
    return frozenset({role}.union(*below))


def acting_role(role: Role, *, is_verified: bool) -> Role:
    """Return the role that a user may act in: mentors and instructors are students until an admin verifies them."""
    return Role.STUDENT if role in {Role.MENTOR, Role.INSTRUCTOR} and not is_verified else role


def permissions_of(role: Role) -> frozenset[Permission]:
    """Return every permission that a role gives, its lower roles' included."""
    return frozenset().union(*(_OWN[held] for held in roles_held(role)))


HELD = {role: roles_held(role) for role in Role}
"""Every role with the roles it holds, worked out once."""

ADMINISTERING = _OWN[Role.ADMIN] | _OWN[Role.SUPER_ADMIN]
"""What changes things for everybody; whoever uses one of these is asked for the rights of that very moment."""

GRANTED = {role: permissions_of(role) for role in Role}
"""Every role with its permissions, worked out once."""
