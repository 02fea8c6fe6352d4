"""A warm function keeps nothing of what its calls made."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SCRIPT = """
import tests.conftest
from tests.simulation import leaks
from tests.support.cloud import cloud_in_process
from tests.support.http import Client

with cloud_in_process() as cloud, cloud.new_tenant() as tenant:
    found = leaks.grown(Client(cloud, tenant), 400)
assert found.objects < 40, found
assert found.kib < 4096, found
"""


def test_a_warm_function_holds_no_more_objects_after_many_calls() -> None:
    """In a process of its own: here, what is logged is kept for other tests to look at."""
    environment = {"PYTHONPATH": "layers/lyceum/python:.", "PATH": "/usr/bin:/bin", "POWERTOOLS_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-c", _SCRIPT]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
