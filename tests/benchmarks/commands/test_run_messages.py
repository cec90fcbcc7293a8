"""Messages of many items as one line."""

from nscbench.benchmarks.commands.run_messages import SHOWN, grouped, shown_faults


def test_messages_that_differ_in_names_and_numbers_are_one_line():
    names = [f"s{number:04}" for number in range(2000)]
    (line,) = grouped((name, f"theirs: nothing in /d, expected is {name}.wav") for name in names)
    assert line == (
        "2000 items (s0000, ...): theirs: nothing in /d, expected is s0000.wav "
        "(the others differ in names and numbers)"
    )
    assert grouped(
        [
            ("a", "peak of +3.52 dBFS scaled down"),
            ("b", "peak of +0.10 dBFS scaled down"),
            ("a", "mcd: /x/a.wav is silent"),
            ("c", "mcd: /y/c.wav is silent"),
            ("c", "opus-6: another reason"),
            ("d", "opus-12: another reason"),
        ]
    ) == [
        "2 items (a, ...): peak of +3.52 dBFS scaled down (the others differ in names and numbers)",
        "2 items (a, ...): mcd: /x/a.wav is silent (the others differ in names and numbers)",
        "1 items (c): opus-6: another reason",
        "1 items (d): opus-12: another reason",
    ]
    assert grouped([("a", "the same"), ("b", "the same"), ("a", "the same")]) == [
        "2 items (a, ...): the same"
    ]


def test_few_faults_are_shown_and_many_counted():
    faults = [f"fault {number}" for number in range(SHOWN + 5)]
    assert shown_faults(faults[:SHOWN], "set.csv") == faults[:SHOWN]
    assert shown_faults(faults, "set.csv")[SHOWN:] == [
        "... and 5 more: `nscbench data check set.csv` lists them all"
    ]
