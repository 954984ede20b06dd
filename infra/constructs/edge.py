"""CloudFront with a web application firewall in front of the interface, for the stages that ask for it.

HTTP APIs have no firewall of their own (S6). API Gateway's own address stays reachable behind it: throttles, limits and
validation of our own hold there too.
"""

from collections.abc import Sequence

from aws_cdk import Duration, aws_cloudfront, aws_cloudfront_origins, aws_wafv2
from constructs import Construct

from infra.acknowledgements import DISTRIBUTION, acknowledge
from infra.stage import Stage

CACHED_PATHS = ("/v1/program", "/v1/openapi.json", "/docs")
GUESSABLE_PATHS = "^/v1/(registrations|sessions|password-resets)"
REQUESTS_PER_ADDRESS_AND_5_MINUTES = 10_000  # a chain's tills may stand behind one address
GUESSES_PER_ADDRESS_AND_5_MINUTES = 300

_Rule = aws_wafv2.CfnWebACL.RuleProperty
_Statement = aws_wafv2.CfnWebACL.StatementProperty


class Edge(Construct):
    """The distribution people and systems of a real programme talk to. Its firewall can only live in us-east-1."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, api_domain_name: str) -> None:
        super().__init__(scope, construct_id)
        self._origin = aws_cloudfront_origins.HttpOrigin(
            api_domain_name, origin_ssl_protocols=[aws_cloudfront.OriginSslPolicy.TLS_V1_2], read_timeout=Duration.seconds(30)
        )
        self.distribution = aws_cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Regulars {stage.name}",
            default_behavior=self._behaviour(aws_cloudfront.CachePolicy.CACHING_DISABLED),
            additional_behaviors=dict.fromkeys(CACHED_PATHS, self._behaviour(self._short_cache())),
            http_version=aws_cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=self._firewall(stage).attr_arn,
        )
        acknowledge(self.distribution, DISTRIBUTION)

    def _behaviour(self, cache_policy: aws_cloudfront.ICachePolicy) -> aws_cloudfront.BehaviorOptions:
        return aws_cloudfront.BehaviorOptions(
            origin=self._origin,
            allowed_methods=aws_cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cache_policy,
            origin_request_policy=aws_cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=aws_cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
            viewer_protocol_policy=aws_cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        )

    def _short_cache(self) -> aws_cloudfront.CachePolicy:
        """Keeps what the origin says may be kept, and no longer than five minutes."""
        return aws_cloudfront.CachePolicy(
            self,
            "ShortCache",
            min_ttl=Duration.seconds(0),
            default_ttl=Duration.seconds(0),
            max_ttl=Duration.minutes(5),
            query_string_behavior=aws_cloudfront.CacheQueryStringBehavior.all(),
            header_behavior=aws_cloudfront.CacheHeaderBehavior.allow_list("Accept-Language"),
            enable_accept_encoding_gzip=True,
            enable_accept_encoding_brotli=True,
        )

    def _firewall(self, stage: Stage) -> aws_wafv2.CfnWebACL:
        return aws_wafv2.CfnWebACL(
            self,
            "Firewall",
            scope="CLOUDFRONT",
            default_action=aws_wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible(f"regulars-{stage.name}"),
            rules=[
                _managed(0, "AWSManagedRulesAmazonIpReputationList"),
                _managed(1, "AWSManagedRulesKnownBadInputsRuleSet"),
                # a purchase of 200 lines is larger than the 8 KB of this rule; our own limit is 64 KB
                _managed(2, "AWSManagedRulesCommonRuleSet", counted=["SizeRestrictions_BODY"]),
                _rated(3, "Guesses", GUESSES_PER_ADDRESS_AND_5_MINUTES, GUESSABLE_PATHS),
                _rated(4, "Requests", REQUESTS_PER_ADDRESS_AND_5_MINUTES, None),
            ],
        )


def _visible(name: str) -> aws_wafv2.CfnWebACL.VisibilityConfigProperty:
    return aws_wafv2.CfnWebACL.VisibilityConfigProperty(cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False)


def _managed(priority: int, name: str, counted: Sequence[str] = ()) -> _Rule:
    overrides = [
        aws_wafv2.CfnWebACL.RuleActionOverrideProperty(name=rule, action_to_use=aws_wafv2.CfnWebACL.RuleActionProperty(count={}))
        for rule in counted
    ]
    return _Rule(
        name=name,
        priority=priority,
        override_action=aws_wafv2.CfnWebACL.OverrideActionProperty(none={}),
        statement=_Statement(
            managed_rule_group_statement=aws_wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS", name=name, rule_action_overrides=overrides
            )
        ),
        visibility_config=_visible(name),
    )


def _rated(priority: int, name: str, limit: int, path_pattern: str | None) -> _Rule:
    scope_down = None
    if path_pattern is not None:
        scope_down = _Statement(
            regex_match_statement=aws_wafv2.CfnWebACL.RegexMatchStatementProperty(
                field_to_match=aws_wafv2.CfnWebACL.FieldToMatchProperty(uri_path={}),
                regex_string=path_pattern,
                text_transformations=[aws_wafv2.CfnWebACL.TextTransformationProperty(priority=0, type="NORMALIZE_PATH")],
            )
        )
    return _Rule(
        name=name,
        priority=priority,
        action=aws_wafv2.CfnWebACL.RuleActionProperty(block={}),
        statement=_Statement(
            rate_based_statement=aws_wafv2.CfnWebACL.RateBasedStatementProperty(
                limit=limit, aggregate_key_type="IP", scope_down_statement=scope_down
            )
        ),
        visibility_config=_visible(name),
    )
