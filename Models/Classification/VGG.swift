import Cognitron

/// VGG: five stages of 3×3 convolutions, each followed by max pooling that halves the size.
///
/// | layer | output |
/// |---|---|
/// | 1 or 2 × conv 64 @ 3×3, ReLU; max pool 2 | 112×112×64 |
/// | 1 or 2 × conv 128 @ 3×3, ReLU; max pool 2 | 56×56×128 |
/// | 2 to 4 × conv 256 @ 3×3, ReLU; max pool 2 | 28×28×256 |
/// | 2 to 4 × conv 512 @ 3×3, ReLU; max pool 2 | 14×14×512 |
/// | 2 to 4 × conv 512 @ 3×3, ReLU; max pool 2 | 7×7×512 |
/// | average pool to 7×7; dense 4096, ReLU, dropout 0.5 (twice) | 4096 |
/// | dense classes, softmax | classes |
///
/// | depth | convolutions a stage | parameters | multiply-adds |
/// |---|---|---|---|
/// | 11 | 1, 1, 2, 2, 2 | 132,863,336 | 7.6 billion |
/// | 13 | 2, 2, 2, 2, 2 | 133,047,848 | 11.3 billion |
/// | 16 | 2, 2, 3, 3, 3 | 138,357,544 | 15.5 billion |
/// | 19 | 2, 2, 4, 4, 4 | 143,667,240 | 19.6 billion |
///
/// Layers have torchvision's names (`vgg16`). Images of any size from 32×32 on.
///
/// - Parameters:
///   - depth: 11, 13, 16 or 19 layers with weights.
///   - batchNormalization: whether batch normalisation follows every convolution.
///   - width: the factor of all channels and units.
///   - includeTop: whether the dense layers follow.
///   - pooling: what follows the feature maps without them.
/// - Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition"
///   (2015).
public func vgg(
    depth: Int, batchNormalization: Bool = false, width: Float = 1, inputShape: Shape = [224, 224, 3],
    classCount: Int = 1000, includeTop: Bool = true, pooling: FeaturePooling? = nil
) throws -> Model {
    guard let stages = vggStages[depth] else {
        throw CognitronError(
            .argument, "vgg", "has no such depth", expected: "11, 13, 16 or 19", got: "\(depth)")
    }
    let name = "vgg\(depth)\(batchNormalization ? "-bn" : "")"
    try requirePictures(inputShape, atLeast: 32, classCount: classCount, name)
    let width = try WidthFactor(width, name)
    let input = Input(shape: inputShape)
    var x = input.symbolic
    var number = 0
    for (stage, count) in stages.enumerated() {
        let filters = width(min(64 << stage, 512))
        for _ in 0..<count {
            x = Conv2D(
                filters, kernelSize: 3, padding: .same, kernelInitializer: .heNormal,
                name: "features.\(number)")(x)
            number += 1
            if batchNormalization {
                x = BatchNormalization(momentum: 0.9, epsilon: 1e-5, name: "features.\(number)")(x)
                number += 1
            }
            x = ReLU()(x)
            number += 1
        }
        x = MaxPooling2D(poolSize: 2)(x)
        number += 1
    }
    return try classifier(name, input, x, includeTop: includeTop, pooling: pooling) { x in
        func dense(_ units: Int, _ activation: ActivationFunction, _ number: Int) -> Dense {
            // The paper's and torchvision's 0.01; narrow layers get the same variance of their outputs.
            Dense(
                units, activation: activation,
                kernelInitializer: .randomNormal(stddev: 0.01 / width.factor.squareRoot()),
                name: "classifier.\(number)")
        }
        let x = Flatten()(AdaptiveAveragePooling2D(outputSize: 7)(x))
        let first = Dropout(0.5)(dense(width(4096), .relu, 0)(x))
        let second = Dropout(0.5)(dense(width(4096), .relu, 3)(first))
        return dense(classCount, .softmax, 6)(second)
    }
}

/// The convolutions of each stage, by depth.
private let vggStages = [
    11: [1, 1, 2, 2, 2], 13: [2, 2, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4],
]
