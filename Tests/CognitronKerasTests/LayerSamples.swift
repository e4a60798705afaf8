import Cognitron

/// A layer of every type that Keras has too.
let layerSamples: [any AnyLayer] = [
    // Core
    Dense(3), EinsumDense("abc,cd->abd", outputShape: [nil, 4], biasAxes: "d"), Embedding(5, 4), Identity(),
    Masking(), ReversibleEmbedding(5, 4), Input(nil, 3),
    // Activations
    Activation(.relu), ELU(), LeakyReLU(), PReLU(), ReLU(), Softmax(),
    // Convolution
    Conv1D(3, kernelSize: 2), Conv1DTranspose(3, kernelSize: 2), Conv2D(3, kernelSize: 2),
    Conv2DTranspose(3, kernelSize: 2), Conv3D(3, kernelSize: 2), Conv3DTranspose(3, kernelSize: 2),
    DepthwiseConv1D(kernelSize: 2), DepthwiseConv2D(kernelSize: 2), SeparableConv1D(3, kernelSize: 2),
    SeparableConv2D(3, kernelSize: 2),
    // Pooling
    AdaptiveAveragePooling1D(outputSize: 2), AdaptiveAveragePooling2D(outputSize: 2),
    AdaptiveAveragePooling3D(outputSize: 2),
    AdaptiveMaxPooling1D(outputSize: 2), AdaptiveMaxPooling2D(outputSize: 2),
    AdaptiveMaxPooling3D(outputSize: 2),
    AveragePooling1D(), AveragePooling2D(), AveragePooling3D(),
    GlobalAveragePooling1D(), GlobalAveragePooling2D(), GlobalAveragePooling3D(),
    GlobalMaxPooling1D(), GlobalMaxPooling2D(), GlobalMaxPooling3D(),
    MaxPooling1D(), MaxPooling2D(), MaxPooling3D(),
    // Normalization
    BatchNormalization(), GroupNormalization(), LayerNormalization(), RMSNormalization(),
    SpectralNormalization(Dense(2)), UnitNormalization(),
    // Recurrent
    Bidirectional(LSTM(2)), ConvLSTM1D(2, kernelSize: 2), ConvLSTM2D(2, kernelSize: 2), GRU(2), LSTM(2),
    RNN(LSTMCell(2)), RNN(StackedRNNCells([GRUCell(2), SimpleRNNCell(2)])), SimpleRNN(2),
    TimeDistributed(Dense(2)),
    // Regularization
    ActivityRegularization(), AlphaDropout(0.1), Dropout(0.1), GaussianDropout(0.1), GaussianNoise(0.1),
    SpatialDropout1D(0.1), SpatialDropout2D(0.1), SpatialDropout3D(0.1),
    // Reshaping
    Cropping1D(), Cropping2D(), Cropping3D(), Flatten(), Permute([2, 1]), RepeatVector(3), Reshape([2, 3]),
    UpSampling1D(), UpSampling2D(), UpSampling3D(), ZeroPadding1D(), ZeroPadding2D(), ZeroPadding3D(),
    // Merging
    Add(), Average(), Concatenate(), Dot(axes: 1), Maximum(), Minimum(), Multiply(), Subtract(),
    // Attention
    AdditiveAttention(), Attention(), GroupQueryAttention(headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2),
    MultiHeadAttention(numHeads: 2, keyDim: 3),
    // Preprocessing
    CategoryEncoding(4), CenterCrop(2, 2), Discretization(numBins: 3), Normalization(),
    Pipeline([Rescaling(2)]), Rescaling(2), Resizing(2, 2),
    // Sound
    MelSpectrogram(), STFTSpectrogram(),
    // Augmentation
    AugMix(), AutoContrast(), CutMix(), Equalization(), MixUp(), RandAugment(), RandomBrightness(0.1),
    RandomColorDegeneration(0.1), RandomColorJitter(), RandomContrast(0.1), RandomCrop(2, 2),
    RandomElasticTransform(), RandomErasing(), RandomFlip(), RandomGaussianBlur(), RandomGrayscale(),
    RandomHue(0.1), RandomInvert(), RandomPerspective(), RandomPosterization(3), RandomRotation(0.1),
    RandomSaturation(0.1), RandomSharpness(0.1), RandomShear(), RandomTranslation(0.1, 0.1), RandomZoom(0.1),
    Solarization(),
]
