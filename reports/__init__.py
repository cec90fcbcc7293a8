"""What a finished run says, as tables, figures, pages and verdicts.

    columns     how a column is named, rounded and ordered, as it says itself
    glossary    all columns as a page of the documentation
    wording     words of a sentence that is made of data
    tables/     leaderboard, comparisons, Bjøntegaard deltas, draws, robustness, the gate for
                development; `printed` has them as text
    figures/    one file a kind of figure, and their common style
    page/       the report of a run: one HTML page with players
    findings/   the questions of the design space, each with its answer

Reports read what `benchmarks.store` gives of finished runs, compute with `benchmarks.statistics`,
and ask metrics about their columns. They know no codec and run nothing.
"""
