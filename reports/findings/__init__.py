"""The questions of the study of diffusion codecs, answered from finished runs.

Each module has the questions of one kind; each question gives an `Answer`, whose verdict and
sentences are computed. What a run lacks is named in the answer.
"""
