"""Floor 6: records as tables and pictures. Computes no derivative, measures nothing."""
