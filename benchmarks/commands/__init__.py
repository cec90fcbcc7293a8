"""One file a command of `nscbench`. These see every other room; none sees these."""
