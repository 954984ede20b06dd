"""The worker of simulations."""
