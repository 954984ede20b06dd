"""A few members who registered through the public interface, so that there is somebody to buy on a first visit."""

from regulars_local.joining import Applicant, Reception
from regulars_local.running import RunningStack
from regulars_local.stack_file import SampleMember

_APPLICANTS = (
    Applicant("王芳", "+8613800138001", language="zh-CN", channel="wechat_mini_program"),
    Applicant("Anna Berg", "anna.berg@example.com"),
    Applicant("李明", "liming@example.com", language="zh-CN", channel="app"),
)


def members(running: RunningStack, kept: list[SampleMember]) -> list[SampleMember]:
    """The sample's members; those of a state that is taken up stay.

    Raises:
        RefusedError: when the stack refuses a registration.
    """
    with Reception(running) as reception:
        known = {member.contact: member for member in kept if reception.knows(member)}
        return [known.get(applicant.contact) or reception.join(applicant) for applicant in _APPLICANTS]
