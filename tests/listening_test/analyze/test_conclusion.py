"""What tables of votes show: one head for one thing, and rows marked by their p value."""

from dataclasses import dataclass

from nscbench.listening_test.analyze.conclusion import Column, Table, columns, is_sure


@dataclass(frozen=True)
class Record:
    p_holm: float | None


def test_a_field_has_the_same_head_in_every_table():
    assert columns("first", "p_holm", "not_given", digits=2) == (
        Column("first", "First", 2),
        Column("p_holm", "p (Holm)", "p"),
        Column("not_given", "Not given", 2),
    )


def test_a_table_may_call_a_field_by_another_name_and_give_it_digits():
    shown = columns(Column("shares", "Shares", 2), "p", digits=3, p="p (exact)")
    assert shown == (Column("shares", "Shares", 2), Column("p", "p (exact)", "p"))


def test_a_p_value_that_was_not_computed_marks_nothing():
    table = Table("pairs", "Pairs", "", (), (), "p_holm")
    assert [table.marks(Record(p)) for p in (None, 0.05, 0.051)] == [False, True, False]
    assert not Table("pairs", "Pairs", "", (), ()).marks(Record(0.01))
    assert not is_sure(None)
