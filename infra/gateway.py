"""Which gateway routes the declared routes need: as few as bring each request to the function that declares it.

A gateway picks a full match before a greedy one and, segment by segment, a literal before a parameter. So a function
gets one greedy route for each prefix that it owns, and for each branch of another's prefix that is its alone. A route
gets one of its own only when it belongs to another function, or when one of those would otherwise take its requests.
The gateway lets everybody in: functions prove their callers themselves, and answer preflights and methods that a path
does not take.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_ROUTES = 250
REST = "$default"
"""The gateway's name for every request that no other route takes."""
SHARED_NOUNS = frozenset({"admin"})
"""Second path segments that many domains share; their prefix is one segment longer."""
_ROOT = "api"
_PARAMETER = re.compile(r"\{\w+\+?\}")
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

    @property
    def parts(self) -> tuple[str, ...]:
        """The segments of the path; a parameter is the empty string whatever its name."""
        return tuple("" if _PARAMETER.fullmatch(part) else part for part in self.segments)

    @property
    def segments(self) -> list[str]:
        """The segments of the path as they are written."""
        return self.path.strip("/").split("/")

    @property
    def label(self) -> str:
        """The route as it is written in messages."""
        return f"{self.method} {self.path} ({self.function})"

    def meets(self, other: "DeclaredRoute") -> bool:
        """Whether one path can match both."""
        if len(self.parts) != len(other.parts):
            return False
        return all(
            mine == theirs or not (mine and theirs) for mine, theirs in zip(self.parts, other.parts, strict=True)
        )

    def is_told_apart(self, other: "DeclaredRoute") -> bool:
        """Whether no good request can match both: where one has a literal, the other has an id that it can not be."""
        return any(
            _is_no_id(mine, theirs) or _is_no_id(theirs, mine)
            for mine, theirs in zip(self.segments, other.segments, strict=True)
        )

    def is_within(self, other: "DeclaredRoute") -> bool:
        """Whether it is the more literal of two that meet, so that a gateway prefers it."""
        return all(mine == theirs or mine for mine, theirs in zip(self.parts, other.parts, strict=True))


@dataclass(frozen=True, order=True)
class GatewayRoute:
    """A route of the gateway: its key, such as `ANY /api/health`, and its function."""

    key: str
    function: str


def derive(routes: Iterable[DeclaredRoute]) -> list[GatewayRoute]:
    """Return the gateway's routes for all declared ones; raises GatewayConflict where that is impossible."""
    declared = sorted(routes, key=lambda route: (route.path, route.method))
    _refuse_twins(declared)
    owners = _owners(declared)
    explicit = _explicit(declared, owners)
    _refuse_crossings(declared, explicit)
    branches = _branches(explicit, declared)
    single = [route for route in explicit if not any(_is_below(route, branch) for branch in branches)]
    derived = {*_own_routes(single, declared), *branches.values(), *_greedy_routes(declared, explicit, owners)}
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
    """Return the prefix that a route is below, such as `/api/exams` or `/scim`; None without a literal noun."""
    length = 1
    if route.parts[0] == _ROOT:
        length = 3 if route.parts[1:2] and route.parts[1] in SHARED_NOUNS else 2
    parts = route.parts[:length]
    return "/" + "/".join(parts) if len(parts) == length and all(parts) else None


def _owners(declared: list[DeclaredRoute]) -> dict[str, str]:
    """Give each prefix to the function with the most paths below it."""
    paths: dict[str, set[tuple[str, tuple[str, ...]]]] = defaultdict(set)
    for route in declared:
        noun = prefix(route)
        if noun:
            paths[noun].add((route.function, route.parts))
    counts = {noun: Counter(function for function, _ in found) for noun, found in paths.items()}
    return {noun: min(count, key=lambda name: (-count[name], name)) for noun, count in counts.items()}


def _explicit(declared: list[DeclaredRoute], owners: dict[str, str]) -> list[DeclaredRoute]:
    """Return the routes that need a gateway route of their own."""
    explicit = [route for route in declared if owners.get(prefix(route) or "") != route.function]
    rest = [route for route in declared if route not in explicit]
    while taken := [route for route in rest if any(_is_taken(route, other) for other in explicit)]:
        explicit += taken
        rest = [route for route in rest if route not in taken]
    return explicit


def _is_taken(route: DeclaredRoute, other: DeclaredRoute) -> bool:
    return (
        route.function != other.function
        and route.method == other.method
        and route.meets(other)
        and route.is_within(other)
    )


def _is_no_id(parameter: str, literal: str) -> bool:
    is_literal = not _PARAMETER.fullmatch(literal)
    return is_literal and bool(_ID_PARAMETER.fullmatch(parameter)) and not _ID.fullmatch(literal)


def _refuse_crossings(declared: list[DeclaredRoute], explicit: list[DeclaredRoute]) -> None:
    for other in explicit:
        for route in declared:
            meets = route.method == other.method and route.function != other.function and route.meets(other)
            crosses = meets and not route.is_within(other) and not other.is_within(route)
            if crosses and not route.is_told_apart(other):
                raise GatewayConflict(
                    f"a request can match both {other.label} and {route.label}, and neither is the more literal one"
                )


Branch = tuple[str, ...]
"""The first segments of paths, as `DeclaredRoute.parts` has them."""


def _branches(explicit: list[DeclaredRoute], declared: list[DeclaredRoute]) -> dict[Branch, GatewayRoute]:
    """Return the outermost branches below which two paths or more are one function's and none is another's.

    A greedy route there stands for a route of each. It is longer than that of the prefix, and so the one that is taken.
    """
    found: dict[Branch, GatewayRoute] = {}
    for route in explicit:
        for length in range(3, len(route.parts)):
            branch = route.parts[:length]
            below = [other for other in declared if branch[-1] and _is_below(other, branch)]
            if {other.function for other in below} == {route.function} and len({other.parts for other in below}) > 1:
                found[branch] = GatewayRoute(f"ANY /{'/'.join(route.segments[:length])}/{{proxy+}}", route.function)
                break
    return found


def _is_below(route: DeclaredRoute, branch: Branch) -> bool:
    """Whether requests for a route may begin with a branch and go on."""
    is_longer = len(route.parts) > len(branch)
    return is_longer and all(
        mine == theirs or not (mine and theirs) for mine, theirs in zip(route.parts, branch, strict=False)
    )


def _own_routes(explicit: list[DeclaredRoute], declared: list[DeclaredRoute]) -> Iterator[GatewayRoute]:
    """Yield the routes of single paths: one for all methods, where no other function has a path that meets it."""
    by_path: dict[tuple[str, tuple[str, ...]], list[DeclaredRoute]] = defaultdict(list)
    for route in explicit:
        by_path[route.function, route.parts].append(route)
    for (function, _), routes in by_path.items():
        is_alone = not any(other.function != function and other.meets(routes[0]) for other in declared)
        for method in ["ANY"] if is_alone else [route.method for route in routes]:
            yield GatewayRoute(f"{method} {routes[0].path}", function)


def _greedy_routes(
    declared: list[DeclaredRoute], explicit: list[DeclaredRoute], owners: dict[str, str]
) -> Iterator[GatewayRoute]:
    """Yield the routes of whole prefixes."""
    for route in declared:
        noun = prefix(route)
        if noun is None or route in explicit:
            continue
        yield GatewayRoute(f"ANY {noun if route.path == noun else f'{noun}/{{proxy+}}'}", owners[noun])
