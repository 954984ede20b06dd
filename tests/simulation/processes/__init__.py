"""The simulation against real processes: workers with the real services and boto3, a proxy that injects faults, the emulator's table."""
