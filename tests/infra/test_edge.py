"""The edge of a stage that asks for one."""

from typing import Any

from tests.infra.conftest import API_DOMAIN_NAME
from tests.infra.reading import StackReader


def _rules(edge: StackReader) -> dict[str, dict[str, Any]]:
    return {rule["Name"]: rule for rule in edge.only("AWS::WAFv2::WebACL")["Rules"]}


def test_the_distribution_stands_behind_the_firewall(edge: StackReader) -> None:
    """HTTPS only, to our interface only, through the web ACL."""
    configuration = edge.only("AWS::CloudFront::Distribution")["DistributionConfig"]
    (firewall,) = edge.of_type("AWS::WAFv2::WebACL")
    assert {"Fn::GetAtt": [firewall, "Arn"]} == configuration["WebACLId"]
    assert [API_DOMAIN_NAME] == [origin["DomainName"] for origin in configuration["Origins"]]
    behaviours = [configuration["DefaultCacheBehavior"], *configuration["CacheBehaviors"]]
    assert {"https-only"} == {behaviour["ViewerProtocolPolicy"] for behaviour in behaviours}


def test_nothing_personal_is_cached(edge: StackReader) -> None:
    """Only the programme, the document and its page may be kept, and for five minutes at most."""
    configuration = edge.only("AWS::CloudFront::Distribution")["DistributionConfig"]
    assert ["/v1/program", "/v1/openapi.json", "/docs"] == [each["PathPattern"] for each in configuration["CacheBehaviors"]]
    assert 300 == edge.only("AWS::CloudFront::CachePolicy")["CachePolicyConfig"]["MaxTTL"]


def test_guessing_is_limited_by_address(edge: StackReader) -> None:
    """Joining, logging in and resetting have a limit far below that of tills."""
    rated = {name: rule["Statement"]["RateBasedStatement"] for name, rule in _rules(edge).items() if "Action" in rule}
    assert {"Guesses": 300, "Requests": 10_000} == {name: statement["Limit"] for name, statement in rated.items()}
    assert "sessions" in str(rated["Guesses"]["ScopeDownStatement"])


def test_large_purchases_pass_the_firewall(edge: StackReader) -> None:
    """A basket of 200 lines is over the common rule set's 8 KB: that rule counts and does not block."""
    group = _rules(edge)["AWSManagedRulesCommonRuleSet"]["Statement"]["ManagedRuleGroupStatement"]
    assert [{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}] == group["RuleActionOverrides"]
