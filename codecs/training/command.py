"""`nscbench train COMPONENT`: train a part of the codecs on speech, or go on where it stopped."""

import argparse
from pathlib import Path

import torch

from .checkpoint import CheckpointError
from .data import DataError, find_recordings, open_speech
from .presets import COMPONENTS
from .trainer import Budget, Plan, Trainer, TrainingError
from .validation import read_items


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to those of `nscbench`."""
    parser = subparsers.add_parser("train", help="train a part of the codecs on speech")
    add_arguments(parser)
    parser.set_defaults(command=run)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("component", choices=sorted(COMPONENTS))
    parser.add_argument("--data", type=Path, required=True, help="folder or manifest CSV of speech")
    parser.add_argument("--validation", type=Path, help="folder or manifest of unseen speech")
    budget = parser.add_mutually_exclusive_group(required=True)
    budget.add_argument("--minutes", type=float, help="budget of time, resumed runs included")
    budget.add_argument("--steps", type=int, help="budget of steps")
    parser.add_argument("--size", choices=("small", "paper"), default="small")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="default: checkpoints/COMPONENT-SIZE")


def run(args: argparse.Namespace) -> int:
    """Train; 0 when the budget is spent, 1 when a loss was not finite, 2 for bad input."""
    try:
        trainer = _trainer(args)
        weights = trainer.run()
    except (DataError, CheckpointError) as error:
        print(f"nscbench train: {error}")
        return 2
    except TrainingError as error:
        print(f"nscbench train: {error}")
        return 1
    print(f"{weights} after {trainer.step} steps, {trainer.seconds / 60:.1f} minutes")
    return 0


def _trainer(args: argparse.Namespace) -> Trainer:
    component = COMPONENTS[args.component](args.size)
    out = args.out or Path("checkpoints") / f"{args.component}-{args.size}"
    speech = open_speech(find_recordings(args.data), component.config.sample_rate, out.parent)
    items = read_items(args.validation, component.config.sample_rate, component.config.hop, 8)
    automatic = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(automatic if args.device == "auto" else args.device)
    plan = Plan(out, Budget(args.steps, args.minutes), args.seed, device)
    return Trainer(component, speech, items, plan)
