"""Listening tests after ITU-R BS.1534-3 (MUSHRA): from coded speech to conclusions."""
