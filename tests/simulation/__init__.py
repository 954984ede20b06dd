"""Random histories with injected faults against an independent model: no point lost, none made twice."""
