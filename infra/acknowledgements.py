"""Findings of cdk-nag that are accepted, each at the narrowest construct and with the reason beside it."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accepts one rule's finding on one construct, for a stated reason."""
    Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))
