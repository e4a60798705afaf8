import Cognitron

/// A small VGG for 32×32 images: three pairs of 3×3 convolutions, each followed by max pooling that halves
/// the size, with twice the channels in the next pair.
///
/// | layer | output |
/// |---|---|
/// | 2 × (conv 64 @ 3×3, batch norm, ReLU); max pool 2 | 16×16×64 |
/// | 2 × (conv 128 @ 3×3, batch norm, ReLU); max pool 2 | 8×8×128 |
/// | 2 × (conv 256 @ 3×3, batch norm, ReLU); max pool 2 | 4×4×256 |
/// | dense 512, ReLU; dropout 0.5 | 512 |
/// | dense classes, softmax | classes |
///
/// 155 million multiply-adds per image of 32×32×3.
///
/// - Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition"
///   (2015), with the batch normalisation of Ioffe and Szegedy (2015).
public func vggLite(inputShape: Shape = [32, 32, 3], classCount: Int = 10) -> Sequential {
    Sequential(name: "vgg-lite") {
        Input(shape: inputShape)
        for filters in [64, 128, 256] {
            for _ in 0..<2 {
                Conv2D(filters, kernelSize: 3, padding: .same, useBias: false, kernelInitializer: .heNormal)
                BatchNormalization(momentum: 0.9)
                ReLU()
            }
            MaxPooling2D(poolSize: 2)
        }
        Flatten()
        Dense(512, activation: .relu)
        Dropout(0.5)
        Dense(classCount, activation: .softmax)
    }
}
