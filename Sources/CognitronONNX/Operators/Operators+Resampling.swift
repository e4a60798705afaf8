import Cognitron
import Foundation

extension Operators {
    static let resampling: [String: Operation] = [
        "Resize": { call in
            let x = try call.input(0)
            let isOld = call.node.opset < 11
            let plan = try ResizePlan(
                call, x.shape, scales: isOld ? 1 : 2, sizes: isOld ? nil : 3, region: isOld ? nil : 1)
            return [x.with(try plan.run(x.tensor))]
        },
        "Upsample": { call in
            let x = try call.input(0)
            return [x.with(try ResizePlan(call, x.shape, scales: 1, sizes: nil, region: nil).run(x.tensor))]
        },
        "AffineGrid": affineGrid, "GridSample": gridSample,
    ]

    private static let affineGrid: Operation = { call in
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

    private static let gridSample: Operation = { call in
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
private func cubicWeight(_ distance: Float, _ a: Float) -> Float {
    let x = abs(distance)
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
}

/// A resize: along each axis a matrix, (outputs, inputs).
private struct ResizePlan {
    private let node: ONNXNode
    private let axes: [Int]
    private let outputs: [Int]
    private let scales: [Float]
    private let regions: [(start: Float, end: Float)]
    private let mode: String

    init(_ call: OperatorCall, _ input: Shape, scales: Int, sizes: Int?, region: Int?) throws {
        node = call.node
        mode = node.string("mode", "nearest")
        axes = try call.axes(node.ints("axes") ?? Array(0..<input.rank), rank: input.rank)
        let own = axes.map { input[$0] }
        guard input.elementCount > 0 else { throw ImportProblem("resizes \(input)") }
        let factors = node.floats("scales") ?? call.optional(scales)?.tensor.scalars ?? []
        let wanted = sizes.flatMap { call.optional($0)?.integers } ?? []
        if wanted.isEmpty {
            guard factors.count == axes.count, factors.allSatisfy({ $0 > 0 && $0 <= 1_048_576 }) else {
                throw ImportProblem("resizes \(input) by \(factors)")
            }
            self.scales = factors
            outputs = zip(own, factors).map { Int((Double($0) * Double($1)).rounded(.down)) }
        } else {
            guard wanted.count == axes.count,
                wanted.allSatisfy({ (1...OperatorCall.largestCount).contains($0) })
            else {
                throw ImportProblem("resizes \(input) to \(wanted)")
            }
            let ratios = zip(wanted, own).map { Float($0) / Float($1) }
            switch node.string("keep_aspect_ratio_policy", "stretch") {
            case "not_larger", "not_smaller":
                let isSmall = node.string("keep_aspect_ratio_policy") == "not_larger"
                let ratio = (isSmall ? ratios.min() : ratios.max()) ?? 1
                self.scales = ratios.map { _ in ratio }
                outputs = own.map { Int((ratio * Float($0) + 0.5).rounded(.down)) }
            default:
                self.scales = ratios
                outputs = wanted
            }
        }
        guard outputs.allSatisfy({ $0 >= 1 }) else { throw ImportProblem("resizes \(input) to \(outputs)") }
        var full = Array(input)
        for (axis, size) in zip(axes, outputs) { full[axis] = size }
        _ = try OperatorCall.shape(full)
        let corners = region.flatMap { call.optional($0)?.tensor.scalars } ?? []
        let count = axes.count
        regions = (0..<count).map {
            corners.count == 2 * count ? (corners[$0], corners[count + $0]) : (0, 1)
        }
    }

    func run(_ x: Tensor) throws -> Tensor {
        var y = x
        let value = node.float("extrapolation_value", 0)
        let isCropping = transformation == "tf_crop_and_resize"
        var outside: [(axis: Int, places: [Int])] = []
        for number in axes.indices {
            let (axis, size, count) = (axes[number], x.shape[axes[number]], outputs[number])
            let positions = (0..<count).map { position($0, number, size, count) }
            if isCropping {
                outside.append(
                    (axis, positions.indices.filter { positions[$0] < 0 || positions[$0] > Float(size - 1) }))
            }
            guard count != size || scales[number] != 1 || isCropping else { continue }
            if mode == "nearest" {
                y = y.gathering(positions.map { Swift.min(Swift.max(nearest($0), 0), size - 1) }, axis: axis)
                continue
            }
            guard size * count <= OperatorCall.largestCount else {
                throw ImportProblem("resizes \(size) to \(count)")
            }
            let matrix = Tensor(
                positions.flatMap { row($0, size, scale: scales[number]) }, shape: [count, size])
            // The axis last, times the matrix.
            let order = (0..<y.rank).filter { $0 != axis } + [axis]
            let back = order.indices.map { place in order.firstIndex(of: place) ?? place }
            let moved = y.rank < 2 ? y : y.permuted(order)
            let product = try Operators.matmul(moved, matrix.permuted([1, 0]))
            y = y.rank < 2 ? product : product.permuted(back)
        }
        for (axis, places) in outside {
            for place in places {
                let part = y.slice(axis: axis, place..<place + 1)
                y.assign(Tensor(repeating: value, shape: part.shape), axis: axis, place..<place + 1)
            }
        }
        return y
    }

    private var transformation: String {
        if node.type == "Upsample" || node.opset < 11 { return "asymmetric" }
        return node.string("coordinate_transformation_mode", "half_pixel")
    }

    /// The place in the input of a place in the output.
    private func position(_ index: Int, _ number: Int, _ size: Int, _ count: Int) -> Float {
        let (x, scale) = (Float(index), scales[number])
        switch transformation {
        case "asymmetric": return x / scale
        case "align_corners":
            let length = Float(size) * scale
            return length <= 1 ? 0 : x * Float(size - 1) / (length - 1)
        case "pytorch_half_pixel": return Float(size) * scale > 1 ? (x + 0.5) / scale - 0.5 : -0.5
        case "tf_half_pixel_for_nn": return (x + 0.5) / scale
        case "half_pixel_symmetric":
            let adjustment = Float(count) / (scale * Float(size))
            let centre = Float(size) / 2
            return centre * (1 - adjustment) + (x + 0.5) / scale - 0.5
        case "tf_crop_and_resize":
            let (start, end) = regions[number]
            guard count > 1 else { return 0.5 * (start + end) * Float(size - 1) }
            return start * Float(size - 1) + x * (end - start) * Float(size - 1) / Float(count - 1)
        default: return (x + 0.5) / scale - 0.5
        }
    }

    private func nearest(_ x: Float) -> Int {
        let rounded: Float
        switch node.type == "Upsample" || node.opset < 11
            ? "floor" : node.string("nearest_mode", "round_prefer_floor")
        {
        case "floor": rounded = x.rounded(.down)
        case "ceil": rounded = x.rounded(.up)
        case "round_prefer_ceil": rounded = (x + 0.5).rounded(.down)
        default: rounded = (x - 0.5).rounded(.up)
        }
        return Int(Swift.max(-1e9, Swift.min(1e9, rounded)))
    }

    /// The weights of all inputs for an output at a place.
    private func row(_ x: Float, _ size: Int, scale: Float) -> [Float] {
        var weights = [Float](repeating: 0, count: size)
        let isCubic = mode == "cubic"
        let stretch = node.int("antialias") != 0 ? Swift.min(scale, 1) : 1
        let radius = (isCubic ? 2 : 1) / stretch
        let a = node.float("cubic_coeff_a", -0.75)
        guard x.isFinite, abs(x) < 1e8, radius < 1e6 else { return weights }
        var total: Float = 0
        for tap in Int((x - radius).rounded(.down))...Int((x + radius).rounded(.up)) {
            let distance = (Float(tap) - x) * stretch
            let weight = isCubic ? cubicWeight(distance, a) : Swift.max(0, 1 - abs(distance))
            let isOutside = !(0..<size).contains(tap)
            if isOutside, node.int("exclude_outside") != 0 { continue }
            total += weight
            weights[Swift.min(Swift.max(tap, 0), size - 1)] += weight
        }
        return total == 0 ? weights : weights.map { $0 / total }
    }
}
