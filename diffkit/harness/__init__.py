"""Floor 4: measuring. The only room with a clock."""
