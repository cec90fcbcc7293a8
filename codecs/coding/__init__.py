"""From indices and frames to payloads, and back."""
