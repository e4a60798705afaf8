import Cognitron

// The parts of two-stage detectors beside the backbone, as `RegionNetworks` names them.

/// The region proposal network: for each pixel of a feature map the objectness and the offsets of anchors.
///
/// | layer | output |
/// |---|---|
/// | conv channels @ 3×3, ReLU | h×w×channels |
/// | conv anchors @ 1×1: objectness | h×w×anchors |
/// | conv 4·anchors @ 1×1: offsets | h×w×4·anchors |
///
/// - Parameter anchors: of a pixel.
/// - Source: Ren et al., "Faster R-CNN" (2015), figure 3; names as torchvision's.
func regionProposer(channels: Int, anchors: Int) throws -> Model {
    let features = Input(nil, nil, channels)
    let weights = Initializer.randomNormal(stddev: 0.01)
    let x = Conv2D(
        channels, kernelSize: 3, padding: .same, activation: .relu, kernelInitializer: weights,
        name: "head.conv.0.0")(features)
    func convolution(_ filters: Int, _ name: String) -> SymbolicTensor {
        Conv2D(filters, kernelSize: 1, kernelInitializer: weights, name: name)(x)
    }
    return try Model(
        inputs: features,
        outputs: [
            "objectness": convolution(anchors, "head.cls_logits"),
            "offsets": convolution(4 * anchors, "head.bbox_pred"),
        ], name: "rpn")
}

/// The box head: two dense layers, then a logit for the background and each class, and offsets for each.
///
/// - Parameters:
///   - size: rows and columns of a region's features.
///   - units: of each dense layer.
/// - Source: Girshick, "Fast R-CNN" (2015); torchvision `TwoMLPHead`, `FastRCNNPredictor`.
func boxHead(size: Int, channels: Int, units: Int, classCount: Int) throws -> Model {
    let crops = Input(size, size, channels)
    let flat = Flatten()(crops)
    let hidden = Dense(units, activation: .relu, kernelInitializer: .heNormal, name: "box_head.fc6")(flat)
    let x = Dense(units, activation: .relu, kernelInitializer: .heNormal, name: "box_head.fc7")(hidden)
    return try boxHead(crops, x, classCount: classCount)
}

/// The box head that ends features x of a region.
func boxHead(_ crops: Input, _ x: SymbolicTensor, classCount: Int) throws -> Model {
    func dense(_ units: Int, _ deviation: Float, _ name: String) -> SymbolicTensor {
        Dense(units, kernelInitializer: .randomNormal(stddev: deviation), name: "box_predictor.\(name)")(x)
    }
    return try Model(
        inputs: crops,
        outputs: [
            "logits": dense(1 + classCount, 0.01, "cls_score"),
            "offsets": dense(4 * (1 + classCount), 0.001, "bbox_pred"),
        ], name: "box_head")
}

/// The mask head: convolutions, a transposed one that doubles rows and columns, a logit of each class.
///
/// - Parameters:
///   - size: rows and columns of a region's features; masks have twice as many.
///   - filters: of each convolution.
/// - Source: He et al., "Mask R-CNN" (2017), figure 4, right; torchvision `MaskRCNNHeads`,
///   `MaskRCNNPredictor`.
func maskHead(
    size: Int, channels: Int, filters: Int, convolutions: Int, classCount: Int
) throws -> Model {
    let crops = Input(size, size, channels)
    let x = (0..<convolutions).reduce(crops.symbolic) { x, number in
        Conv2D(
            filters, kernelSize: 3, padding: .same, activation: .relu, kernelInitializer: .heNormal,
            name: "mask_head.\(number).0")(x)
    }
    let doubled = Conv2DTranspose(
        filters, kernelSize: 2, strides: 2, activation: .relu, kernelInitializer: .heNormal,
        name: "mask_predictor.conv5_mask")(x)
    let logits = Conv2D(
        1 + classCount, kernelSize: 1, kernelInitializer: .heNormal, name: "mask_predictor.mask_fcn_logits")
    return try Model(inputs: crops, outputs: logits(doubled), name: "mask_head")
}
