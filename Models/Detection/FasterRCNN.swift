import Cognitron
import CognitronDetection

/// A small Faster R-CNN for drawings of 128×128, with masks a Mask R-CNN.
///
/// | network | layer | output |
/// |---|---|---|
/// | `backbone` | conv 16 @ 3×3, batch norm, ReLU; max pool 2 | 64×64×16 |
/// | | 2 × (conv 32, batch norm, ReLU); max pool 2 | 32×32×32 |
/// | | 2 × (conv 64, batch norm, ReLU): the finer level; max pool 2 | 32×32×64 |
/// | | 3 × (conv 96, batch norm, ReLU): the coarser level | 16×16×96 |
/// | | a pyramid of 64 channels | 32×32×64, 16×16×64 |
/// | `rpn` | conv 64 @ 3×3, ReLU; conv 6: objectness, and conv 24: offsets, of each level | 7,680 anchors |
/// | `box_head` | RoI align 7×7; 2 × (dense 128, ReLU); dense 1 + classes; dense 4·(1 + classes) | |
/// | `mask_head` | RoI align 14×14; 2 × (conv 32, ReLU); transposed 32, ReLU; conv 1 + classes | 28×28 |
///
/// Pictures of any size.
///
/// - Parameters:
///   - proposesRegions: whether it has a region proposal network; without one it is a Fast R-CNN.
///   - hasMasks: whether it has a mask head.
/// - Throws: `CognitronError` where the input are no pictures.
/// - Source: Girshick, "Fast R-CNN" (2015); Ren et al., "Faster R-CNN" (2015); He et al., "Mask R-CNN"
///   (2017).
public func fasterRCNN(
    inputShape: Shape = [128, 128, 3], classCount: Int = 10, proposesRegions: Bool = true,
    hasMasks: Bool = false
) throws -> Model {
    let name = hasMasks ? "mask-rcnn" : proposesRegions ? "faster-rcnn" : "fast-rcnn"
    try requirePictures(inputShape, atLeast: 8, classCount: classCount, name)
    let backbone = try smallBackbone(channels: inputShape[2])
    return try .regions(
        backbone: backbone, proposer: proposesRegions ? regionProposer(channels: 64, anchors: 6) : nil,
        boxHead: boxHead(size: 7, channels: 64, units: 128, classCount: classCount),
        maskHead: hasMasks
            ? maskHead(size: 14, channels: 64, filters: 32, convolutions: 2, classCount: classCount) : nil,
        inputShape: inputShape, name: name)
}

/// Feature maps with strides of 4 and 8.
private func smallBackbone(channels: Int) throws -> Model {
    let picture = Input(nil, nil, channels)
    var (x, stages) = (picture.symbolic, [SymbolicTensor]())
    for (stage, (filters, count)) in [(16, 1), (32, 2), (64, 2), (96, 3)].enumerated() {
        if stage > 0 { x = MaxPooling2D(poolSize: 2)(x) }
        for number in 0..<count {
            let name = "stage.\(stage).\(number)"
            x = convolutionBlock(filters, kernelSize: 3, names: ("\(name).conv", "\(name).norm"), x)
        }
        stages.append(x)
    }
    let levels = featurePyramid(Array(stages.suffix(2)), filters: 64, addsCoarseLevel: false)
    return try Model(inputs: picture, outputs: levels, name: "backbone")
}

extension RegionSettings {
    /// Those of `fasterRCNN`: fewer regions than the published form, and anchors of the drawings' sizes.
    static let small: RegionSettings = {
        var proposals = RegionProposals(
            anchors: smallAnchors, counts: .init(before: 300, after: 100),
            trainingCounts: .init(before: 600, after: 200))
        proposals.sampler = BalancedSampler(count: 128, positiveShare: 0.5)
        return small(.network(proposals))
    }()

    /// The same with the regions of a selective search, for a network that proposes none.
    static let smallSearch = small(.outside { SelectiveSearch().boxes(in: $0) })

    private static let smallAnchors = AnchorGrid(sizes: [[20, 30], [44, 66]], ratios: [[0.5, 1, 2]])

    private static func small(_ proposals: Proposals) -> RegionSettings {
        var settings = RegionSettings(proposals: proposals)
        settings.transform = PictureTransform(multiple: 8)
        settings.sampler = BalancedSampler(count: 64, positiveShare: 0.25)
        return settings
    }
}
