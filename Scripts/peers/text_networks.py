"""The networks for texts that sequences.py has, by the names that `bench` has for them."""

NAMES = ["gpt", "transformer", "transformer-base"]

# Those that are measured writing, too.
WRITERS = ["gpt"]

# Texts a step.
BATCH = 32
