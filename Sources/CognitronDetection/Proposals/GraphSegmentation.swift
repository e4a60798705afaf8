/// The segments of a picture: neighbouring pixels are joined from the most similar on, as long as their
/// difference is no larger than those inside both segments.
///
/// Two segments are joined over an edge of weight w where w ≤ min(I(a) + k/|a|, I(b) + k/|b|), with I the
/// largest edge inside a segment, and k the scale: larger ones give larger segments.
///
/// - Source: Felzenszwalb and Huttenlocher, "Efficient Graph-Based Image Segmentation" (2004).
struct GraphSegmentation {
    /// (H · W): the number of each pixel's segment, in the order of their first pixels.
    let labels: [Int]
    let count: Int

    private struct Edge {
        let weight: Float
        let a: Int
        let b: Int
    }

    /// - Parameters:
    ///   - scale: k, for colours from 0 to 1.
    ///   - leastSize: smaller segments are joined to their most similar neighbour.
    init(_ planes: PixelPlanes, scale: Float, leastSize: Int) {
        let edges = Self.edges(planes.smoothed())
        var segments = DisjointSegments(planes.height * planes.width, scale: scale)
        for edge in edges { segments.joinIfSimilar(edge.a, edge.b, edge.weight) }
        for edge in edges { segments.joinIfSmall(edge.a, edge.b, leastSize) }
        var (numbers, labels) = ([Int](repeating: -1, count: planes.height * planes.width), [Int]())
        var count = 0
        labels.reserveCapacity(numbers.count)
        for pixel in numbers.indices {
            let root = segments.root(pixel)
            if numbers[root] < 0 {
                numbers[root] = count
                count += 1
            }
            labels.append(numbers[root])
        }
        (self.labels, self.count) = (labels, count)
    }

    /// Between each pixel and its eight neighbours, from the smallest difference on.
    private static func edges(_ planes: PixelPlanes) -> [Edge] {
        let (height, width) = (planes.height, planes.width)
        var edges: [Edge] = []
        edges.reserveCapacity(4 * height * width)
        for y in 0..<height {
            for x in 0..<width {
                let a = y * width + x
                func add(_ b: Int) {
                    edges.append(Edge(weight: planes.distance(a, b).squareRoot(), a: a, b: b))
                }
                if x + 1 < width { add(a + 1) }
                guard y + 1 < height else { continue }
                add(a + width)
                if x + 1 < width { add(a + width + 1) }
                if x > 0 { add(a + width - 1) }
            }
        }
        return edges.sorted { ($0.weight, $0.a, $0.b) < ($1.weight, $1.a, $1.b) }
    }
}

/// Pixels in disjoint sets, each with its size and the largest edge that it may be joined over.
private struct DisjointSegments {
    private var parents: [Int]
    private var sizes: [Int]
    private var limits: [Float]
    private let scale: Float

    init(_ count: Int, scale: Float) {
        parents = Array(0..<count)
        sizes = Array(repeating: 1, count: count)
        limits = Array(repeating: scale, count: count)
        self.scale = scale
    }

    mutating func root(_ pixel: Int) -> Int {
        var pixel = pixel
        while parents[pixel] != pixel {
            parents[pixel] = parents[parents[pixel]]
            pixel = parents[pixel]
        }
        return pixel
    }

    mutating func joinIfSimilar(_ a: Int, _ b: Int, _ weight: Float) {
        let (a, b) = (root(a), root(b))
        guard a != b, weight <= limits[a], weight <= limits[b] else { return }
        let joined = join(a, b)
        limits[joined] = weight + scale / Float(sizes[joined])
    }

    mutating func joinIfSmall(_ a: Int, _ b: Int, _ leastSize: Int) {
        let (a, b) = (root(a), root(b))
        if a != b, min(sizes[a], sizes[b]) < leastSize { _ = join(a, b) }
    }

    private mutating func join(_ a: Int, _ b: Int) -> Int {
        let (large, small) = sizes[a] >= sizes[b] ? (a, b) : (b, a)
        parents[small] = large
        sizes[large] += sizes[small]
        return large
    }
}
