"""Which gateway routes the declared routes need, so that none that asks for a caller can be reached without one.

A gateway picks a full match before a greedy one and, segment by segment, a literal before a parameter. So a function
gets one greedy route for each prefix it owns, behind the authorizer, and a route gets one of its own only when it is
anonymous, when it belongs to another function, or when one of those would otherwise take its requests.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_ROUTES = 250
SHARED_NOUNS = frozenset({"admin"})
"""Second path segments that many domains share; their prefix is one segment longer."""
_ROOT = "api"
_PARAMETER = re.compile(r"\{\w+\}")
_ID_PARAMETER = re.compile(r"\{(\w+I|i)d\}")
_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}", re.IGNORECASE)
"""A ULID, as every parameter called `...Id` holds one."""


class GatewayConflict(ValueError):
    """The declared routes can not be served as declared; the message names those that disagree."""


@dataclass(frozen=True)
class DeclaredRoute:
    """A route as a function declares it."""

    function: str
    method: str
    path: str
    is_anonymous: bool

    @property
    def parts(self) -> tuple[str, ...]:
        """The segments of the path; a parameter is the empty string whatever its name."""
        return tuple("" if _PARAMETER.fullmatch(part) else part for part in self.path.strip("/").split("/"))

    @property
    def label(self) -> str:
        """The route as it is written in messages."""
        return f"{self.method} {self.path} ({self.function})"

    @property
    def target(self) -> tuple[str, bool]:
        """Where its requests must end: the function, and whether the authorizer is passed."""
        return self.function, self.is_anonymous

    def meets(self, other: "DeclaredRoute") -> bool:
        """Whether a request can match both."""
        if self.method != other.method or len(self.parts) != len(other.parts):
            return False
        return all(
            mine == theirs or not (mine and theirs) for mine, theirs in zip(self.parts, other.parts, strict=True)
        )

    def is_told_apart(self, other: "DeclaredRoute") -> bool:
        """Whether no good request can match both: where one has a literal, the other has an id that it can not be."""
        return any(
            _is_no_id(mine, theirs) or _is_no_id(theirs, mine)
            for mine, theirs in zip(self._segments, other._segments, strict=True)
        )

    @property
    def _segments(self) -> list[str]:
        return self.path.strip("/").split("/")

    def is_within(self, other: "DeclaredRoute") -> bool:
        """Whether it is the more literal of two that meet, so that a gateway prefers it."""
        return all(mine == theirs or mine for mine, theirs in zip(self.parts, other.parts, strict=True))


@dataclass(frozen=True, order=True)
class GatewayRoute:
    """A route of the gateway: its key (`GET /api/health`), its function and whether the authorizer stands before it."""

    key: str
    function: str
    is_protected: bool


def derive(routes: Iterable[DeclaredRoute]) -> list[GatewayRoute]:
    """Return the gateway's routes for all declared ones; raises GatewayConflict where that is impossible."""
    declared = sorted(routes, key=lambda route: (route.path, route.method))
    _refuse_twins(declared)
    owners = _owners(declared)
    explicit = _explicit(declared, owners)
    _refuse_crossings(declared, explicit)
    derived = {_own_route(route) for route in explicit} | set(_greedy_routes(declared, explicit, owners))
    if len(derived) > MOST_ROUTES:
        raise GatewayConflict(
            f"{len(derived)} gateway routes are needed and {MOST_ROUTES} are allowed; "
            "let one function own more of a prefix"
        )
    return sorted(derived)


def _refuse_twins(declared: list[DeclaredRoute]) -> None:
    seen: dict[tuple[str, tuple[str, ...]], DeclaredRoute] = {}
    for route in declared:
        other = seen.setdefault((route.method, route.parts), route)
        if other is not route:
            raise GatewayConflict(f"two routes have one shape: {other.label} and {route.label}")


def prefix(route: DeclaredRoute) -> str | None:
    """Return the prefix that a route is below, such as `/api/exams`; None outside the API or without a literal noun."""
    length = 3 if route.parts[1:2] and route.parts[1] in SHARED_NOUNS else 2
    parts = route.parts[:length]
    if len(parts) < length or parts[0] != _ROOT or not all(parts):
        return None
    return "/" + "/".join(parts)


def _owners(declared: list[DeclaredRoute]) -> dict[str, str]:
    """Give each prefix to the function with the most protected routes below it."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for route in declared:
        noun = prefix(route)
        if noun and not route.is_anonymous:
            counts[noun][route.function] += 1
    return {noun: min(count, key=lambda name: (-count[name], name)) for noun, count in counts.items()}


def _explicit(declared: list[DeclaredRoute], owners: dict[str, str]) -> list[DeclaredRoute]:
    """Return the routes that need a gateway route of their own."""
    explicit = [route for route in declared if route.is_anonymous or owners.get(prefix(route) or "") != route.function]
    rest = [route for route in declared if route not in explicit]
    while taken := [route for route in rest if any(_is_taken(route, other) for other in explicit)]:
        explicit += taken
        rest = [route for route in rest if route not in taken]
    return explicit


def _is_taken(route: DeclaredRoute, other: DeclaredRoute) -> bool:
    return route.target != other.target and route.meets(other) and route.is_within(other)


def _is_no_id(parameter: str, literal: str) -> bool:
    is_literal = not _PARAMETER.fullmatch(literal)
    return is_literal and bool(_ID_PARAMETER.fullmatch(parameter)) and not _ID.fullmatch(literal)


def _refuse_crossings(declared: list[DeclaredRoute], explicit: list[DeclaredRoute]) -> None:
    for other in explicit:
        for route in declared:
            crossing = route.meets(other) and not route.is_within(other) and not other.is_within(route)
            if crossing and route.target != other.target and not route.is_told_apart(other):
                raise GatewayConflict(
                    f"a request can match both {other.label} and {route.label}, and neither is the more literal one"
                )


def _own_route(route: DeclaredRoute) -> GatewayRoute:
    return GatewayRoute(f"{route.method} {route.path}", route.function, not route.is_anonymous)


def _greedy_routes(
    declared: list[DeclaredRoute], explicit: list[DeclaredRoute], owners: dict[str, str]
) -> Iterator[GatewayRoute]:
    """Yield `ANY` routes behind the authorizer, each beside an open `OPTIONS` one: a preflight has no token."""
    for route in declared:
        noun = prefix(route)
        if noun is None or route in explicit:
            continue
        path = noun if route.path == noun else f"{noun}/{{proxy+}}"
        yield GatewayRoute(f"ANY {path}", owners[noun], is_protected=True)
        yield GatewayRoute(f"OPTIONS {path}", owners[noun], is_protected=False)
