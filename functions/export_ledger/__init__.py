"""The worker of exports."""
