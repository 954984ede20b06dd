"""积分与等级: purchases, points, lots and tiers: everything that must change in one transaction."""
