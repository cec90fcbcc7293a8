"""What a run leaves on the disk: written so that it is whole or absent, and read again."""
