"""Floor 5: training a small network by any backend. Times come from the harness, gradients from a name."""
