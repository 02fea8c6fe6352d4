"""The optional content network and firewall before the API."""

import contextlib
import fnmatch
import json
from typing import Any

import pytest
from pydantic import ValidationError

from infra.cost import Prices, idle_month, looked_at
from infra.functions import FUNCTIONS
from infra.routes import _declared
from infra.shared.api_edge_stack import PUBLIC_READS, REGION
from lyceum.edge.shown import SHOWN
from tests.infra.conftest import NETWORK_CERTIFICATE, Assembly, production_stage

pytestmark = pytest.mark.filterwarnings("ignore")
EDGE = {
    "target": "d-abc.execute-api.eu-west-1.amazonaws.com",
    "certificate": NETWORK_CERTIFICATE,
    "shield_region": "eu-west-1",
    "bot_control": True,
}


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    import aws_cdk as cdk
    from cdk_nag import AwsSolutionsChecks

    from infra.shared.api_edge_stack import ApiEdgeStack

    folder = tmp_path_factory.mktemp("api-edge")
    app = looked_at(folder)
    ApiEdgeStack(app, production_stage(api_edge=EDGE))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with contextlib.suppress(RuntimeError):  # raised for findings, which a test of its own reports
        app.synth()
    return Assembly(folder)


def only(edge: Assembly, kind: str) -> dict[str, Any]:
    (found,) = edge.resources(kind).values()
    return found


def test_nag_finds_nothing(edge: Assembly) -> None:
    assert edge.findings() == {}


def test_it_stands_in_the_region_of_certificates_and_firewalls(edge: Assembly) -> None:
    artifacts = json.loads((edge.folder / "manifest.json").read_text())["artifacts"]
    assert artifacts["lyceum-prod-api-edge"]["environment"].endswith(f"/{REGION}")


def test_it_answers_under_the_apis_own_host_and_hands_the_host_on(edge: Assembly) -> None:
    network = only(edge, "AWS::CloudFront::Distribution")["DistributionConfig"]
    assert network["Aliases"] == ["api.lyceum.example"]
    (origin,) = network["Origins"]
    assert origin["DomainName"] == EDGE["target"]
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["OriginShield"] == {"Enabled": True, "OriginShieldRegion": "eu-west-1"}
    told = only(edge, "AWS::CloudFront::OriginRequestPolicy")["OriginRequestPolicyConfig"]["HeadersConfig"]
    assert told == {"HeaderBehavior": "allViewerAndWhitelistCloudFront", "Headers": ["CloudFront-Viewer-Country"]}


def test_public_reads_are_cached_as_long_as_they_say_and_nothing_else_is(edge: Assembly) -> None:
    network = only(edge, "AWS::CloudFront::Distribution")["DistributionConfig"]
    cached = {each["PathPattern"]: each["CachePolicyId"] for each in network["CacheBehaviors"]}
    assert set(cached) == set(PUBLIC_READS)
    assert all(isinstance(policy, dict) for policy in cached.values())
    assert network["DefaultCacheBehavior"]["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # nothing is kept
    policy = only(edge, "AWS::CloudFront::CachePolicy")["CachePolicyConfig"]
    assert (policy["MinTTL"], policy["DefaultTTL"]) == (0, 0)
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"]["QueryStringBehavior"] == "all"
    assert key["HeadersConfig"]["Headers"] == ["Host", "Origin"]
    assert key["CookiesConfig"]["CookieBehavior"] == "none"


def test_the_patterns_are_those_of_the_routes_that_everybody_may_share() -> None:
    shared = {
        route.path
        for function in FUNCTIONS
        if function.is_http
        for route in _declared(function).routes
        if route.cache_control.startswith("public")
    }
    assert shared
    unmatched = {path for path in shared if not any(fnmatch.fnmatch(path, pattern) for pattern in PUBLIC_READS)}
    assert unmatched == set()
    idle = {pattern for pattern in PUBLIC_READS if not any(fnmatch.fnmatch(path, pattern) for path in shared)}
    assert idle == set()


_LIVE = ("/docs", "/openapi.json", "/console*", "/.well-known/*", "/api/lti/jwks", "/api/marketplace/top-sellers")
"""What a deployment changes, or a job from time to time: it goes by its minutes alone."""


def test_what_is_kept_is_forgotten_when_it_changes() -> None:
    addresses = [path for shown in SHOWN.values() for path in (*shown.pages, *shown.lists)]
    for pattern in PUBLIC_READS:
        assert pattern in _LIVE or any(fnmatch.fnmatch(address, pattern) for address in addresses), pattern
    for address in addresses:
        assert any(fnmatch.fnmatch(address, pattern) for pattern in PUBLIC_READS), address


def test_the_firewall_knows_bad_addresses_bad_input_crowds_and_bots(edge: Assembly) -> None:
    firewall = only(edge, "AWS::WAFv2::WebACL")
    assert firewall["Scope"] == "CLOUDFRONT"
    rules = {rule["Name"]: rule for rule in firewall["Rules"]}
    assert list(rules) == [
        "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesAnonymousIpList", "calls", "sign-in", "AWSManagedRulesBotControlRuleSet",
    ]  # fmt: skip
    assert [rule["Priority"] for rule in rules.values()] == list(range(1, 8))
    rate = rules["calls"]["Statement"]["RateBasedStatement"]
    assert (rate["Limit"], rate["EvaluationWindowSec"], rate["AggregateKeyType"]) == (3000, 300, "IP")
    assert "ScopeDownStatement" in rules["sign-in"]["Statement"]["RateBasedStatement"]
    assert rules["calls"]["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429


def test_what_authors_write_is_not_refused_by_a_rule_that_does_not_know_it(edge: Assembly) -> None:
    firewall = only(edge, "AWS::WAFv2::WebACL")
    (common,) = [rule for rule in firewall["Rules"] if rule["Name"] == "AWSManagedRulesCommonRuleSet"]
    overridden = common["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    assert {"SizeRestrictions_BODY", "CrossSiteScripting_BODY"} <= {each["Name"] for each in overridden}
    assert all(each["ActionToUse"] == {"Count": {}} for each in overridden)


def test_hits_and_misses_are_counted(edge: Assembly) -> None:
    counted = only(edge, "AWS::CloudFront::MonitoringSubscription")["MonitoringSubscription"]
    assert counted["RealtimeMetricsSubscriptionConfig"]["RealtimeMetricsSubscriptionStatus"] == "Enabled"
    assert only(edge, "AWS::CloudFront::Distribution")["DistributionConfig"]["Logging"]


def test_its_cost_is_known(edge: Assembly) -> None:
    costs = idle_month(edge.stacks().values(), Prices.load())
    assert costs["web firewall"] == 12
    assert costs["counts of the content network"] > 0


@pytest.mark.parametrize("missing", [{"api_domain": "", "api_certificate": ""}, {"api_edge": {"target": "d-abc"}}])
def test_it_needs_a_host_and_a_certificate(missing: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="api_edge needs"):
        production_stage(**({"api_edge": EDGE} | missing))
