"""Answers as their guards keep them."""

import json

import pytest

from regulars.accounts.answers import EarnedPart, MovementAnswer, PurchaseAnswer
from regulars.accounts.refunds import RefundAnswer

PURCHASE = PurchaseAnswer(
    "pur_1", "ent_1", "mbr_1", 120, None, "2027-11-30", (EarnedPart("base", "gold", 1200, 120),), 100_00, 620, 0, "gold", "silver", 3
)
MOVEMENT = MovementAnswer("ent_2", "mbr_1", "refund", -60, 560, 0, 0, 0, "gold", "gold", 3, {"refund_id": "rfd_1", "cents": 50_00})
ANSWERS = (PURCHASE, MOVEMENT, RefundAnswer("rfd_1", "pur_1", MOVEMENT), RefundAnswer("rfd_2", "pur_9"))


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_an_answer_comes_back_as_it_was_given(answer: PurchaseAnswer | MovementAnswer | RefundAnswer) -> None:
    """Law I4: what a guard keeps is the whole answer."""
    assert answer == type(answer).from_text(answer.to_text())


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_an_answer_of_a_newer_version_is_read(answer: PurchaseAnswer | MovementAnswer | RefundAnswer) -> None:
    """Fault 22: while a deployment goes on, old code meets what new code has written; a field it does not know is passed over."""
    newer = {**json.loads(answer.to_text()), "stars": 5}
    assert answer == type(answer).from_text(json.dumps(newer))
