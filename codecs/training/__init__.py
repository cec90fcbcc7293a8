"""Training of the suite's networks: data, losses, components, checkpoints and one visible loop."""
