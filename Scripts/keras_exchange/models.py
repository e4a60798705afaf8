"""Models of Keras with every layer that Cognitron has too."""

import io
import zipfile

import keras
import numpy as np

from . import tensors

L = keras.layers
I = keras.initializers

ACTIVATIONS = """celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear log_sigmoid
log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid
squareplus tanh tanh_shrink""".split()


def images():
    x = keras.Input((6, 6, 4))
    layers = [
        L.Conv2D(5, 3, strides=2, padding="same", activation="relu", kernel_regularizer="l2"),
        L.Conv2D(4, (3, 2), dilation_rate=2, groups=2, use_bias=False, kernel_constraint=keras.constraints.MaxNorm(3)),
        L.Conv2DTranspose(3, 3, strides=2, padding="same", activation="tanh"),
        L.Conv2DTranspose(2, 3, strides=2, output_padding=1),
        L.DepthwiseConv2D(3, depth_multiplier=2, bias_initializer="ones"),
        L.SeparableConv2D(5, 3, padding="same"),
        L.MaxPooling2D(), L.MaxPooling2D(3, strides=2, padding="same"), L.AveragePooling2D((2, 3), strides=1),
        L.GlobalAveragePooling2D(), L.GlobalMaxPooling2D(keepdims=True), L.AdaptiveAveragePooling2D(3),
        L.AdaptiveMaxPooling2D((2, 4)),
        L.BatchNormalization(epsilon=1e-5), L.BatchNormalization(scale=False, momentum=0.9),
        L.LayerNormalization(), L.LayerNormalization(axis=[1, 2], center=False), L.GroupNormalization(2),
        L.RMSNormalization(), L.UnitNormalization(), L.SpectralNormalization(L.Conv2D(2, 3)),
        L.Dropout(0.3), L.SpatialDropout2D(0.2), L.AlphaDropout(0.1), L.GaussianDropout(0.1), L.GaussianNoise(0.1),
        L.ActivityRegularization(l2=0.1), L.Identity(),
        L.Cropping2D(1), L.Cropping2D(((0, 1), (2, 0))), L.ZeroPadding2D(1), L.ZeroPadding2D(((0, 1), (2, 3))),
        L.UpSampling2D(), L.UpSampling2D((1, 3), interpolation="bilinear"),
        L.Flatten(), L.Reshape((4, -1)), L.Permute((3, 1, 2)), L.PReLU(alpha_initializer="ones"),
        L.PReLU(shared_axes=[1, 2]), L.ReLU(3.0, 0.1, 0.5), L.LeakyReLU(0.1), L.ELU(0.7), L.Softmax(), L.Softmax(axis=1),
        L.Dense(3, activation=keras.layers.LeakyReLU(0.05)), L.Rescaling(0.5, offset=1.0),
        L.Resizing(5, 6), L.Resizing(4, 9, interpolation="nearest"), L.CenterCrop(4, 3),
        L.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[1.0, 2, 3, 4]), L.Normalization(axis=None, mean=1.0, variance=2.0),
        L.Pipeline([L.Rescaling(2.0), L.CenterCrop(4, 4)]), L.EinsumDense("abcd,de->abce", (None, None, 3), bias_axes="e"),
    ]  # fmt: skip
    return keras.Model(x, [layer(x) for layer in layers])


def activations():
    x = keras.Input((6,))
    return keras.Model(x, [L.Activation(name)(x) for name in ACTIVATIONS])


def augmentation():
    """Without Equalization, which returns its very input and so cannot be part of a model in Keras 3.15, and
    RandomCrop, which there leaves pictures as they are in predictions."""
    layers = [
        L.AugMix(), L.AutoContrast(), L.CutMix(), L.MixUp(), L.RandAugment(), L.RandomBrightness(0.1),
        L.RandomColorDegeneration(0.1), L.RandomColorJitter(), L.RandomContrast(0.1), L.RandomElasticTransform(),
        L.RandomErasing(), L.RandomFlip("horizontal"), L.RandomGaussianBlur(), L.RandomGrayscale(), L.RandomHue(0.1),
        L.RandomInvert(), L.RandomPerspective(), L.RandomPosterization(3), L.RandomRotation(0.1), L.RandomSaturation(0.1),
        L.RandomSharpness(0.1), L.RandomShear(0.1, 0.2), L.RandomTranslation(0.1, (-0.2, 0.1)), L.RandomZoom(0.1),
        L.Solarization(),
    ]  # fmt: skip
    x = keras.Input((6, 6, 3))
    return keras.Model(x, [layer(x) for layer in layers])


