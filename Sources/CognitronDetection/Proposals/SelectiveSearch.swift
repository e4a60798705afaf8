import Cognitron

/// Finds the regions of a picture that may be objects, without having learnt any.
///
///     let boxes = SelectiveSearch().boxes(in: picture)  // some hundred of 128×128, about 2,000 of 500×375
///
/// A picture is cut into small segments of one colour (`GraphSegmentation`); neighbours that are most alike
/// in colour, texture and size, and fill each other's gaps, are joined one by one until the whole picture is
/// left. The boxes of all segments on the way are the result: once for each strategy, a space of colours, a
/// scale and whether colours count, since no single one separates all objects.
///
/// - Source: Uijlings et al., "Selective Search for Object Recognition" (2013); here with two spaces of
///   colours, two scales and two sets of similarities in the place of its 5, 2 and 4.
public struct SelectiveSearch: Sendable {
    /// What of a pixel's colour is compared.
    public enum Space: String, CaseIterable, Sendable {
        /// The channels as they are.
        case channels
        /// Red's and green's share, which shadows do not change, and the brightness.
        case shares
    }

    public let spaces: [Space]
    public let scales: [Float]
    public let leastSize: Int
    public let limit: Int

    /// - Parameters:
    ///   - scales: of the first segments, for colours from 0 to 1: the paper's 100 for 0 to 255 is 0.4.
    ///   - leastSize: the least number of pixels of a segment; its square root is the least side of a box.
    ///   - limit: the most boxes of a picture; those of small regions are left out first.
    public init(
        spaces: [Space] = Space.allCases, scales: [Float] = [0.2, 0.6], leastSize: Int = 20,
        limit: Int = 2_000
    ) {
        precondition(
            !spaces.isEmpty && !scales.isEmpty && scales.allSatisfy { $0 > 0 } && leastSize >= 1
                && limit >= 1,
            "selective search needs spaces, scales above 0, and sizes and limits of at least 1")
        (self.spaces, self.scales, self.leastSize, self.limit) = (spaces, scales, leastSize, limit)
    }

    /// The boxes of the regions, each once, from the largest regions of all strategies down.
    ///
    /// - Parameter picture: (H, W, C), from 0 to 1.
    public func boxes(in picture: Tensor) -> [Box] {
        var lists: [[Box]] = []
        for space in spaces {
            let planes = PixelPlanes(picture, space)
            for scale in scales {
                let segmentation = GraphSegmentation(planes, scale: scale, leastSize: leastSize)
                for usesColor in [true, false] {
                    let grouping = RegionGrouping(planes, segmentation, usesColor: usesColor)
                    lists.append(grouping.boxes.reversed())
                }
            }
        }
        let leastSide = Float(leastSize).squareRoot()
        var (seen, result) = (Set<Box>(), [Box]())
        for place in 0..<(lists.map(\.count).max() ?? 0) {
            for list in lists where place < list.count {
                let box = list[place]
                guard box.width >= leastSide, box.height >= leastSide, seen.insert(box).inserted else {
                    continue
                }
                result.append(box)
                if result.count == limit { return result }
            }
        }
        return result
    }
}
