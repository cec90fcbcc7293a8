"""Results files of every format are read, and checked."""
