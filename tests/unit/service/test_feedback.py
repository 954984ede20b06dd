"""Feedback as a state machine: which steps are allowed."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kernel.errors import RegularsError
from regulars.service.errors import AnswerNeededError, AnswersFullError, FeedbackStateError
from regulars.service.model import (
    ANSWERS_MAX,
    Answer,
    Feedback,
    FeedbackCategory,
    FeedbackChannel,
    FeedbackKind,
    FeedbackSeverity,
    FeedbackStatus,
    reference_number,
)

NOW = datetime(2025, 6, 1, tzinfo=UTC)
type Step = Callable[[Feedback], Feedback]


def classify(feedback: Feedback) -> Feedback:
    """Says what it is about."""
    return feedback.classified(FeedbackCategory.DELIVERY, FeedbackSeverity.HIGH)


def answer(feedback: Feedback) -> Feedback:
    """Answers it."""
    return feedback.answered(Answer("Sorry.", NOW, "staff:agent"))


def assign(feedback: Feedback) -> Feedback:
    """Gives it to somebody."""
    return feedback.assigned("wu")


def close(feedback: Feedback) -> Feedback:
    """Closes it."""
    return feedback.closed(NOW)


def received() -> Feedback:
    """Feedback that just came in."""
    return Feedback(
        feedback_id="fbk_1",
        reference="F-0000-0000",
        member_id="mem_1",
        channel=FeedbackChannel.APP,
        kind=FeedbackKind.QUESTION,
        text="When?",
        order_reference=None,
        received_at=NOW,
        recorded_by="member:mem_1",
    )


_IN: dict[FeedbackStatus, tuple[Step, ...]] = {
    FeedbackStatus.RECEIVED: (),
    FeedbackStatus.CLASSIFIED: (classify,),
    FeedbackStatus.ANSWERED: (classify, answer),
    FeedbackStatus.CLOSED: (classify, answer, close),
}
_ALLOWED: dict[tuple[FeedbackStatus, Step], FeedbackStatus] = {
    (FeedbackStatus.RECEIVED, classify): FeedbackStatus.CLASSIFIED,
    (FeedbackStatus.CLASSIFIED, classify): FeedbackStatus.CLASSIFIED,
    (FeedbackStatus.CLASSIFIED, answer): FeedbackStatus.ANSWERED,
    (FeedbackStatus.ANSWERED, classify): FeedbackStatus.ANSWERED,
    (FeedbackStatus.ANSWERED, answer): FeedbackStatus.ANSWERED,
    (FeedbackStatus.ANSWERED, close): FeedbackStatus.CLOSED,
    **{(status, assign): status for status in FeedbackStatus if status is not FeedbackStatus.CLOSED},
}


def in_status(status: FeedbackStatus) -> Feedback:
    """Feedback that has come so far."""
    feedback = received()
    for step in _IN[status]:
        feedback = step(feedback)
    return feedback


@pytest.mark.parametrize("status", FeedbackStatus)
@pytest.mark.parametrize("step", [classify, answer, assign, close])
def test_every_step_from_every_status(status: FeedbackStatus, step: Step) -> None:
    """Nine of the sixteen steps are allowed and raise the version; the others are refused."""
    before = in_status(status)
    assert status == before.status
    if (status, step) in _ALLOWED:
        assert (_ALLOWED[status, step], before.version + 1) == (step(before).status, step(before).version)
    else:
        with pytest.raises(RegularsError):
            step(before)


@pytest.mark.parametrize(
    ("status", "step", "refusal"),
    [
        (FeedbackStatus.RECEIVED, answer, FeedbackStateError),
        (FeedbackStatus.RECEIVED, close, AnswerNeededError),
        (FeedbackStatus.CLASSIFIED, close, AnswerNeededError),
        (FeedbackStatus.CLOSED, classify, FeedbackStateError),
        (FeedbackStatus.CLOSED, answer, FeedbackStateError),
        (FeedbackStatus.CLOSED, assign, FeedbackStateError),
        (FeedbackStatus.CLOSED, close, FeedbackStateError),
    ],
)
def test_a_refusal_says_why(status: FeedbackStatus, step: Step, refusal: type[RegularsError]) -> None:
    """Not classified yet, not answered yet, or closed."""
    with pytest.raises(refusal):
        step(in_status(status))


@given(st.lists(st.sampled_from([classify, answer, assign, close]), max_size=20))
def test_nothing_is_closed_without_an_answer(steps: list[Step]) -> None:
    """Whatever is tried in whatever order: closed means answered and classified, and the end (FBK-07)."""
    feedback = received()
    for step in steps:
        try:
            feedback = step(feedback)
        except RegularsError:
            continue
    if feedback.status is FeedbackStatus.CLOSED:
        assert feedback.answers
        assert feedback.category
        assert feedback.severity


def test_answers_are_bounded() -> None:
    """An item never outgrows its table: after ten answers it has to be closed."""
    feedback = in_status(FeedbackStatus.CLASSIFIED)
    for _ in range(ANSWERS_MAX):
        feedback = answer(feedback)
    with pytest.raises(AnswersFullError):
        answer(feedback)
    assert FeedbackStatus.CLOSED == close(feedback).status


@given(st.text(min_size=1, max_size=40), st.integers(0, 4))
def test_a_reference_number_can_be_read_out(feedback_id: str, salt: int) -> None:
    """Eight letters and digits without I, L, O and U, the same for the same feedback, another for another salt."""
    number = reference_number(feedback_id, salt)
    assert re.fullmatch(r"F-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", number)
    assert number == reference_number(feedback_id, salt)
    assert number != reference_number(feedback_id, salt + 1)


def test_the_text_stands_in_no_representation() -> None:
    """What was said does not get into a log by accident (law K2)."""
    assert "When?" not in repr(received())
    assert "Sorry" not in repr(in_status(FeedbackStatus.ANSWERED))
