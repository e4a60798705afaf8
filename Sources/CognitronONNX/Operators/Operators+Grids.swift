import Cognitron
import Foundation

// Operators that read pictures at the points of a grid.

extension Operators {
    static let affineGrid: Operation = { call in
        let (theta, size) = (try call.input(0), try call.input(1).integers)
        let rank = size.count - 2
        guard (2...3).contains(rank), theta.shape == [size[0], rank, rank + 1] else {
            throw ImportProblem("a grid of size \(size)")
        }
        let isCorner = call.node.int("align_corners") != 0
        let spatial = Array(size.dropFirst(2))
        let shape = try OperatorCall.shape(spatial + [rank + 1])
        func coordinate(_ index: Int, _ count: Int) -> Float {
            isCorner
                ? (count > 1 ? -1 + 2 * Float(index) / Float(count - 1) : 0)
                : (2 * Float(index) + 1) / Float(count) - 1
        }
        var points: [Float] = []
        for number in 0..<spatial.reduce(1, *) {
            var (rest, row) = (number, [Float]())
            for axis in (0..<rank).reversed() {
                row.append(coordinate(rest % spatial[axis], spatial[axis]))
                rest /= spatial[axis]
            }
            points += row + [1]
        }
        guard !points.isEmpty else { throw ImportProblem("a grid of size \(size)") }
        let grid = Tensor(points, shape: [shape.elementCount / (rank + 1), rank + 1])
        let y = (0..<size[0]).map { grid.matmul(theta.tensor[$0], transposingOther: true) }
        return [theta.with(Tensor.stacked(y).reshaped(Shape([size[0]] + spatial + [rank])))]
    }

    static let gridSample: Operation = { call in
        let (x, grid) = (try call.input(0), try call.input(1))
        let rank = x.rank - 2
        guard (1...3).contains(rank), grid.rank == rank + 2, grid.shape.last == rank,
            grid.shape[0] == x.shape[0],
            x.tensor.count > 0
        else { throw ImportProblem("samples \(x.shape) at \(grid.shape)") }
        let sampler = GridSampler(call.node, Array(x.shape.dropFirst(2)))
        let plane = sampler.sizes.reduce(1, *)
        let points = grid.tensor.count / (rank * x.shape[0])
        let shape = try OperatorCall.shape(
            [x.shape[0], x.shape[1]] + Array(grid.shape.dropFirst().dropLast()))
        let (values, places) = (x.tensor.scalars, grid.tensor.scalars)
        var result = [Float](repeating: 0, count: shape.elementCount)
        for n in 0..<x.shape[0] {
            for point in 0..<points {
                let start = (n * points + point) * rank
                let taps = sampler.taps(Array(places[start..<start + rank].reversed()))
                for c in 0..<x.shape[1] {
                    let base = (n * x.shape[1] + c) * plane
                    result[(n * x.shape[1] + c) * points + point] = taps.reduce(0) {
                        $0 + $1.weight * values[base + $1.place]
                    }
                }
            }
        }
        return [x.with(Tensor(result, shape: shape))]
    }
}

/// Where a point of a grid reads, and with which weights.
private struct GridSampler {
    let sizes: [Int]
    private let mode: String
    private let padding: String
    private let isCorner: Bool

    init(_ node: ONNXNode, _ sizes: [Int]) {
        self.sizes = sizes
        mode = node.string("mode", "linear")
        padding = node.string("padding_mode", "zeros")
        isCorner = node.int("align_corners") != 0
    }

    /// - Parameter point: from −1 to 1, an axis of the picture each.
    func taps(_ point: [Float]) -> [(place: Int, weight: Float)] {
        var taps: [(place: Int, weight: Float)] = [(0, 1)]
        for (axis, size) in sizes.enumerated() {
            let own = axisTaps(point[axis], size)
            taps = taps.flatMap { tap in own.map { (tap.place * size + $0.place, tap.weight * $0.weight) } }
        }
        return taps
    }

    private func axisTaps(_ value: Float, _ size: Int) -> [(place: Int, weight: Float)] {
        var x = isCorner ? (value + 1) / 2 * Float(size - 1) : ((value + 1) * Float(size) - 1) / 2
        guard x.isFinite, abs(x) < 1e8 else { return [] }
        if padding == "border", !mode.contains("cubic") { x = Swift.min(Swift.max(x, 0), Float(size - 1)) }
        if padding == "reflection", !mode.contains("cubic") { x = reflected(x, size) }
        let floor = x.rounded(.down)
        let fraction = x - floor
        let first = Int(floor)
        let weights: [(Int, Float)]
        if mode == "nearest" {
            weights = [(Int(x.rounded(.toNearestOrEven)), 1)]
        } else if mode.contains("cubic") {
            weights = (0..<4).map { (first - 1 + $0, cubicWeight(Float($0 - 1) - fraction, -0.75)) }
        } else {
            weights = [(first, 1 - fraction), (first + 1, fraction)]
        }
        return weights.compactMap { place, weight in
            if (0..<size).contains(place) { return (place, weight) }
            switch padding {
            case "border": return (Swift.min(Swift.max(place, 0), size - 1), weight)
            case "reflection":
                return (
                    Swift.min(Swift.max(Int(reflected(Float(place), size).rounded()), 0), size - 1), weight
                )
            default: return nil
            }
        }
    }

    private func reflected(_ x: Float, _ size: Int) -> Float {
        let (low, high): (Float, Float) = isCorner ? (0, Float(size - 1)) : (-0.5, Float(size) - 0.5)
        let span = high - low
        guard span > 0 else { return 0 }
        let rest = fmod(abs(x - low), 2 * span)
        let y = low + (rest > span ? 2 * span - rest : rest)
        return Swift.min(Swift.max(y, 0), Float(size - 1))
    }
}

/// Keys's cubic: a is −0.5 or −0.75.
func cubicWeight(_ distance: Float, _ a: Float) -> Float {
    let x = abs(distance)
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
}
