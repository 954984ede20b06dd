"""The CDK app. ``cdk <command> -c stage=local|dev|prod`` with, where wanted:

- ``-c openapi=PATH``: another interface document than ``docs/openapi.json``;
- ``-c sender_email=…``, ``-c alarm_email=…``: this deployment's addresses;
- ``-c api_domain_name=…``: the interface's address, from the output ``ApiUrl``, for the edge of a stage that asks for one;
- ``-c limits='{"REGISTRATIONS_PER_ADDRESS": 3}'``: other rate limits (tests set them low by name);
- ``-c clock_file=PATH``: the local stage's clock.
"""

import json
from pathlib import Path

from aws_cdk import App, Tags, Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from infra import bundling
from infra.bundling import Artifacts
from infra.interface import read_routes
from infra.stacks.edge import EdgeStack
from infra.stacks.platform import PlatformStack
from infra.stage import Stage, stage_named


def compose(app: App, stage: Stage, artifacts: Artifacts, openapi: Path) -> PlatformStack:
    """Adds the stage's stacks to the app; cdk-nag checks every stage that strangers can reach."""
    if not stage.is_local:
        Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    routes = read_routes(openapi)
    platform = PlatformStack(app, f"Regulars-{stage.name}", stage=stage, artifacts=artifacts, routes=routes)
    if stage.edge and stage.api_domain_name is not None:
        EdgeStack(app, f"Regulars-{stage.name}-Edge", stage=stage, api_domain_name=stage.api_domain_name)
    Tags.of(app).add("application", "regulars")
    Tags.of(app).add("stage", stage.name)
    return platform


def stage_from_context(app: App) -> Stage:
    """The stage the command asks for; raises ValueError for what no stage knows."""
    name = str(app.node.try_get_context("stage") or "dev")
    return stage_named(
        name,
        sender_email=app.node.try_get_context("sender_email"),
        alarm_email=app.node.try_get_context("alarm_email"),
        api_domain_name=app.node.try_get_context("api_domain_name"),
        clock_file=app.node.try_get_context("clock_file") if name == "local" else None,
        limits=json.loads(app.node.try_get_context("limits") or "{}"),
    )


def main() -> None:
    """Synthesises the stage named by the context."""
    app = App()
    stage = stage_from_context(app)
    openapi = Path(app.node.try_get_context("openapi") or bundling.ROOT / "docs" / "openapi.json")
    compose(app, stage, bundling.build(stage, openapi), openapi)
    app.synth()


if __name__ == "__main__":
    main()
