#!/usr/bin/env python3
"""Writes Keras's public names and their arguments, which docs/KERAS.md is checked against.

    python Scripts/keras-signatures.py

makes Tests/CognitronTests/Fixtures/keras-signatures.json, the same to the byte for the same Keras. Needs an
environment with Keras and one of its backends: see make-fixtures.py. The file holds, for each group of names in the
order of Keras's documentation, the names with their aliases and arguments; an argument is [name] or [name, default].

A layer, loss or metric that Keras also has as a function (`binary_crossentropy`) is counted once, as a class; so are
aliases that differ in spelling alone (`glorot_uniform`).
"""

import inspect
import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402

OUTPUT = Path(__file__).resolve().parent.parent / "Tests/CognitronTests/Fixtures/keras-signatures.json"

# Arguments of which docs/KERAS.md says once why they differ.
LEFT_OUT = {
    *("name", "dtype", "trainable", "autocast", "args", "kwargs", "data_format", "seed", "sparse", "ragged"),
    *("reverse_dtype", "vocabulary_dtype", "loss_scale_factor", "use_cudnn", "flash_attention", "unroll"),
    *("lora_rank", "lora_alpha", "quantization_config", "gptq_unpacked_column_size"),
}

# What turns names and dictionaries into objects, in every module.
BY_NAME = {"get", "serialize", "deserialize"}

# The folders of Keras's layers, and what its documentation calls them.
LAYERS = {
    "core": "Core layers",
    "convolutional": "Convolution layers",
    "pooling": "Pooling layers",
    "rnn": "Recurrent layers",
    "attention": "Attention layers",
    "normalization": "Normalization layers",
    "regularization": "Regularization layers",
    "reshaping": "Reshaping layers",
    "merging": "Merging layers",
    "activations": "Activation layers",
    "preprocessing": "Preprocessing layers",
    "image_preprocessing": "Image preprocessing and augmentation layers",
}

MODULES = {
    "Losses": keras.losses,
    "Metrics": keras.metrics,
    "Optimizers": keras.optimizers,
    "Learning rate schedules": keras.optimizers.schedules,
    "Callbacks": keras.callbacks,
    "Initializers": keras.initializers,
    "Regularizers": keras.regularizers,
    "Constraints": keras.constraints,
    "Activations": keras.activations,
}


def plain(name):
    return name.replace("_", "").lower()


def arguments(value):
    parameters = list(inspect.signature(value).parameters.values())
    if not inspect.isclass(value) and parameters[0].name == "x":  # an activation function's own input
        parameters = parameters[1:]
    for parameter in parameters:
        if parameter.name not in LEFT_OUT:
            has_default = parameter.default is not inspect.Parameter.empty
            yield [parameter.name, parameter.default] if has_default else [parameter.name]


def public(module, functions):
    """The names of a module, each with the object and its aliases."""
    found = {}
    for name in sorted(vars(module)):
        value = getattr(module, name)
        is_wanted = inspect.isclass(value) or (functions and inspect.isfunction(value)) or name == "Input"
        if is_wanted and not name.startswith("_") and name not in BY_NAME:
            found.setdefault(id(value), (value, []))[1].append(name)
    for value, names in found.values():
        name = value.__name__ if value.__name__ in names else names[0]
        aliases = [alias for alias in names if plain(alias) != plain(name)]
        yield value, {"name": name, "aliases": aliases, "arguments": list(arguments(value))}


def family(layer):
    folders = layer.__module__.split(".")
    return next((folder for folder in reversed(folders[:-1]) if folder in LAYERS), "core")


def main():
    groups = {title: [] for title in LAYERS.values()}
    for layer, entry in public(keras.layers, functions=False):
        groups[LAYERS[family(layer)]].append(entry)
    for title, module in MODULES.items():
        groups[title] = [entry for _, entry in public(module, functions=title == "Activations")]

    def lines(entries):
        return ",\n".join(json.dumps(entry) for entry in sorted(entries, key=lambda entry: entry["name"]))

    body = ",\n".join(f'{{"title": {json.dumps(title)}, "names": [\n{lines(groups[title])}\n]}}' for title in groups)
    OUTPUT.write_text(
        f'{{"keras": "{keras.__version__}",\n"leftOut": {json.dumps(sorted(LEFT_OUT))},\n'
        f'"groups": [\n{body}\n]}}\n'
    )
    print(f"{OUTPUT.name}: {sum(map(len, groups.values()))} names, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
