"""What a route declares; gateway, guard, OpenAPI and permission tests are all derived from it."""

import re
from collections.abc import Callable
from typing import Any

from lyceum.kit.frozen import frozen
from lyceum.kit.http.error_forms import ErrorForm
from lyceum.kit.http.versions import Deprecation
from lyceum.kit.identity import scopes
from lyceum.kit.identity.access import Access
from lyceum.kit.identity.principal import Principal
from lyceum.kit.table.entity import Entity

PRIVATE = "no-store"
"""Of an answer that is its caller's alone, and kept by nobody."""
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


@frozen
class Limit:
    """At most `calls` in each window of `seconds`, counted for each user (or address) and route.

    Of calls that come often and cost little one in `sample` is counted, at random, and stands for all of them. Where a
    tenant changes the `setting` of this name, as many calls are let through as it says.
    """

    calls: int
    seconds: int
    sample: int = 1
    setting: str = ""

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read a limit such as `10/hour`, `1000/hour by 1 in 20` or `20/hour or some_setting`.

        Raises ValueError for another form.
        """
        match = re.fullmatch(r"(\d+)/(second|minute|hour|day)(?: by 1 in (\d+))?(?: or (\w+))?", text)
        if not match:
            raise ValueError(f"{text!r} is no limit; write it like '10/hour'")
        return cls(int(match.group(1)), _SECONDS[match.group(2)], int(match.group(3) or 1), match.group(4) or "")

    @property
    def text(self) -> str:
        """The limit as it is declared."""
        text = f"{self.calls}/{next(name for name, seconds in _SECONDS.items() if seconds == self.seconds)}"
        text += "" if self.sample == 1 else f" by 1 in {self.sample}"
        return f"{text} or {self.setting}" if self.setting else text


@frozen
class Again:
    """How a repeated request is answered where things change: with what may be seen now of what the first one made.

    - `field`: the result's field with the id of what was made
    - `show`: returns it as the caller may see it, or raises what a caller gets who asks for it
    """

    field: str
    show: Callable[[Principal, str], Any]


@frozen
class Route:
    """A declared endpoint: where it is, who may call it and how it behaves.

    The last parameter of a path may be written `{name+}`: it takes the rest with its slashes.

    - `limit`: how many calls each user or address may make.
    - `max_body_bytes`: how large a body may be.
    - `raw`: the content type of a bare answer.
    - `also`: the content type of a document on request.
    - `refuses`: statuses that its rule answers beyond the usual ones.
    - `owner_of`: the kind of the item that the path names and that is its owner's alone.
    - `alias_of`: the path of the route that this one is only another name of.
    - `errors`: the form of a standard's errors.
    - `form`: whether the body is a form.
    - `scope`: what an app needs to call it, where that is not the domain's.
    """

    domain: str
    method: str
    path: str
    access: Access
    status: int
    limit: Limit | None
    idempotent: bool | Again
    max_body_bytes: int
    cache_control: str
    raw: str | None
    also: str | None
    refuses: tuple[int, ...]
    reads_body: bool
    owner_of: type[Entity] | None
    function: Callable[..., Any]
    alias_of: str | None = None
    errors: ErrorForm | None = None
    form: bool = False
    scope: str | None = None

    @property
    def asked_scope(self) -> str:
        """The scope that an app needs to call it."""
        return self.scope or scopes.of_route(self.domain, self.method)

    @property
    def deprecated(self) -> Deprecation | None:
        """When and why it goes away, if it does; see `lyceum.kit.http.versions.deprecated`."""
        return getattr(self.function, "deprecation", None)

    @property
    def summary(self) -> str:
        """The first sentence of the function's docstring."""
        return (self.function.__doc__ or "").strip().split("\n")[0]

    @property
    def rule(self) -> str:
        """The path as the resolver reads it, with the names of the function's parameters."""
        return re.sub(r"\{(\w+)\+?\}", lambda match: f"<{snake(match.group(1))}>", self.path)

    @property
    def address(self) -> str:
        """The path as documents write it."""
        return self.path.replace("+}", "}")

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """What matches the path where its last parameter, written `{name+}`, takes all that is left; None elsewhere."""
        if not self.path.endswith("+}"):
            return None
        start, _, rest = self.path.rpartition("/")
        names = re.sub(r"\\{(\w+)\\}", lambda match: f"(?P<{snake(match.group(1))}>[^/]+)", re.escape(start))
        return re.compile(f"^{names}/(?P<{snake(rest.strip('{+}'))}>.+)$")


def snake(name: str) -> str:
    """Write a camelCase name in snake_case."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
