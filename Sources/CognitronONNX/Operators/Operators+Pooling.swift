import Cognitron
import Foundation

// Poolings over any number of axes, window by window.

extension Operators {
    static let poolings: [String: Operation] = [
        "MaxPool": { call in
            let x = try call.input(0)
            let places = try PoolingPlaces(call, x.shape)
            let isColumnMajor = call.node.int("storage_order") != 0
            var indices: [Float] = []
            let columns = isColumnMajor ? places.columnMajorPlaces : nil
            let y = places.map(x.tensor) { values, window in
                guard let first = window.first else { return -.infinity }
                var best = first
                for place in window where values[place] > values[best] || values[best].isNaN { best = place }
                indices.append(Float(columns.map { $0(best) } ?? best))
                return values[best]
            }
            return [x.with(y)]
                + (call.node.outputs.count > 1 ? [ONNXTensor(Tensor(indices, shape: y.shape), .int64)] : [])
        },
        "AveragePool": { call in
            let x = try call.input(0)
            let places = try PoolingPlaces(call, x.shape)
            let countsPads = call.node.int("count_include_pad") != 0
            return [
                x.with(
                    places.mapCounted(x.tensor) { values, window, padded in
                        let count = countsPads ? padded : window.count
                        return window.reduce(0) { $0 + values[$1] } / Float(Swift.max(1, count))
                    })
            ]
        },
        "LpPool": { call in
            let x = try call.input(0)
            let places = try PoolingPlaces(call, x.shape)
            let p = Float(call.node.int("p", 2))
            return [
                x.with(
                    places.map(x.tensor) { values, window in
                        pow(window.reduce(0) { $0 + pow(abs(values[$1]), p) }, 1 / p)
                    })
            ]
        },
        "GlobalAveragePool": global { $0.mean(axes: $1, keepingDimensions: true) },
        "GlobalMaxPool": global { x, axes in axes.reduce(x) { $0.max(axis: $1, keepingDimensions: true) } },
        "GlobalLpPool": { call in
            let p = Float(call.node.int("p", 2))
            let x = try call.input(0)
            guard x.rank >= 3, x.tensor.count > 0 else { throw ImportProblem("pools \(x.shape)") }
            let powers = x.tensor.map { pow(abs($0), p) }
            let sums = powers.sum(axes: Array(2..<x.rank), keepingDimensions: true)
            return [x.with(sums.map { pow($0, 1 / p) })]
        },
        "MaxUnpool": maxUnpool,
    ]

    private static func global(_ function: @escaping @Sendable (Tensor, [Int]) -> Tensor) -> Operation {
        { call in
            let x = try call.input(0)
            guard x.rank >= 3, x.tensor.count > 0 else { throw ImportProblem("pools \(x.shape)") }
            return [x.with(function(x.tensor, Array(2..<x.rank)))]
        }
    }

    private static let maxUnpool: Operation = { call in
        let (x, indices) = (try call.input(0), try call.input(1))
        guard x.rank >= 3, indices.shape == x.shape else { throw ImportProblem("unpools \(x.shape)") }
        let size = call.node.ints("kernel_shape") ?? []
        let windows = try NodeWindows(call.node, size: size, input: Array(x.shape.dropFirst(2)))
        let own = size.indices.map { axis in
            (x.shape[axis + 2] - 1) * windows.strides[axis] - windows.before[axis] - windows.after[axis]
                + size[axis]
        }
        let natural = try OperatorCall.shape([x.shape[0], x.shape[1]] + own)
        let shape = try call.optional(2).map { try OperatorCall.shape($0.integers) } ?? natural
        guard shape.rank == x.rank else { throw ImportProblem("unpools to \(shape)") }
        var y = [Float](repeating: 0, count: shape.elementCount)
        let (from, to) = (strides(natural), strides(shape))
        for (value, index) in zip(x.tensor.scalars, indices.integers) {
            // An index counts in the natural output, whose axes may be shorter than the given one's.
            var (rest, place) = (index, 0)
            for axis in 0..<shape.rank {
                let coordinate = rest / Swift.max(1, from[axis])
                guard coordinate >= 0, coordinate < shape[axis] else {
                    throw ImportProblem("index \(index) of \(shape)")
                }
                rest %= Swift.max(1, from[axis])
                place += coordinate * to[axis]
            }
            y[place] = value
        }
        return [x.with(Tensor(y, shape: shape))]
    }
}

