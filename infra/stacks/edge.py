"""The stack ``Regulars-<stage>-Edge``: made in a second deployment, when the interface has its address."""

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from infra.constructs.edge import Edge
from infra.stage import Stage

FIREWALL_REGION = "us-east-1"


class EdgeStack(Stack):
    """What stands in front of the interface."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, api_domain_name: str) -> None:
        super().__init__(scope, construct_id, env=Environment(region=FIREWALL_REGION))
        self.edge = Edge(self, "Edge", stage=stage, api_domain_name=api_domain_name)
        CfnOutput(self, "EdgeUrl", value=f"https://{self.edge.distribution.distribution_domain_name}")
