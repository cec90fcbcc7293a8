"""`python -m nscbench.codecs.training COMPONENT ...`, the same as `nscbench train`."""

import argparse
import sys

from ...benchmarks.commands.train import add_arguments, run

parser = argparse.ArgumentParser(prog="nscbench train")
add_arguments(parser)
sys.exit(run(parser.parse_args()))
