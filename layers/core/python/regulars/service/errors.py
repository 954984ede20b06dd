"""Refusals of the service."""

from regulars.kernel.errors import RegularsError
from regulars.kernel.language import Text


class FeedbackStateError(RegularsError):
    code, status = "feedback_state", 422
    text = Text("The feedback is {status}: that step is not possible now.", "该反馈的状态为 {status}，当前不能进行此操作。")


class AnswerNeededError(RegularsError):
    code, status = "answer_needed", 422
    text = Text("Answer the feedback before closing it.", "请先答复该反馈，再予以关闭。")


class AnswersFullError(RegularsError):
    code, status = "answers_full", 422
    text = Text("This feedback has {limit} answers: close it.", "该反馈已有 {limit} 条答复，请予以关闭。")
