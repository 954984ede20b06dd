"""How an account begins: at the tier the member joined at, from then on; everybody else at the lowest, with the first entry (TIER-14)."""

from copy import replace
from datetime import datetime

from regulars.accounts.model import Account, new_account
from regulars.accounts.tiers import next_review_on
from regulars.kernel.clock import business_date
from regulars.program.model import ProgrammeHistory


def begun(account: Account, history: ProgrammeHistory, as_of: datetime) -> Account:
    """An account nothing was recorded for yet, as it begins when the first fact counts at `as_of`.

    `tier` and `tier_since` say at which tier the member joined, and when. A tier above the lowest is an earned one like any other: it is
    reviewed as if the account had been opened then. An import of what happened before that begins with its first fact. A tier that the
    programme did not have then is the lowest.
    """
    since = min(account.tier_since, as_of)
    version = history.at(since)
    if not version.programme.tier_index(account.tier):
        return new_account(account.member_id, history.at(as_of), as_of)
    joined = replace(new_account(account.member_id, version, since), tier=account.tier)
    return replace(joined, review_on=next_review_on(joined, version.programme, business_date(since, version.programme.time_zone)))
