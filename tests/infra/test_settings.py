"""A stage's file is checked before anything is made of it."""

from pathlib import Path

import pytest

from infra.settings import FOLDER, STAGES, Stage, UnfitSettings, main
from tests.infra.conftest import CERTIFICATE, production_stage


def refusal(folder: Path, name: str, text: str) -> str:
    (folder / f"{name}.toml").write_text(text)
    with pytest.raises(UnfitSettings) as refused:
        Stage.load(name, folder)
    return str(refused.value)


@pytest.mark.parametrize("name", STAGES)
def test_each_stage_has_a_file_that_fits(name: str) -> None:
    assert Stage.load(name).name == name


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(UnfitSettings, match="choose one of local, dev, staging, prod"):
        Stage.load("moon")


def test_a_stage_without_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnfitSettings, match="can not be read"):
        Stage.load("dev", tmp_path)


@pytest.mark.parametrize("missing", ["domain", "mail_from", "alarm_mail", "origins"])
def test_production_needs_its_addresses(tmp_path: Path, missing: str) -> None:
    lines = (FOLDER / "prod.toml").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith(missing))
    assert f"production needs {missing}" in refusal(tmp_path, "prod", text)


def test_a_misspelt_setting_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path, "dev", 'issuer = "https://a.example"\nmail_form = "a@b.example"\n')
    assert "mail_form: Extra inputs are not permitted" in message


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("free_exam_daily = 3", "no function reads free_exam_daily"),
        ('table = "other"', "table follows from other settings"),
        ('argon2_passes = "many"', "argon2_passes"),
    ],
)
def test_variables_of_functions_are_checked(tmp_path: Path, line: str, complaint: str) -> None:
    message = refusal(tmp_path, "dev", f'issuer = "https://a.example"\n[environment]\n{line}\n')
    assert complaint in message


def test_a_host_of_the_api_needs_its_certificate() -> None:
    with pytest.raises(ValueError, match="go together"):
        production_stage(api_certificate="")


def test_a_certificate_is_one_and_the_networks_is_of_its_region() -> None:
    with pytest.raises(ValueError, match="api_certificate"):
        production_stage(api_certificate="lyceum")
    with pytest.raises(ValueError, match="us-east-1"):
        production_stage(api_edge={"target": "d-abc", "certificate": CERTIFICATE})


def test_placeholders_are_named_before_a_deployment() -> None:
    names = {"domain", "issuer", "api_domain", "mail_from", "alarm_mail", "origins"}
    assert set(production_stage().placeholders) == names
    own = production_stage(
        domain="lyceum.org",
        issuer="https://api.lyceum.org",
        api_domain="api.lyceum.org",
        mail_from="no-reply@lyceum.org",
        alarm_mail="operations@lyceum.org",
        origins=["https://lyceum.org"],
    )
    assert own.placeholders == []


def test_a_deployment_with_placeholders_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("prod") == 1
    assert "infra/settings/prod.toml: fill in domain" in capsys.readouterr().err
    assert main("dev") == 0


def test_the_country_follows_from_the_edge_and_is_no_variable_of_its_own(tmp_path: Path) -> None:
    assert production_stage(edge={"country_header": "cloudfront-viewer-country"}).edge.country_header
    wrong = (FOLDER / "dev.toml").read_text() + '[environment]\ncountry_header = "x-country"\n'
    assert "country_header follows from other settings" in refusal(tmp_path, "dev", wrong)