def sequences():
    x, y = keras.Input((6, 4)), keras.Input((5, 4))
    layers = [
        L.Conv1D(3, 2, padding="causal", dilation_rate=2), L.Conv1DTranspose(3, 3, strides=2), L.DepthwiseConv1D(2),
        L.SeparableConv1D(3, 2), L.MaxPooling1D(), L.AveragePooling1D(3, strides=1, padding="same"),
        L.GlobalAveragePooling1D(), L.GlobalMaxPooling1D(), L.AdaptiveAveragePooling1D(3), L.AdaptiveMaxPooling1D(2),
        L.SimpleRNN(3), L.LSTM(3, return_sequences=True), L.LSTM(2, unit_forget_bias=False, use_bias=False),
        L.GRU(3), L.GRU(2, reset_after=False, go_backwards=True), L.RNN(L.LSTMCell(2), return_sequences=True),
        L.RNN([L.GRUCell(2), L.SimpleRNNCell(3), L.GRUCell(2)]), L.Bidirectional(L.LSTM(2, return_sequences=True)),
        L.Bidirectional(L.GRU(2), merge_mode="sum"), L.TimeDistributed(L.Dense(2, activation="relu")),
        L.Cropping1D(1), L.ZeroPadding1D((2, 1)), L.UpSampling1D(3), L.SpatialDropout1D(0.1), L.Permute((2, 1)),
    ]  # fmt: skip
    outputs = [layer(x) for layer in layers]
    outputs += [L.Attention(use_scale=True)([x, y]), L.Attention(score_mode="concat")([x, y, y])]
    outputs += [L.AdditiveAttention()([x, y], use_causal_mask=True)]
    outputs += [L.MultiHeadAttention(2, 3)(x, y), L.MultiHeadAttention(2, 2, value_dim=3)(x, x, use_causal_mask=True)]
    outputs += list(L.MultiHeadAttention(2, 2)(x, y, return_attention_scores=True))
    outputs += [L.GroupQueryAttention(2, 4, 2)(x, y), L.Dot(axes=(2, 2))([x, y]), L.Dot(axes=2, normalize=True)([x, y])]
    every, h, c = L.LSTM(3, return_sequences=True, return_state=True)(x)
    outputs += [every, h, c, L.LSTM(3)(y, initial_state=[h, c])]
    masked = L.Masking()(x)
    outputs += [L.LSTM(2)(masked), L.GRU(2, return_sequences=True)(masked)]
    return keras.Model([x, y], outputs)


def tokens():
    x = keras.Input((6,), dtype="int32")
    words = L.Embedding(7, 4, mask_zero=True)(x)
    outputs = [L.LSTM(3)(words), L.GlobalAveragePooling1D()(L.GRU(3, return_sequences=True)(words))]
    outputs += [L.Embedding(7, 2)(x), L.ReversibleEmbedding(7, 3)(x), L.CategoryEncoding(7)(x)]
    outputs += [L.Discretization([1.0, 2.5, 4.0])(x), L.RepeatVector(2)(L.Flatten()(L.Embedding(7, 2)(x)))]
    return keras.Model(x, outputs)


def volumes():
    x, y = keras.Input((4, 5, 4, 2)), keras.Input((3, 6, 2))
    layers = [
        L.Conv3D(3, 2, strides=2, padding="same"), L.Conv3DTranspose(2, 2, strides=2), L.MaxPooling3D(), L.AveragePooling3D(2),
        L.GlobalAveragePooling3D(), L.GlobalMaxPooling3D(), L.AdaptiveAveragePooling3D(2), L.AdaptiveMaxPooling3D(2),
        L.Cropping3D(1), L.ZeroPadding3D(((0, 1), (1, 1), (2, 0))), L.UpSampling3D((1, 2, 1)), L.SpatialDropout3D(0.2),
        L.ConvLSTM2D(2, 2, padding="same", return_sequences=True), L.TimeDistributed(L.Conv2D(2, 2)),
    ]  # fmt: skip
    return keras.Model([x, y], [layer(x) for layer in layers] + [L.ConvLSTM1D(2, 3, strides=2)(y)])


def sounds():
    x = keras.Input((300,))
    return keras.Model(x, L.MelSpectrogram(fft_length=64, sequence_stride=32, num_mel_bins=8, sampling_rate=8000, max_freq=4000)(x))


def merging():
    a, b = keras.Input((3, 4)), keras.Input((3, 4))
    layers = [L.Add(), L.Average(), L.Maximum(), L.Minimum(), L.Multiply(), L.Subtract(), L.Concatenate(), L.Concatenate(1)]
    return keras.Model([a, b], [layer([a, b]) for layer in layers])


def shared(is_common_inside=False):
    """Shared layers, models in models, branches of different depth with layers of one class."""
    a, b, extra = keras.Input((5,), name="left"), keras.Input((5,), name="right"), keras.Input((2,), name="extra")
    tower = keras.Sequential([keras.Input((5,)), L.Dense(4, activation="relu"), L.Dense(3)], name="tower")
    i = keras.Input((3,))
    common = L.Dense(3, name="common")
    first = common if is_common_inside else L.Dense(3)
    inner = keras.Model(i, [first(i), L.Dense(2)(L.Dense(4)(i))], name="inner")
    x, y = tower(a), tower(b)
    p, q = inner(L.Add()([x, common(y)]))
    deep = L.Dense(4)(L.Dense(4)(L.Dense(4)(p)))
    shallow = L.Dense(4)(q)
    z = L.Concatenate()([deep, shallow, extra])
    frozen = L.Dense(2, name="frozen", trainable=False)
    return keras.Model([a, b, extra], [frozen(z), inner(common(x))[1], q], name="shared")


