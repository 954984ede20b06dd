"""What every context shares and what depends on nothing: ids, time, money, errors, events, paging, the caller and the policy table."""
