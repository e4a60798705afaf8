import Cognitron

/// What a two-stage detector decides without weights. The defaults are Faster R-CNN's.
///
/// - Source: Ren et al., "Faster R-CNN" (2015); He et al., "Mask R-CNN" (2017); torchvision's `FasterRCNN`.
public struct RegionSettings: Sendable {
    /// How pictures become a batch.
    public var transform = PictureTransform()

    /// Where regions come from.
    public var proposals: Proposals

    /// How features of regions are cut out, for boxes and for masks.
    public var boxCrops = FeatureCrops(size: 7)
    public var maskCrops = FeatureCrops(size: 14)

    /// How the box head's answers become objects.
    public var decisions = BoxDecisions()

    /// From which overlap on a region is learnt as an object, how many regions of a picture are learnt, and
    /// which share of them may be objects.
    public var matcher = BoxMatcher(high: 0.5, low: 0.5, allowsLowQuality: false)
    public var sampler = BalancedSampler(count: 512, positiveShare: 0.25)

    /// Where regions come from.
    public enum Proposals: Sendable {
        /// From the model's own network, `rpn`: Faster R-CNN.
        case network(RegionProposals)
        /// From outside, such as a search for regions of one colour: Fast R-CNN. Gets a picture (H, W, C) as
        /// the batch has it, and gives boxes in its pixels.
        case outside(@Sendable (_ picture: Tensor) -> [Box])
    }

    public init(proposals: Proposals) { self.proposals = proposals }
}