def nested():
    """One layer in a model and in a model inside it: Keras saves it but cannot load it."""
    return shared(is_common_inside=True)


def trained():
    model = keras.Sequential(
        [keras.Input((6, 6, 1)), L.Conv2D(3, 3, activation="relu"), L.BatchNormalization(), L.Flatten(), L.Dense(2)]
    )
    model.compile(keras.optimizers.Adam(0.01, beta_1=0.8), "mse")
    rng = np.random.default_rng(5)
    model.fit(rng.normal(size=(16, 6, 6, 1)), rng.normal(size=(16, 2)), batch_size=4, epochs=2, verbose=0)
    return model


def trained_by(optimizer):
    """Some steps, whose optimizer's state is saved; what a further one gives is what the test compares."""
    model = keras.Sequential([keras.Input((3,)), L.Dense(4, activation="tanh"), L.Dense(2)])
    rng = np.random.default_rng(3)
    randomize(model, rng)
    model.compile(optimizer, "mse")
    for _ in range(3):
        model.train_on_batch(rng.normal(size=(8, 3)), rng.normal(size=(8, 2)))
    return model


# Without ScheduleFreeAdamW, whose steps differ between Keras's backends.
O = keras.optimizers
OPTIMIZERS = {
    "sgd": lambda: O.SGD(0.05, momentum=0.9, nesterov=True),
    "rmsprop": lambda: O.RMSprop(0.01, momentum=0.5, centered=True),
    "adam": lambda: O.Adam(0.01, amsgrad=True, use_ema=True),
    "adamw": lambda: O.AdamW(0.01, weight_decay=0.1, clipnorm=1.0),
    "adagrad": lambda: O.Adagrad(0.1),
    "adadelta": lambda: O.Adadelta(1.0),
    "adamax": lambda: O.Adamax(0.01),
    "lamb": lambda: O.Lamb(0.01),
    "lion": lambda: O.Lion(0.01),
    "adafactor": lambda: O.Adafactor(0.05),
    "nadam": lambda: O.Nadam(0.01),
}


def optimizers(folder, predictions):
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(8, 3)).astype("float32"), rng.normal(size=(8, 2)).astype("float32")
    for name, make in OPTIMIZERS.items():
        model = trained_by(make())
        model.save(folder / "temporary.keras")
        pack(folder / f"optimizer-{name}.keras", (folder / "temporary.keras").read_bytes())
        (folder / "temporary.keras").unlink()
        predictions[f"{name}/before"] = model(x)
        model.train_on_batch(x, y)
        predictions[f"{name}/after"] = model(x)
    predictions["optimizers/input_0"], predictions["optimizers/target"] = x, y


MODELS = [images, activations, augmentation, sequences, tokens, volumes, sounds, merging, shared, nested, trained]


def randomize(model, rng):
    for variable in model.variables:
        if variable.dtype == "float32":
            values = rng.normal(size=variable.shape) * 0.5
            name = variable.path.split("/")[-1]
            if "variance" in name or "stddev" in name:
                values = np.abs(values) + 0.5
            if "vector_u" in name:
                values = values / np.linalg.norm(values)
            variable.assign(values)


def samples(model, rng):
    for value in model.inputs:
        shape = (1 if len(value.shape) > 3 else 2, *value.shape[1:])
        if value.dtype == "int32":
            yield np.array([[1, 2, 3, 0, 0, 0], [4, 5, 6, 1, 2, 0]])[:, : shape[1]]
        else:
            sample = rng.normal(size=shape).astype("float32")
            if len(shape) == 3:
                sample[0, -2:] = 0  # for masks
            yield sample


def pack(path, content):
    source = zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED, 9)


def models(folder):
    predictions = {}
    for make in MODELS:
        keras.utils.set_random_seed(1)
        keras.backend.clear_session()
        rng = np.random.default_rng(7)
        name, model = make.__name__, make()
        if not model.compiled:
            randomize(model, rng)
        inputs = list(samples(model, rng))
        outputs = keras.tree.flatten(model(inputs[0] if len(inputs) == 1 else inputs, training=False))
        for index, value in enumerate(inputs):
            predictions[f"{name}/input_{index}"] = value
        for index, value in enumerate(outputs):
            predictions[f"{name}/output_{index}"] = np.asarray(value)
        temporary = folder / "temporary.keras"
        model.save(temporary)
        pack(folder / f"{name}.keras", temporary.read_bytes())
        temporary.unlink()
        print(name, len(outputs), (folder / f"{name}.keras").stat().st_size)
        if name in ("shared", "trained"):
            model.save(folder / f"{name}.h5")
        if name == "shared":
            model.save_weights(folder / "shared.weights.h5")
    optimizers(folder, predictions)
    tensors.write(folder / "predictions.safetensors", predictions)
