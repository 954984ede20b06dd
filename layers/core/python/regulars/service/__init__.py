"""服务与反馈: what members say, what was answered, and what became of it."""
