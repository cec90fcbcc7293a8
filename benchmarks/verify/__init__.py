"""Does a run say what its files, and a second computation, say?"""
