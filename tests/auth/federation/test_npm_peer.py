"""Sign-in at `oidc-provider` of npm, where it is installed: another implementation of the standard, on this machine."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from tests.auth.conftest import signed_in
from tests.auth.federation.conftest import Browser, SetUp, one_each
from tests.support.http import Client, Reply

ROOT = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("oidc_provider.mjs")


@pytest.fixture(scope="module")
def peer() -> Iterator[str]:
    """The address of the provider; the tests are skipped where Node.js or the package is not at hand."""
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules/oidc-provider").is_dir():
        pytest.skip("oidc-provider is not installed: run `npm ci`")
    with subprocess.Popen([node, SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(params=["client_secret_basic", "client_secret_post"])
def browser(client: Client, set_up: SetUp, peer: str, request: pytest.FixtureRequest) -> Browser:
    """A browser in a tenant that is registered there by either way of proving itself."""
    back = f"https://{client.tenant}.localhost/api/auth/social/school/callback"
    wanted = {"redirect_uris": [back], "token_endpoint_auth_method": request.param, "scope": "openid email profile"}
    made = httpx.post(f"{peer}/reg", json=wanted).json()
    reply = set_up(issuer=peer, clientId=made["client_id"], clientSecret=made["client_secret"])
    assert reply.status == 200, reply.body
    return Browser(client)


def let_in(address: str, name: str) -> dict[str, str]:
    """Sign in there, agree to what is asked, and return what the browser is led back with."""
    with httpx.Client() as there:
        reply = there.get(address)
        for _ in range(12):
            where = urljoin(str(reply.url), reply.headers.get("location", ""))
            if reply.is_redirect and "/callback" in where and where.startswith("https://"):
                return one_each(where)
            if reply.is_redirect:
                reply = there.get(where)
            else:
                prompt = "login" if 'name="login"' in reply.text else "consent"
                given: dict[str, Any] = {"prompt": prompt, "login": name, "password": "any"}
                reply = there.post(str(reply.url), data=given)
    raise AssertionError(reply.text)


def me(browser: Browser, reply: Reply) -> dict[str, Any]:
    assert reply.status == 302, reply.body
    cookie = next(each for each in reply.cookies if each.startswith("refresh_token=")).partition(";")[0]
    renewed = signed_in(browser.client, browser.client.post("/api/auth/refresh", {}, cookie=cookie))
    found: dict[str, Any] = renewed.get("/api/auth/me").data
    return found


def test_somebody_comes_in_and_back_with_what_the_provider_proved(browser: Browser) -> None:
    query = let_in(browser.start(), "ada")
    assert query["iss"], "it names itself in its answers (RFC 9207)"
    first = me(browser, browser.back(query))
    assert (first["email"], first["firstName"]) == ("ada@example.com", "Ada") and first["emailVerifiedAt"]
    assert browser.back(query).error.code == "SIGN_IN_OVER"
    assert me(browser, browser.back(let_in(browser.start(), "ada")))["userId"] == first["userId"]


def test_an_address_that_it_did_not_prove_is_not_taken(browser: Browser) -> None:
    assert "email" not in me(browser, browser.back(let_in(browser.start(), "bob")))


def test_answers_without_its_name_or_with_another_code_sign_nobody_in(browser: Browser) -> None:
    query = let_in(browser.start(), "ada")
    nameless = {name: value for name, value in query.items() if name != "iss"}
    assert browser.back(nameless).error.code == "SIGN_IN_NOT_CONFIRMED"
    earlier = let_in(browser.start(), "ada")
    query = let_in(browser.start(), "ada")
    assert browser.back({**query, "code": earlier["code"]}).error.code == "SIGN_IN_NOT_CONFIRMED", "another verifier"
