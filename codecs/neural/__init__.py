"""Neural codecs trained by the suite: one file each."""
