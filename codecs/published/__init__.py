"""Published neural codecs, with the weights of their authors: one file each.

`published_codec` is what they share.
"""
