"""The HTTP interface: its routes, the token authorizer with scopes per route, throttles and access logs."""

import json
from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Duration, aws_apigatewayv2, aws_cloudwatch, aws_iam, aws_logs
from constructs import Construct

from infra.acknowledgements import PUBLIC_ROUTE, acknowledge
from infra.constructs.function import RegularsFunction, log_retention_of, removal_policy_of
from infra.constructs.identity import Identity
from infra.interface import Route
from infra.stage import Stage, Throttle

# Neither address, agent, path nor subject: the route says enough, and none of them may be kept with a member's doings.
_ACCESS_LOG = {
    "request_id": "$context.requestId",
    "requested_at": "$context.requestTimeEpoch",
    "route": "$context.routeKey",
    "status": "$context.status",
    "response_bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integrationLatency",
    "integration_status": "$context.integrationStatus",
    "authorizer_error": "$context.authorizer.error",
}


class HttpApi(Construct):
    """An HTTP API generated from the interface document: a route nobody documented does not exist."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        routes: Sequence[Route],
        functions: Mapping[str, RegularsFunction],
        identity: Identity,
    ) -> None:
        super().__init__(scope, construct_id)
        self.api = aws_apigatewayv2.CfnApi(self, "Api", name=f"regulars-{stage.name}", protocol_type="HTTP")
        self._authorizer = self._jwt_authorizer(identity)
        used = sorted({route.function for route in routes})
        self._integrations = {name: self._integration(functions[name]) for name in used}
        self.routes = [self._route(route) for route in routes]
        self.log_group = aws_logs.LogGroup(self, "AccessLogs", retention=log_retention_of(stage), removal_policy=removal_policy_of(stage))
        self.stage = self._stage(stage, routes)

    @property
    def url(self) -> str:
        """The address that ends before ``/v1``, without a slash."""
        return f"https://{self.domain_name}"

    @property
    def domain_name(self) -> str:
        """The host name API Gateway gives the interface."""
        return f"{self.api.ref}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}"

    def metric(self, name: str, statistic: str) -> aws_cloudwatch.Metric:
        """One of API Gateway's metrics of this interface."""
        return aws_cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name=name,
            dimensions_map={"ApiId": self.api.ref},
            statistic=statistic,
            period=Duration.minutes(5),
        )

    def _jwt_authorizer(self, identity: Identity) -> aws_apigatewayv2.CfnAuthorizer:
        return aws_apigatewayv2.CfnAuthorizer(
            self,
            "Authorizer",
            api_id=self.api.ref,
            authorizer_type="JWT",
            name="cognito",
            identity_source=["$request.header.Authorization"],
            jwt_configuration=aws_apigatewayv2.CfnAuthorizer.JWTConfigurationProperty(issuer=identity.issuer, audience=identity.audiences),
        )

    def _integration(self, function: RegularsFunction) -> aws_apigatewayv2.CfnIntegration:
        name = function.node.id
        function.target.add_permission(
            "Api",
            principal=aws_iam.ServicePrincipal("apigateway.amazonaws.com"),
            source_arn=f"arn:{Aws.PARTITION}:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:{self.api.ref}/*",
        )
        return aws_apigatewayv2.CfnIntegration(
            self,
            f"Integration{name}",
            api_id=self.api.ref,
            integration_type="AWS_PROXY",
            integration_uri=function.target.function_arn,
            payload_format_version="2.0",
            timeout_in_millis=min(function.spec.timeout_seconds * 1_000, 30_000),
        )

    def _route(self, route: Route) -> aws_apigatewayv2.CfnRoute:
        protected = route.scopes is not None
        made = aws_apigatewayv2.CfnRoute(
            self,
            f"Route {route.key}".replace("/", ":"),
            api_id=self.api.ref,
            route_key=route.key,
            target=f"integrations/{self._integrations[route.function].ref}",
            authorization_type="JWT" if protected else "NONE",
            authorizer_id=self._authorizer.ref if protected else None,
            authorization_scopes=list(route.scopes) if route.scopes else None,
        )
        if not protected:
            acknowledge(made, PUBLIC_ROUTE)
        return made

    def _stage(self, stage: Stage, routes: Sequence[Route]) -> aws_apigatewayv2.CfnStage:
        public = {route.key: _throttled(stage.public_throttle) for route in routes if route.scopes is None}
        made = aws_apigatewayv2.CfnStage(
            self,
            "Stage",
            api_id=self.api.ref,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=aws_apigatewayv2.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=stage.throttle.rate_per_second,
                throttling_burst_limit=stage.throttle.burst,
                detailed_metrics_enabled=True,
            ),
            route_settings=public,
            access_log_settings=aws_apigatewayv2.CfnStage.AccessLogSettingsProperty(
                destination_arn=self.log_group.log_group_arn, format=json.dumps(_ACCESS_LOG)
            ),
        )
        for route in self.routes:  # a route's own throttle names the route
            made.add_resource_dependency(route)
        return made


def _throttled(throttle: Throttle) -> dict[str, int | bool]:
    return {
        "ThrottlingRateLimit": throttle.rate_per_second,
        "ThrottlingBurstLimit": throttle.burst,
        "DetailedMetricsEnabled": True,
    }
