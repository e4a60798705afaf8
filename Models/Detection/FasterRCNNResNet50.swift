import Cognitron
import CognitronDetection

/// Faster R-CNN on ResNet-50 with a feature pyramid; with masks, Mask R-CNN.
///
/// | network | layer | output for 800×800 |
/// |---|---|---|
/// | `backbone` | ResNet-50's four stages (`imageNetResNet`) | 200², 100², 50², 25² |
/// | | pyramid of 256 channels, and every second pixel of its last level | 200², 100², 50², 25², 13² |
/// | `rpn` | conv 256 @ 3×3, ReLU; conv 3: objectness, conv 12: offsets; each level | 159,882 anchors |
/// | `box_head` | RoI align 7×7; 2 × (dense 1024, ReLU); dense 91; dense 364 | |
/// | `mask_head` | RoI align 14×14; 4 × (conv 256, ReLU); transposed 256 @ 2×2, ReLU; conv 91 | 28×28×91 |
///
/// | | trained parameters | multiply-adds for 800×800 |
/// |---|---|---|
/// | boxes, 90 classes and the background | 41,808,406 | 134.4 billion |
/// | masks too | 44,454,513 | and 0.5 billion an object |
///
/// Pictures of any size: `RegionSettings.pyramid` brings them to a shorter side of 800.
///
/// - Parameter width: the factor of all channels.
/// - Throws: `CognitronError` where the input are no pictures.
/// - Source: Lin et al., "Feature Pyramid Networks for Object Detection" (2017); He et al., "Mask R-CNN"
///   (2017); torchvision `fasterrcnn_resnet50_fpn`, `maskrcnn_resnet50_fpn`, whose names the layers have.
public func fasterRCNNResNet50FPN(
    inputShape: Shape = [800, 1088, 3], classCount: Int = 90, hasMasks: Bool = false, width: Float = 1
) throws -> Model {
    let name = "\(hasMasks ? "mask" : "faster")-rcnn-resnet50-fpn"
    try requirePictures(inputShape, classCount: classCount, name)
    let (plan, picture) = (try ResidualPlan(depth: 50, width: width), Input(nil, nil, inputShape[2]))
    let channels = plan.width(256)
    let levels = featurePyramid(plan.stages(plan.stem(picture)), filters: channels)
    return try .regions(
        backbone: Model(inputs: picture, outputs: levels, name: "backbone"),
        proposer: regionProposer(channels: channels, anchors: 3),
        boxHead: boxHead(size: 7, channels: channels, units: plan.width(1024), classCount: classCount),
        maskHead: hasMasks
            ? maskHead(
                size: 14, channels: channels, filters: channels, convolutions: 4, classCount: classCount)
            : nil,
        inputShape: inputShape, name: name)
}

/// Faster R-CNN on ResNet-50 as it was first published: one feature map, from the third stage, and the fourth
/// stage as the box head.
///
/// | network | layer | output for 800×800 |
/// |---|---|---|
/// | `backbone` | ResNet-50's first three stages | 50×50×1024 |
/// | `rpn` | conv 1024 @ 3×3, ReLU; conv 15: objectness; conv 60: offsets | 37,500 anchors |
/// | `box_head` | RoI align 14×14; ResNet-50's fourth stage; global average pooling; dense 91; dense 364 | |
///
/// - Parameter width: the factor of all channels.
/// - Throws: `CognitronError` where the input are no pictures.
/// - Source: He et al., "Deep Residual Learning for Image Recognition" (2016), appendix A; Detectron2's
///   `faster_rcnn_R_50_C4`.
public func fasterRCNNResNet50(
    inputShape: Shape = [800, 1088, 3], classCount: Int = 90, width: Float = 1
) throws -> Model {
    let name = "faster-rcnn-resnet50"
    try requirePictures(inputShape, classCount: classCount, name)
    let (plan, picture) = (try ResidualPlan(depth: 50, width: width), Input(nil, nil, inputShape[2]))
    let channels = plan.channels(2)
    let features = (0...2).reduce(plan.stem(picture)) { plan.stage($1, $0) }
    let crops = Input(14, 14, channels)
    return try .regions(
        backbone: Model(inputs: picture, outputs: features, name: "backbone"),
        proposer: regionProposer(channels: channels, anchors: 15),
        boxHead: boxHead(
            crops, GlobalAveragePooling2D()(plan.stage(3, crops.symbolic)), classCount: classCount),
        inputShape: inputShape, name: name)
}

extension RegionSettings {
    /// Those of `fasterRCNNResNet50FPN`: anchors of one size on each of five levels; regions are cut from the
    /// four finer ones.
    public static let pyramid: RegionSettings = {
        let anchors = AnchorGrid(sizes: [[32], [64], [128], [256], [512]], ratios: [[0.5, 1, 2]])
        var settings = RegionSettings(proposals: .network(RegionProposals(anchors: anchors)))
        settings.transform = .imageNet
        settings.boxCrops.levelCount = 4
        settings.maskCrops.levelCount = 4
        return settings
    }()

    /// Those of `fasterRCNNResNet50`: anchors of all sizes on one level.
    public static let singleLevel: RegionSettings = {
        let anchors = AnchorGrid(sizes: [[32, 64, 128, 256, 512]], ratios: [[0.5, 1, 2]])
        var settings = RegionSettings(proposals: .network(RegionProposals(anchors: anchors)))
        settings.transform = .imageNet
        settings.boxCrops = FeatureCrops(size: 14)
        return settings
    }()
}
