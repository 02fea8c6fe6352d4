"""Rights that end: known everywhere in ten seconds, read by no request for itself; without news the door closes."""

from collections.abc import Callable, Iterator

import pytest

from lyceum.kit import context
from lyceum.kit.errors import Unauthenticated, Unavailable
from lyceum.kit.identity import revocations
from lyceum.kit.identity.permissions import Role
from lyceum.kit.identity.principal import Principal
from lyceum.kit.identity.records import Revocation
from lyceum.kit.table import Unit
from tests.support.clock import Clock


@pytest.fixture(autouse=True)
def new_process() -> Iterator[None]:
    """Let each test begin as a process that knows nothing."""
    revocations.forget()
    yield
    revocations.forget()


@pytest.fixture
def caller(tenant: str) -> Principal:
    """Somebody with a token."""
    return Principal("u1", tenant, Role.STUDENT, "free", "s1", 3)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the feed fail from the call on."""

    def fail(*_: object, **__: object) -> None:
        raise Unavailable

    return lambda: monkeypatch.setattr(revocations, "find", fail)


def store(*items: Revocation) -> None:
    for item in items:
        Unit().put(item).commit()


def test_a_session_that_ended_passes_for_ten_seconds_at_most(caller: Principal, clock: Clock) -> None:
    revocations.check(caller)
    store(revocations.of_session("s1"))
    clock.advance(seconds=10)
    with pytest.raises(Unauthenticated):
        revocations.check(caller)


def test_another_session_of_the_same_user_goes_on(caller: Principal, clock: Clock) -> None:
    store(revocations.of_session("s2"))
    revocations.check(caller)


@pytest.mark.parametrize(("lowest", "passes"), [(3, True), (4, False)], ids=["the version held", "a newer one"])
def test_tokens_of_an_older_permissions_version_end(
    caller: Principal, clock: Clock, lowest: int, *, passes: bool
) -> None:
    store(revocations.of_older_tokens("u1", lowest))
    if passes:
        revocations.check(caller)
    else:
        with pytest.raises(Unauthenticated):
            revocations.check(caller)


def test_a_version_never_falls_back(caller: Principal, clock: Clock) -> None:
    store(revocations.of_older_tokens("u1", 5))
    clock.advance(seconds=1)
    store(revocations.of_older_tokens("u1", 2))
    with pytest.raises(Unauthenticated):
        revocations.check(caller)


def test_what_ended_stays_ended_until_its_tokens_have_expired(caller: Principal, clock: Clock) -> None:
    store(revocations.of_session("s1"))
    for _ in range(14):
        with pytest.raises(Unauthenticated):
            revocations.check(caller)
        clock.advance(minutes=1)


def test_a_new_process_knows_what_ended_before_it(caller: Principal, clock: Clock) -> None:
    store(revocations.of_session("s1"))
    clock.advance(minutes=14)
    revocations.forget()
    with pytest.raises(Unauthenticated):
        revocations.check(caller)


def test_nothing_is_read_for_a_request_of_its_own(
    caller: Principal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(minutes=2)
    revocations.check(caller)
    asked = []
    find = revocations.find
    monkeypatch.setattr(revocations, "find", lambda *a, **k: asked.append(k) or find(*a, **k))
    with context.working(context.RequestContext(caller.tenant)) as work:
        for _ in range(9):
            clock.advance(seconds=1)
            revocations.check(caller)
        assert asked == []
        clock.advance(seconds=1)
        revocations.check(caller)
        assert len(asked) == 1
        assert work.usage.requests == 0


def test_tenants_have_feeds_of_their_own(caller: Principal, clock: Clock) -> None:
    with context.working(context.RequestContext("another")):
        store(revocations.of_session("s1"))
    revocations.check(caller)


def test_a_feed_that_fails_closes_the_door_after_a_minute(
    caller: Principal, clock: Clock, broken: Callable[[], None]
) -> None:
    revocations.check(caller)
    broken()
    clock.advance(seconds=60)
    revocations.check(caller)
    clock.advance(seconds=1)
    with pytest.raises(Unavailable):
        revocations.check(caller)


def test_a_process_that_never_read_the_feed_lets_nobody_in(
    caller: Principal, clock: Clock, broken: Callable[[], None]
) -> None:
    broken()
    with pytest.raises(Unavailable):
        revocations.check(caller)


def test_a_feed_of_many_pages_is_read_to_its_end(
    caller: Principal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocations, "_PAGE", 4)
    with context.working(context.RequestContext(caller.tenant)):
        store(*(revocations.of_session(f"other-{number}") for number in range(30)), revocations.of_session("s1"))
    with pytest.raises(Unauthenticated):
        revocations.check(caller)
