"""Households become members as people do: form, code, password."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from regulars_local.joining import Applicant, Reception
from regulars_local.stack_file import SampleMember


def applicant_of(household: int) -> Applicant:
    """Every second household joins by phone and in Chinese, the others by e-mail and in English."""
    if household % 2:
        return Applicant(f"{household}号家庭", f"+86139{household:08d}", language="zh-CN")
    return Applicant(f"Household {household}", f"household-{household}@example.com")


def register(reception: Reception, households: Sequence[int], on_member: Callable[[], None], *, threads: int) -> dict[int, SampleMember]:
    """Registers, verifies and activates each household; the members by household.

    Raises:
        RefusedError: the stack refused a step.
    """

    def join(household: int) -> SampleMember:
        member = reception.join(applicant_of(household))
        on_member()
        return member

    with ThreadPoolExecutor(threads) as pool:
        return dict(zip(households, pool.map(join, households), strict=True))
