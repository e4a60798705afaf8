import Cognitron
import CognitronData
import CognitronDetection

/// R-CNN's networks for a region: features by a small convolutional network, then a linear score and four
/// offsets of a box for each class.
///
/// | layer | output |
/// |---|---|
/// | region, 32×32 | 32×32×C |
/// | conv 32, batch norm, ReLU; pool 2 | 16×16×32 |
/// | conv 64, batch norm, ReLU; pool 2 | 8×8×64 |
/// | conv 128, batch norm, ReLU; pool 2 | 4×4×128 |
/// | dense 128, ReLU (`features`) | 128 |
/// | `scores`: the classes' support vector machines | classes |
/// | `offsets`: the classes' regressions of boxes | classes · 4 |
///
/// `learnedRCNN` gives it with what it has learnt.
///
/// - Parameter channels: those of the pictures.
/// - Source: Girshick et al., "Rich Feature Hierarchies for Accurate Object Detection and Semantic
///   Segmentation" (2014), with a network for regions of 32×32 pixels in the place of AlexNet.
public func rcnn(channels: Int = 3, classCount: Int) throws -> Model {
    try requirePictures([RCNNRegions.size, RCNNRegions.size, channels], classCount: classCount, "r-cnn")
    return try rcnn(features: regionFeatures(channels: channels), classCount: classCount)
}

/// The network from regions to features.
func regionFeatures(channels: Int) throws -> Model {
    let input = Input(RCNNRegions.size, RCNNRegions.size, channels)
    var x = input.symbolic
    for (stage, filters) in [32, 64, 128].enumerated() {
        x = convolutionBlock(
            filters, kernelSize: 3, names: ("conv\(stage + 1)", "norm\(stage + 1)"), x)
        x = MaxPooling2D(poolSize: 2)(x)
    }
    x = Dense(128, activation: .relu, kernelInitializer: .heNormal, name: "dense")(Flatten()(x))
    return try Model(inputs: input, outputs: x, name: "features")
}

/// The features' network with the two linear layers on them.
func rcnn(features: Model, classCount: Int) throws -> Model {
    guard let shape = features.inputShape else { throw CognitronError(.model, "r-cnn", "is not built") }
    let input = Input(shape: shape)
    let x = features(input)
    return try Model(
        inputs: input,
        outputs: [
            "scores": Dense(classCount, name: "scores")(x),
            "offsets": Dense(4 * classCount, name: "offsets")(x),
        ], name: "r-cnn")
}

/// Regions of a picture cut out and brought to the size that R-CNN's network takes.
enum RCNNRegions {
    static let size = 32

    /// A region is cut out with this much around it: 16 pixels of AlexNet's 227 are context.
    private static let context: Float = 227 / 195

    /// (R, 32, 32, C): what lies outside the picture is black.
    ///
    /// - Parameter picture: (H, W, C).
    static func crops(_ boxes: [Box], of picture: Tensor) throws -> Tensor {
        let rows = boxes.flatMap { box -> [Float] in
            let (width, height) = (context * box.width / 2, context * box.height / 2)
            return [
                0, box.centerX - width, box.centerY - height, box.centerX + width, box.centerY + height,
            ]
        }
        return RoIAlign(size: size, spatialScale: 1, samplingRatio: 2, aligned: true).forward(
            inputs: [picture.expandingDimensions(at: 0), Tensor(rows, shape: [boxes.count, 5])], .prediction
        ).outputs[0]
    }
}
