"""What has changed since the last deployment, so that `make up` does no more than is needed."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from infra.functions import FUNCTIONS, check, families
from infra.routes import FUNCTIONS_FOLDER, KIT_FOLDER, events_of, gateway_routes, jobs_of, tasks_of
from local.place import ROOT, Place

_SHAPING_FILES = ("cdk.json", "package-lock.json")


@dataclass
class Record:
    """Digests of what is deployed.

    Attributes:
        shape: The infrastructure, and what manifests, routes, consumers and jobs ask of it.
        kit: The shared layer.
        domains: Each domain's code.
        demo: The demo data.
        swapped: Domains whose code was replaced in place since the last deployment.
    """

    shape: str = ""
    kit: str = ""
    domains: dict[str, str] = field(default_factory=dict)
    demo: str = ""
    swapped: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, place: Place) -> "Record":
        """Read what was deployed last; an empty record when that is unknown."""
        try:
            return cls(**json.loads(place.record_file.read_text()))
        except (OSError, ValueError, TypeError):
            return cls()

    def save(self, place: Place) -> None:
        """Remember what is deployed now."""
        place.record_file.write_text(json.dumps(asdict(self), indent=1))


def present() -> Record:
    """Return the record of the working tree; raises DoesNotFit and GatewayConflict."""
    check(FUNCTIONS)
    shape = _digest([ROOT / "infra", *(ROOT / name for name in _SHAPING_FILES)], "\n".join(_asked()))
    domains = {name: _digest(code_of(name)) for name in sorted({function.domain for function in FUNCTIONS})}
    demo = ROOT / "demo"
    return Record(shape, _digest([KIT_FOLDER]), domains, _digest([demo]) if demo.is_dir() else "")


def _asked() -> Iterator[str]:
    """Yield a line for everything that domains ask of the infrastructure."""
    for route in gateway_routes(FUNCTIONS):
        yield f"{route.key} {route.function}"
    for function in FUNCTIONS:
        messages = [message.name for message in (*events_of(function), *tasks_of(function))]
        kinds = [families(function, writes=False), families(function, writes=True)]
        yield f"{replace(function, reads=(), writes=())} {kinds} {messages} {jobs_of(function)}"


def code_of(domain: str) -> list[Path]:
    """Return what a domain's functions are made of: the root package and the domain's folder."""
    return [FUNCTIONS_FOLDER / "__init__.py", FUNCTIONS_FOLDER / domain]


def _digest(places: Iterable[Path], extra: str = "") -> str:
    digest = hashlib.blake2b(extra.encode(), digest_size=16)
    for place in places:
        for file in source_files(place):
            digest.update(str(file.relative_to(ROOT)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def source_files(place: Path) -> list[Path]:
    """Return a file, or every file of a folder but caches, in a fixed order; nothing for what does not exist."""
    if place.is_file():
        return [place]
    return sorted(
        file
        for file in place.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.name != "lambdas.py"
    )
