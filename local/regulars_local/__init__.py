"""The tools of a developer's machine: the `regulars` command, the embedded cloud and its stack. Never shipped to Lambda."""
