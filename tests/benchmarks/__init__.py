"""`make bench`: the bars of performance.md as counts and as ratios measured in pairs in one run, never as absolute times."""
