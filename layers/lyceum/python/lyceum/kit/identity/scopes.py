"""Scopes: what an app that a person let in may do for them, a narrower right than any role.

A scope of the API names a domain and whether it only reads. What is not named here is closed to every app: accounts and
sign-in, money, administration, answer keys. An app takes no exam and marks none.
"""

from lyceum.kit.identity.permissions import ADMINISTERING, Permission, Role

OPENID = "openid"
PERSONAL = (OPENID, "profile", "email")
"""Scopes that say who somebody is (OpenID Connect Core 1.0, section 5.4)."""
OFFLINE = "offline_access"
"""Asked for by clients that want a refresh token (section 11), which each gets that may refresh."""
_READABLE = ("catalog", "courses", "assignments", "exams", "study", "content", "notifications", "community", "search")
_WRITABLE = ("courses", "assignments", "study", "content", "notifications", "community")
READING = tuple(f"{domain}:read" for domain in _READABLE)
WRITING = tuple(f"{domain}:write" for domain in _WRITABLE)
SCOPES = (*PERSONAL, *READING, *WRITING)
"""Every scope, in the order in which a person is shown them."""
CLOSED_TO_APPS = ADMINISTERING | {Permission.SEE_ANSWER_KEYS, Permission.PROCTOR_EXAMS}
"""Permissions that no app is given, whoever it acts for."""
HIGHEST_ROLE = Role.MODERATOR
"""The highest role that an app acts in; who is above it is this to the app."""


def of_route(domain: str, method: str) -> str:
    """Return the scope that a route of a domain asks for; it is none of `SCOPES` where apps are not let in."""
    return f"{domain}:{'read' if method in {'GET', 'HEAD'} else 'write'}"


def read(text: str) -> frozenset[str]:
    """Read scopes as requests and tokens have them, with spaces between (RFC 6749, 3.3)."""
    return frozenset(text.split())


def write(scopes: frozenset[str]) -> str:
    """Write scopes in the order in which people are shown them."""
    return " ".join(each for each in SCOPES if each in scopes)
