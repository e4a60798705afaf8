/// The segments of a picture joined two by two, the most similar neighbours first, until one is left.
struct RegionGrouping {
    private let pixelCount: Float
    /// The boxes of all regions, first those of the segments.
    private(set) var boxes: [Box] = []
    private var regions: [Region]
    private var pairs: [Pair] = []
    private let usesColor: Bool

    private struct Pair {
        let a: Int
        let b: Int
        let similarity: Float
    }

    init(_ planes: PixelPlanes, _ segmentation: GraphSegmentation, usesColor: Bool) {
        pixelCount = Float(planes.height * planes.width)
        regions = Region.regions(planes, segmentation)
        self.usesColor = usesColor
        boxes = regions.map(\.box)
        for (a, b) in Self.neighbours(planes, segmentation.labels) { addPair(a, b) }
        while let best = bestPair() { join(pairs[best]) }
    }

    /// Each pair of segments that touch, once, in order.
    private static func neighbours(_ planes: PixelPlanes, _ labels: [Int]) -> [(Int, Int)] {
        var found = Set<SIMD2<Int>>()
        for y in 0..<planes.height {
            for x in 0..<planes.width {
                let pixel = y * planes.width + x
                for other in [x + 1 < planes.width ? pixel + 1 : pixel, pixel + planes.width]
                where other < labels.count && labels[other] != labels[pixel] {
                    found.insert(SIMD2(min(labels[pixel], labels[other]), max(labels[pixel], labels[other])))
                }
            }
        }
        return found.map { ($0.x, $0.y) }.sorted { $0 < $1 }
    }

    private mutating func addPair(_ a: Int, _ b: Int) {
        let similarity = regions[a].similarity(regions[b], of: pixelCount, usesColor: usesColor)
        pairs.append(Pair(a: a, b: b, similarity: similarity))
    }

    /// The first of the most similar pairs.
    private func bestPair() -> Int? {
        guard var best = pairs.indices.first else { return nil }
        for index in pairs.indices where pairs[index].similarity > pairs[best].similarity { best = index }
        return best
    }

    private mutating func join(_ pair: Pair) {
        regions.append(regions[pair.a].joined(regions[pair.b]))
        boxes.append(regions[regions.count - 1].box)
        var touching = Set<Int>()
        for other in pairs {
            for (one, another) in [(other.a, other.b), (other.b, other.a)]
            where one == pair.a || one == pair.b { touching.insert(another) }
        }
        pairs.removeAll { $0.a == pair.a || $0.b == pair.a || $0.a == pair.b || $0.b == pair.b }
        for other in touching.subtracting([pair.a, pair.b]).sorted() { addPair(other, regions.count - 1) }
    }
}