/// The windows of a pooling over (N, C, …).
private struct PoolingPlaces {
    private let input: Shape
    private let windows: NodeWindows
    private let outputs: [Int]

    init(_ call: OperatorCall, _ input: Shape) throws {
        guard input.rank >= 3, input.elementCount > 0 else { throw ImportProblem("pools \(input)") }
        self.input = input
        let size = call.node.ints("kernel_shape") ?? []
        let windows = try NodeWindows(call.node, size: size, input: Array(input.dropFirst(2)))
        let isCeiling = call.node.int("ceil_mode") != 0
        outputs = try size.indices.map { axis in
            let (pixels, stride) = (input[axis + 2], windows.strides[axis])
            let rest = pixels + windows.before[axis] + windows.after[axis] - windows.span(axis)
            guard rest >= 0 || isCeiling else {
                throw ImportProblem("a window larger than its input \(input)")
            }
            var count = (isCeiling ? (rest + stride - 1) / stride : rest / stride) + 1
            // A window that begins behind the input is none.
            if isCeiling, (count - 1) * stride >= pixels + windows.before[axis] { count -= 1 }
            return Swift.max(0, count)
        }
        // Each tap of each window is listed.
        _ = try OperatorCall.shape(outputs + windows.size)
        _ = try OperatorCall.shape([input[0], input[1]] + outputs)
        self.windows = windows
    }

    func map(_ x: Tensor, _ reduce: (UnsafeBufferPointer<Float>, [Int]) -> Float) -> Tensor {
        mapCounted(x) { values, window, _ in reduce(values, window) }
    }

    /// - Parameter reduce: gets all elements, the places of a window's, and the window's size with the
    /// padding
    ///   that it covers.
    func mapCounted(_ x: Tensor, _ reduce: (UnsafeBufferPointer<Float>, [Int], Int) -> Float) -> Tensor {
        let plane = input.dropFirst(2).reduce(1, *)
        let count = outputs.reduce(1, *)
        // The same for every channel.
        let offsets = (0..<count).map(window)
        var result: [Float] = []
        x.withUnsafeScalars { values in
            for channel in 0..<input[0] * input[1] {
                for (places, padded) in offsets {
                    result.append(reduce(values, places.map { channel * plane + $0 }, padded))
                }
            }
        }
        return Tensor(result, shape: Shape([input[0], input[1]] + outputs))
    }

    /// The places that one window covers in a plane, and how many with the padding.
    private func window(_ number: Int) -> (places: [Int], padded: Int) {
        var rest = number
        var (places, padded) = ([0], 1)
        var ranges: [[Int]] = []
        for axis in outputs.indices.reversed() {
            let start = rest % outputs[axis] * windows.strides[axis] - windows.before[axis]
            rest /= outputs[axis]
            let taps = (0..<windows.size[axis]).map { start + $0 * windows.dilations[axis] }
            let size = input[axis + 2]
            padded *= taps.filter { $0 < size + windows.after[axis] }.count
            ranges.insert(taps.filter { (0..<size).contains($0) }, at: 0)
        }
        for (axis, range) in ranges.enumerated() {
            places = places.flatMap { place in range.map { place * input[axis + 2] + $0 } }
        }
        return (places, padded)
    }

    /// A place counted with the first axis of a plane fastest.
    var columnMajorPlaces: (Int) -> Int {
        let sizes = Array(input.dropFirst(2))
        let plane = sizes.reduce(1, *)
        return { place in
            var (rest, coordinates) = (place % plane, [Int]())
            for size in sizes.reversed() {
                coordinates.insert(rest % size, at: 0)
                rest /= size
            }
            var (result, factor) = (place / plane * plane, 1)
            for (coordinate, size) in zip(coordinates, sizes) {
                result += coordinate * factor
                factor *= size
            }
            return result
        }
    }
}
