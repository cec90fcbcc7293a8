"""Neural codecs trained by the suite: one file each.

What they are made of lies beside them: `token_codec`, `oracle`, `diffusion_codec` and its ends.
"""
