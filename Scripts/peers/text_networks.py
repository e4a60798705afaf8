"""The networks for texts that sequences.py has, by the names that `bench` has for them."""

NAMES = ["char-lm", "seq2seq", "gpt", "transformer", "transformer-base"]

# Those that are measured writing, too.
WRITERS = ["char-lm", "gpt"]

# Texts a step.
BATCH = 32
