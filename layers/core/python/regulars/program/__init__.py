"""会员计划: the rules of a programme as versioned data: tiers, earning, expiry, benefits, join form, policies."""
