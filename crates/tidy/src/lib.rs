//! The house rules that a program can check. They are tests: see `tests/tidy`.
