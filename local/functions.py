"""Looking at deployed functions: their logs, and what they answer to an event."""

import json
import string
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from local import emulator
from local.place import STAGE, LocalFailure, Place

_POLL_SECONDS = 1.0
_SIGN_IN_SECONDS = 30
_TRACEBACK_CHARACTERS = 1500


def print_log(place: Place, function: str, minutes: int, *, follow: bool) -> None:
    """Print a function's log lines of the last minutes, and go on with new ones when told to."""
    _known(place, function)
    logs = place.client("logs")
    start = int((time.time() - minutes * 60) * 1000)
    seen: set[tuple[str, int, str]] = set()
    while True:
        for event in _events(logs, _group(function), start):
            line = (event["logStreamName"], event["timestamp"], event["message"])
            if line not in seen:
                seen.add(line)
                print(event["message"].rstrip(), flush=True)
        if not follow:
            return
        time.sleep(_POLL_SECONDS)


def _events(logs: Any, group: str, start: int) -> list[dict[str, Any]]:
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=start)
    try:
        return sorted((event for page in pages for event in page["events"]), key=lambda event: event["timestamp"])
    except logs.exceptions.ResourceNotFoundException:  # the function never ran
        return []


def errors(place: Place, function: str) -> list[str]:
    """Return what a function logged as errors, each with the end of its traceback."""
    lines = [event["message"] for event in _events(place.client("logs"), _group(function), 0)]
    logged = [json.loads(line) for line in lines if line.startswith('{"level":"ERROR"')]
    return [f"{each['message']} {each.get('exception', '')[-_TRACEBACK_CHARACTERS:]}" for each in logged]


def _group(function: str) -> str:
    return f"/aws/lambda/lyceum-{STAGE}-{function}"


def invoke(place: Place, sample: Path) -> int:
    """Call the function that a sample names with its event, and print the answer.

    `${Output}` in the event stands for a stack output; `${student_email}`, `${student_password}` and `${student_token}`
    for what one of the demonstration people signs in with and gets by it.
    """
    function, event = _read_sample(sample)
    _known(place, function)
    payload = string.Template(json.dumps(event)).safe_substitute(_Blanks(json.loads(place.stack_file.read_text())))
    answer = place.client("lambda").invoke(FunctionName=f"lyceum-{STAGE}-{function}", Payload=payload.encode())
    payload = answer["Payload"].read().decode()
    print(json.dumps(json.loads(payload), indent=2) if payload else "null")
    if "FunctionError" in answer:
        print(f"{function} failed; `make logs FN={function}` has more", file=sys.stderr)
        return 1
    return 0


class _Blanks(dict[str, str]):
    """What stands for the blanks of a sample; a token is asked for when a sample needs it."""

    def __init__(self, stack: dict[str, Any]) -> None:
        super().__init__(stack["outputs"])
        self.stack = stack
        for name, account in stack["accounts"].items():
            self |= {f"{name}_{part}": account[part] for part in ("email", "password")}

    def __missing__(self, blank: str) -> str:
        """Sign somebody in for `${student_token}`; raises LocalFailure when there is nobody of that name."""
        name, _, part = blank.rpartition("_")
        if part not in {"token", "email", "password"}:
            raise KeyError(blank)
        if part != "token" or name not in self.stack["accounts"]:
            raise LocalFailure(f"the sample asks for {name!r} of the demo data, which is not there; run `make up`")
        self[blank] = _sign_in(self.stack["apiUrl"], self.stack["accounts"][name])
        return self[blank]


def _sign_in(api_url: str, account: dict[str, str]) -> str:
    body = {"identifier": account["email"], "password": account["password"]}
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{api_url}/api/auth/login", json.dumps(body).encode(), headers)  # noqa: S310 - ours
    with urllib.request.urlopen(request, timeout=_SIGN_IN_SECONDS) as answer:  # noqa: S310 - the local stack
        return str(json.load(answer)["data"]["accessToken"])


def _read_sample(path: Path) -> tuple[str, Any]:
    """Return the function that a sample is for, and its event."""
    try:
        sample = json.loads(path.read_text())
        function, event = sample["function"], sample["event"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LocalFailure(f'{path} is no sample, {{"function": ..., "event": ...}}: {error!r}') from None
    if function is None:
        raise LocalFailure(f"{path} is what AWS puts on the default bus, and calls no function")
    return function, event


def _known(place: Place, function: str) -> None:
    from infra.functions import FUNCTIONS
    from infra.settings import Stage

    names = sorted(row.name for row in Stage.load(STAGE).deployed(FUNCTIONS))
    if function not in names:
        raise LocalFailure(f"there is no function {function!r}; choose one of {', '.join(names)}")
    if not place.stack_file.is_file():
        raise LocalFailure("there is no local stack; run `make up` first")
    if not emulator.is_running(place):
        raise LocalFailure("the local stack is down; `make up` starts it again, with its data")
