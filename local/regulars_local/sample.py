"""A few members who registered through the public interface."""

from regulars_local.running import RunningStack
from regulars_local.stack_file import SampleMember


def members(running: RunningStack, kept: list[SampleMember]) -> list[SampleMember]:
    """The sample's members; those of a state that is taken up are kept."""
    return kept
