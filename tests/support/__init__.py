"""What tests of several modules share: runs, workers, codecs and weights that are made up."""
