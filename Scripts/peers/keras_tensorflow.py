"""The benchmark's models in Keras on TensorFlow, timed:
keras_tensorflow.py {train|predict} MODEL --batch N --threads N --repeat N

The models are those of Models/, layer for layer; SGD with momentum 0.9 and sparse cross-entropy from logits.
"""

import argparse
import os

from measurement import add_arguments, measure, report

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402


def lenet():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(6, 5, padding="same", activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(16, 5, activation="relu"), layers.MaxPooling2D(2), layers.Flatten(),
        layers.Dense(120, activation="relu"), layers.Dense(84, activation="relu"), layers.Dense(10)])


def vgg_lite():
    model = keras.Sequential([keras.Input((32, 32, 3))])
    for filters in (64, 128, 256):
        for _ in range(2):
            model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
            model.add(layers.BatchNormalization())
            model.add(layers.ReLU())
        model.add(layers.MaxPooling2D(2))
    for layer in (layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dropout(0.5), layers.Dense(10)):
        model.add(layer)
    return model


def normalized_convolution(x, filters, size, strides=1):
    return layers.BatchNormalization()(layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x))


def resnet18():
    image = keras.Input((32, 32, 3))
    x, channels = layers.ReLU()(normalized_convolution(image, 64, 3)), 64
    for stage, filters in enumerate((64, 128, 256, 512)):
        for block in range(2):
            strides = 2 if block == 0 and stage > 0 else 1
            shortcut = x if channels == filters else normalized_convolution(x, filters, 1, strides)
            x = layers.ReLU()(normalized_convolution(x, filters, 3, strides))
            x = layers.ReLU()(layers.Add()([normalized_convolution(x, filters, 3), shortcut]))
            channels = filters
    return keras.Model(image, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))


models = {"lenet": lenet, "vgg-lite": vgg_lite, "resnet18": resnet18}


def training_step(model, x):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss)
    y = tf.range(len(x)) % 10
    return lambda: model.train_on_batch(x, y)


def prediction(model, x):
    forward = tf.function(lambda x: model(x, training=False))
    return lambda: forward(x).numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, models)
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(1)
    model = models[arguments.model]()
    x = tf.random.uniform((arguments.batch, *model.input_shape[1:]))
    work = training_step if arguments.work == "train" else prediction
    report(measure(work(model, x), arguments), arguments, f"{keras.__version__} / {tf.__version__}")


if __name__ == "__main__":
    main()
