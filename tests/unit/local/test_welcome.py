"""The greeting of `make serve`."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from regulars.kernel.language import LANGUAGES, Language
from regulars_local.home import Home
from regulars_local.running import RunningStack
from regulars_local.stack_file import SampleMember, StackFile, StaffLogin
from regulars_local.welcome import print_welcome

API = "http://127.0.0.1:4566/_aws/execute-api/938f8bf8"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_printed_can_be_copied_from_a_narrow_terminal(tmp_path: Path, language: Language) -> None:
    """Addresses, passwords and cards stand whole in 80 columns and less: what is cut is of no use."""
    secret = "4_oe2p5WUuodGQG4sCqA"  # of no stack
    contact, card = "anna.berg@example.com", "9028773078253250"
    file = StackFile(
        api_url=API,
        token_url=f"{API}/token",
        endpoint_url="http://127.0.0.1:4566",
        region="eu-central-1",
        users={"privacy_officer": StaffLogin(username="privacy_officer", password=secret)},
        clients={},
        clock_file="clock",
        members=[SampleMember(member_id="mem_1", name="Anna Berg", contact=contact, password=secret, card_number=card)],
    )
    printed = io.StringIO()
    print_welcome(Console(file=printed, width=60), RunningStack(file), Home(tmp_path), language)
    for whole in (f"{API}/v1", f"{API}/docs", file.token_url, contact, secret, card):
        assert whole in printed.getvalue().replace("\n", " ").split(), whole
