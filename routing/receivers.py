"""Wakes the drain when leads says that rows are waiting."""


def connect() -> None:
    pass
