import Cognitron
import Foundation

/// Cuts the features of regions out of feature maps: RoI align, each region on the level that suits its area.
///
///     level = ⌊4 + log₂(√area / 224)⌋, within the levels that there are; level k has strides of 2ᵏ
///
/// - Source: He et al., "Mask R-CNN" (2017); Lin et al., "Feature Pyramid Networks" (2017), equation 1;
///   torchvision `MultiScaleRoIAlign`.
public struct FeatureCrops: Sendable {
    /// Rows and columns that every region gets, whatever its size.
    public var size: Int

    /// Samples of a bin's row and column whose mean it is.
    public var samplingRatio: Int

    /// How many levels of the backbone are cut from, the finest first; nil for all.
    public var levelCount: Int?

    public init(size: Int, samplingRatio: Int = 2, levelCount: Int? = nil) {
        (self.size, self.samplingRatio, self.levelCount) = (size, samplingRatio, levelCount)
    }

    /// The features of regions (R, size, size, C), and the pullback to the feature maps that were read.
    ///
    /// - Parameters:
    ///   - features: of each level (N, h, w, C).
    ///   - regions: of each picture, in pixels of the batch.
    ///   - height: of the batch's pictures.
    func crops(
        of features: [Tensor], _ regions: [[Box]], height: Int
    ) -> (output: Tensor, pullback: (Tensor) -> [Tensor]) {
        let levels = Array(features.prefix(levelCount ?? features.count))
        let scales = levels.map { Self.scale($0.shape[1], height) }
        let rows = regions.enumerated().flatMap { picture, boxes in boxes.map { (picture, $0) } }
        let chosen = rows.map { Self.level(of: $0.1, scales) }
        let members = levels.indices.map { level in chosen.indices.filter { chosen[$0] == level } }
        let tables = members.map { Tensor(regions: $0.map { rows[$0] }) }
        let parts = levels.indices.map { level in
            levels[level].regionsAligned(
                tables[level], size: size, spatialScale: scales[level], samplingRatio: samplingRatio)
        }
        // Row i of the parts one after another is region order[i].
        let order = members.flatMap { $0 }
        let output = Tensor.concatenated(parts, axis: 0).gathering(order.inverted, axis: 0)
        return (
            output,
            { gradient in
                let parts = gradient.gathering(order, axis: 0).split(members.map(\.count), axis: 0)
                return levels.indices.map { level in
                    parts[level].regionsAlignedGradient(
                        tables[level], levels[level].shape, spatialScale: scales[level],
                        samplingRatio: samplingRatio)
                }
            }
        )
    }

    /// The scale of a level, a power of two.
    private static func scale(_ height: Int, _ pictureHeight: Int) -> Float {
        exp2(log2(Float(height) / Float(pictureHeight)).rounded())
    }

    private static func level(of box: Box, _ scales: [Float]) -> Int {
        guard let first = scales.first, let last = scales.last else { return 0 }
        let (finest, coarsest) = (-log2(first), -log2(last))
        let level = (4 + log2(box.area.squareRoot() / 224) + 1e-6).rounded(.down)
        return Int(min(max(level, finest), coarsest) - finest)
    }
}

extension Array where Element == Int {
    /// Of a permutation, the one that undoes it.
    fileprivate var inverted: [Int] {
        var result = self
        for (index, number) in enumerated() { result[number] = index }
        return result
    }
}

extension Tensor {
    /// (R, 5): the number of the picture, then left, top, right, bottom.
    init(regions: [(picture: Int, box: Box)]) {
        self.init(
            regions.flatMap { [Float($0), $1.left, $1.top, $1.right, $1.bottom] }, shape: [regions.count, 5])
    }
}
