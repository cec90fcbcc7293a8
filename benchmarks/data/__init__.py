"""Test sets: recordings and their items, where they are fetched, the embedded demo set."""
