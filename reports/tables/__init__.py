"""Tables of numbers from the values of a run, and the same as text."""
