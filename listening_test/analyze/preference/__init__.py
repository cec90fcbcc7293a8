"""Which of two, and is there a difference: preference (AB) and discrimination (ABX)."""
