"""The gate itself: a finding of cdk-nag stops synthesis, and each acceptance is narrow and has its reason."""

import pytest
from aws_cdk import App, Stack, Validations, aws_sqs
from cdk_nag import AwsSolutionsChecks

from infra import acknowledgements


def test_a_finding_stops_synthesis() -> None:
    """A queue without encryption in transit is refused: templates that exist have passed."""
    app = App()
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    aws_sqs.Queue(Stack(app, "Careless"), "Queue")
    with pytest.raises(RuntimeError):
        app.synth()


def test_every_acceptance_gives_a_reason() -> None:
    """A sentence, not a word."""
    groups = [value for name, value in vars(acknowledgements).items() if name.isupper() and isinstance(value, dict)]
    assert groups
    for reasons in groups:
        assert [] == [rule for rule, reason in reasons.items() if len(reason.split()) < 5]
