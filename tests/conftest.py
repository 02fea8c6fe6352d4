"""The in-process stack: storage, keys and queues by moto, callers by gateway events, time by a clock of the tests."""

import os

os.environ.update(
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_DEFAULT_REGION="eu-west-1",
    POWERTOOLS_TRACE_DISABLED="1",
    LYCEUM_TABLE="lyceum-test",
    LYCEUM_BUCKET="lyceum-files-test",
    LYCEUM_BUS="lyceum-test",
    LYCEUM_ISSUER="https://api.lyceum.test",
    LYCEUM_API_URL="https://api.lyceum.test",
    LYCEUM_CHANNELS="email,sms,push",
    LYCEUM_SOCKET_API="sockets",
    LYCEUM_LANGUAGE_MODEL="amazon.nova-lite-v1:0",
    LYCEUM_ARGON2_MEMORY_KIB="64",  # quick, for tests only
    LYCEUM_ARGON2_PASSES="1",
)
os.environ.pop("AWS_ENDPOINT_URL", None)

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from lyceum.kit.http import rate_limits
from lyceum.kit.table.retrying import Pause, pausing
from tests.api import recording
from tests.api.acts import watched_writes
from tests.support.clock import Clock
from tests.support.cloud import Cloud, cloud_in_process
from tests.support.conflicts import Conflicts, conflicting_storage
from tests.support.http import Client
from tests.support.logs import telltales, watched_logs

MOST_SECONDS = 90
"""The longest that a folder of tests may take in all, on a machine with nothing else to do (`LYCEUM_TIMED=1`)."""
_SECONDS: dict[str, float] = defaultdict(float)

hypothesis.settings.register_profile(
    "lyceum", deadline=None, derandomize=True, database=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("lyceum")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up the seconds of each folder, and of each story, as the reports come in from wherever the tests run."""
    parts = Path(report.nodeid.partition("::")[0]).parts
    _SECONDS["/".join(parts[:3] if parts[1] == "e2e" else parts[:2])] += report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print where the time went."""
    terminalreporter.section("seconds of each folder")
    for folder, seconds in sorted(_SECONDS.items(), key=lambda found: -found[1]):
        terminalreporter.line(f"{seconds:7.1f}  {folder}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the examples, and fail a timed run in which a folder takes too long; else seconds mean nothing."""
    recording.write()
    slow = [folder for folder, seconds in _SECONDS.items() if seconds > MOST_SECONDS]
    if slow and os.environ.get("LYCEUM_TIMED") and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print(f"\nmore than {MOST_SECONDS} seconds: {', '.join(slow)}")


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """The emulated services, one set for the whole run; tests are kept apart by their tenants."""
    with cloud_in_process() as services:
        yield services


@pytest.fixture(autouse=True)
def _silent_about_secrets() -> Iterator[None]:
    """Nothing that the product logs in any test holds a secret or a full address."""
    with watched_logs() as lines:
        yield
    assert [line for line in lines if telltales(line)] == []


@pytest.fixture(autouse=True)
def _watched_writes() -> Iterator[None]:
    """What each call writes is known."""
    with watched_writes():
        yield


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A clock that stands still until a test moves it."""
    with Clock() as moved:
        yield moved


@pytest.fixture
def tenant(cloud: Cloud) -> Iterator[str]:
    """A tenant of the test's own, also current for what the test does itself."""
    with cloud.new_tenant() as name:
        yield name


@pytest.fixture(autouse=True)
def _counted_in_full_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a call costs is the same in every run: of limits that count a sample, no call is drawn."""
    monkeypatch.setattr(rate_limits, "is_drawn", lambda sample: sample == 1)


@pytest.fixture(autouse=True)
def _without_waiting() -> Iterator[None]:
    """Work that is tried again is so at once."""
    with pausing(Pause(sleep=lambda _seconds: None)):
        yield


@pytest.fixture
def conflicts(cloud: Cloud) -> Iterator[Conflicts]:
    """Storage that refuses a transaction while another one is at work on the same item, or as a test says."""
    with conflicting_storage() as refused:
        yield refused


@pytest.fixture
def client(cloud: Cloud, tenant: str) -> Client:
    """Calls handlers as an anonymous caller of the test's tenant; `as_` gives other callers."""
    return Client(cloud, tenant)
