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
