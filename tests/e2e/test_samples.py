"""Every sample event runs against the deployed functions, as by `make invoke`."""

import subprocess
import sys

import pytest

from infra.functions import FUNCTIONS
from infra.settings import Stage
from local.functions import invoke
from tests.e2e.conftest import Stack
from tests.support.sample_events import EVENTS, all_samples

pytestmark = pytest.mark.e2e
POSTS_TO_A_CONNECTION = {"realtime/websocket-subscribe"}
"""Answered over the connection that sends it, which a sample has not."""
DEPLOYED = {function.name for function in Stage.load("local").deployed(FUNCTIONS)}
NAMES = sorted({each.name for each in all_samples() if each.function in DEPLOYED} - POSTS_TO_A_CONNECTION)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_runs(main_stack: Stack, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = invoke(main_stack.place, EVENTS / f"{name}.json")
    printed = capsys.readouterr()
    assert status == 0, printed
    assert '"statusCode": 5' not in printed.out
    assert '"statusCode": 401' not in printed.out, "samples carry the token that they need"
    assert '"itemIdentifier"' not in printed.out, printed.out


def test_a_sample_is_named_on_the_command_line(main_stack: Stack) -> None:
    assert main_stack.facts
    sample = str(EVENTS / f"{NAMES[0]}.json")
    run = subprocess.run(
        [sys.executable, "-m", "local", "invoke", sample], capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
