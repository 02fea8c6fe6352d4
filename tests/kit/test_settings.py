"""Where the API is, as a function of the local stack tells it to people."""

import pytest

from infra import settings as infra_settings
from lyceum.kit import settings as module

EMULATED = "http://cd795dc2.execute-api.localhost:4566"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    module.settings.cache_clear()
    monkeypatch.setattr(module, "settings", module.settings.__wrapped__)


def test_the_emulators_host_that_nobody_resolves_is_told_as_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYCEUM_API_URL", EMULATED)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert module.settings().api_url == "http://127.0.0.1:4566/_aws/execute-api/cd795dc2/$default"


@pytest.mark.parametrize(
    ("emulator", "given"),
    [
        ("", EMULATED),
        ("http://127.0.0.1:4566", "https://api.example.com"),
        ("", "https://ab.execute-api.eu-west-1.aws"),
    ],
)
def test_any_other_address_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch, emulator: str, given: str) -> None:
    monkeypatch.setenv("LYCEUM_API_URL", given)
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator)
    assert module.settings().api_url == given


@pytest.mark.parametrize(("stage", "patience"), [("local", 4), ("dev", 1), ("prod", 1)])
def test_an_emulator_is_waited_for_longer_than_aws(stage: str, patience: int) -> None:
    assert module.Settings(stage=stage).patience == patience
    assert infra_settings.Stage.load(stage).patience == patience
