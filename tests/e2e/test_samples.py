"""Every sample event runs by `make invoke` against the deployed functions."""

import json
import subprocess
import sys

import pytest

from tests.e2e.conftest import Stack
from tests.support.sample_events import EVENTS, all_samples

pytestmark = pytest.mark.e2e
POSTS_TO_A_CONNECTION = {"realtime/websocket-subscribe"}
"""Answered over the connection that sends it, which a sample has not."""
NAMES = sorted({each.name for each in all_samples() if each.function} - POSTS_TO_A_CONNECTION)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_runs(stack: Stack, name: str) -> None:
    assert stack.facts
    run = subprocess.run(
        [sys.executable, "-m", "local", "invoke", str(EVENTS / f"{name}.json")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert '"statusCode": 5' not in run.stdout
    assert '"itemIdentifier"' not in run.stdout, json.dumps(run.stdout)
