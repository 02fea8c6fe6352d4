"""Bringing the local stack up: no more than is needed, and nothing is called up that does not answer."""

import importlib
import json
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from local import cdk, emulator, payment_providers, proctor
from local.changes import Record, present
from local.finish import apply_the_rest, verify_sender
from local.place import REGION, LocalFailure, Place
from local.swap import KIT, swap
from lyceum.kit.manifest import SOCKET_STAGE

Say = Callable[[str], None]
_COMPLETE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})


def up(place: Place, say: Say) -> dict[str, Any]:
    """Start the emulator, deploy what changed, load the demo data; returns what `stack.json` says."""
    place.home.mkdir(parents=True, exist_ok=True)
    before, now = Record.load(place), present()
    if emulator.was_killed(place):
        say("the emulator was killed: what was written within its last minute may be lost")
    if emulator.start(place):
        say(f"emulator started at {place.url}")
    if payment_providers.start(place):
        say(f"payment providers started at {payment_providers.url(place)}")
    known = _known(place)
    stack = known if known and _stands(place, known) else None
    now.swapped, changed = before.swapped, _changed(before, now)
    if stack is None or before.shape != now.shape:
        stack = _deploy(place, say, known)
        swap(place, before.swapped)
    elif changed:
        say(f"replacing the code of {', '.join(changed)}")
        now.swapped = sorted({*before.swapped, *changed})
        swap(place, changed)
    else:
        say("nothing to deploy")
    stack["paymentsUrl"] = payment_providers.url(place)
    stack["proctorUrl"] = f"{stack['paymentsUrl']}{proctor.ROOT}"
    place.stack_file.write_text(json.dumps(stack, indent=2) + "\n")
    replace(now, demo=before.demo).save(place)
    payment_providers.connect(place, stack["apiUrl"])
    _expect_answer(stack)
    if now.demo and (not stack["accounts"] or before.demo != now.demo):
        say("loading the demo data")
        stack["accounts"] = importlib.import_module("demo.load").main(stack)
        place.stack_file.write_text(json.dumps(stack, indent=2) + "\n")
        now.save(place)
    return stack


def _known(place: Place) -> dict[str, Any] | None:
    """Return what was written about the stack that was deployed here before, if any."""
    try:
        stack: dict[str, Any] = json.loads(place.stack_file.read_text())
    except (OSError, ValueError):
        return None
    return stack


def _stands(place: Place, stack: dict[str, Any]) -> bool:
    """Whether what was deployed before is there and whole."""
    names = cdk.stacks(place)
    is_whole = names and all(cdk.stack_status(place, name) in _COMPLETE for name in names)
    return bool(stack["endpointUrl"] == place.url and is_whole)


def _changed(before: Record, now: Record) -> list[str]:
    domains = [name for name, digest in now.domains.items() if before.domains.get(name) != digest]
    return domains if before.kit == now.kit else [*domains, KIT]


def _deploy(place: Place, say: Say, known: dict[str, Any] | None) -> dict[str, Any]:
    cdk.bootstrap(place, say)
    outputs = cdk.deploy(place, say)
    apply_the_rest(place)
    verify_sender(place)
    url = f"{place.url}/_aws/execute-api/{outputs['ApiId']}/$default"
    has_data = known is not None and known["outputs"]["TableName"] == outputs["TableName"]
    return {
        "apiUrl": url,
        "wsUrl": f"{place.url.replace('http', 'ws', 1)}/_aws/execute-api/{outputs['SocketApiId']}/{SOCKET_STAGE}",
        "docsUrl": f"{url}/docs",
        "region": REGION,
        "endpointUrl": place.url,
        "outputs": outputs,
        "accounts": known["accounts"] if known and has_data else {},
    }


def _expect_answer(stack: dict[str, Any]) -> None:
    if not _answers(stack):
        raise LocalFailure(f"{stack['apiUrl']}/api/health does not answer well; `make logs FN=system` may say why")


def _answers(stack: dict[str, Any]) -> bool:
    try:
        with urllib.request.urlopen(f"{stack['apiUrl']}/api/health", timeout=30) as answer:  # noqa: S310 - http on loopback
            return bool(json.load(answer)["success"])
    except (OSError, ValueError, KeyError):
        return False
