"""What a condition costs beside its bits: time, arithmetic, memory, delay, energy."""
