"""What conditions cost: `cost.csv` of a run's directory. This page is its format.

UTF-8 CSV with a header and one line for each condition, in any order. An empty cell was not
measured. All of these columns must be there:

    condition        its name in the run; no name twice
    encode_rtf       seconds that the encoder computes for a second of audio, one item at a time:
                     under 1 is faster than real time
    decode_rtf       the same of the decoder
    parameters       of all networks that encoding and decoding take
    macs_per_second  multiply-accumulates for a second of audio, of encoder and decoder together
    peak_memory_mb   most memory that the process held, in 10^6 bytes
    threads          of the processor that it was allowed
    hardware         text: the processor or accelerator that computed

A number is finite and at least 0. Further columns of numbers alone are shown after these, by their
own names; further columns with text are not looked at, nor are lines of conditions that the run
does not have. Times of other hardware or numbers of threads are never drawn in one figure.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from ...metrics.base import Column, Meaning
from .finished_run import Run
from .received import read_table
from .run_directory import RunError

FILE = "cost.csv"
FACTS = "cost.json"
COST_COLUMNS = {
    column.name: column
    for column in (
        Column(
            "encode_rtf",
            "lower",
            short="RTF enc",
            long="real-time factor of the encoder",
            digits=3,
            family="cost",
            meaning=Meaning(
                span="above 0; under 1 is faster than real time",
                mode="of the codec",
                hears="seconds that the encoder computes for a second of audio.",
                misses="memory, and what many cores or a GPU would do.",
                traps=(
                    "It holds for one machine, one thread and one signal at a time; a "
                    "virtual machine may vary by half."
                ),
            ),
        ),
        Column(
            "decode_rtf",
            "lower",
            short="RTF dec",
            long="real-time factor of the decoder",
            digits=3,
            family="cost",
            meaning=Meaning(
                span="above 0; under 1 is faster than real time",
                mode="of the codec",
                hears="seconds that the decoder computes for a second of audio.",
                misses="memory, and what many cores or a GPU would do.",
                traps=("As of `encode_rtf`; a diffusion decoder's is proportional to its NFE."),
            ),
        ),
        Column(
            "parameters",
            "lower",
            digits=0,
            family="cost",
            meaning=Meaning(
                span="0 upwards",
                mode="of the codec",
                hears="learned numbers that coding reads, whole codebooks included.",
                misses="how often each is used.",
                traps=(
                    "Small networks may compute more than large ones: read it beside "
                    "`macs_per_second`."
                ),
            ),
        ),
        Column(
            "macs_per_second",
            "lower",
            short="MAC/s",
            long="multiply-accumulates for a second of audio",
            digits=0,
            family="cost",
            meaning=Meaning(
                span="0 upwards",
                mode="of the codec",
                hears="multiply-accumulates of encoder and decoder.",
                misses="activations, normalizations, and how well the machine runs them.",
                traps=(
                    "Empty where other libraries compute. Equal counts may take different times."
                ),
            ),
        ),
        Column(
            "peak_memory_mb",
            "lower",
            short="MB",
            long="peak memory",
            digits=0,
            unit="MB",
            family="cost",
            meaning=Meaning(
                span="above 0",
                mode="of the codec",
                hears="most that the process held.",
                misses="what of it is the interpreter and its libraries.",
                traps="It grows with the length of the signal.",
            ),
        ),
        Column(
            "threads",
            "none",
            digits=0,
            family="cost",
            meaning=Meaning(
                span="1 upwards",
                mode="of the codec",
                hears="the threads that the times were measured with.",
                misses="the machine's other load.",
                traps="Times of other threads or hardware are never drawn in one figure.",
            ),
        ),
    )
}
NUMBERS = tuple(COST_COLUMNS)
HARDWARE = "hardware"


def read_costs(run: Run) -> pd.DataFrame:
    """Costs by condition: numbers, NaN where not measured, and `hardware`; empty without a file.

    Of what several runs have, the first's is kept.

    Raises:
        RunError: a file is not of the format above: its name, what is wrong, what is allowed.
    """
    roots = [directory.root for directory in run.directories]
    tables = [_read(root) for root in roots if os.path.lexists(root / FILE)]
    if not tables:
        return pd.DataFrame(index=pd.Index([], name="condition"))
    found = pd.concat(tables)
    found = found[~found.index.duplicated()]
    measured = [name for name in run.scores.conditions if name in found.index]
    return found.loc[measured].dropna(axis=1, how="all")


def recorded_costs(root: Path) -> pd.DataFrame:
    """Costs of a directory by condition, as `read_costs` gives them; empty without a file.

    Raises:
        RunError: the file is not of the format above.
    """
    return _read(root) if os.path.lexists(root / FILE) else pd.DataFrame()


def _read(root: Path) -> pd.DataFrame:
    path = root / FILE
    try:
        table = read_table(root, path, dtype=str, keep_default_na=False)
    except RunError:
        raise
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: cannot be read: {error}") from error
    wanted = ("condition", *NUMBERS, HARDWARE)
    if missing := [column for column in wanted if column not in table]:
        raise RunError(
            f"{path}: lacks the columns {', '.join(missing)}; it has {', '.join(map(str, table))}"
        )
    if (twice := table["condition"].duplicated()).any():
        raise RunError(f"{path}: has {table.loc[twice, 'condition'].iloc[0]} more than once")
    table = table.set_index("condition")
    kept = {column: _numbers(path, table[column]) for column in NUMBERS}
    for column in (c for c in table if c not in wanted):
        numbers = pd.to_numeric(table[column], errors="coerce")
        if numbers.notna().any() and (numbers.notna() | (table[column] == "")).all():
            kept[str(column)] = numbers.astype(np.float64)
    return pd.DataFrame({**kept, HARDWARE: table[HARDWARE]})


def _numbers(path: Path, cells: "pd.Series[str]") -> "pd.Series[float]":
    """Numbers of a column, NaN for empty cells."""
    numbers = pd.to_numeric(cells, errors="coerce").astype(np.float64)
    wrong = (cells != "") & ~(np.isfinite(numbers) & (numbers >= 0))
    if wrong.any():
        raise RunError(
            f"{path}: {cells.name} of {cells.index[wrong][0]} is {cells[wrong].iloc[0]!r}; "
            "allowed are numbers of at least 0, and nothing"
        )
    return numbers
