"""What the books missed is counted, when somebody asks."""
