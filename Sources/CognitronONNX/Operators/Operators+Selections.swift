import Cognitron
import Foundation

// What detectors use beside the rest.

extension Operators {
    static let selections: [String: Operation] = [
        "NonMaxSuppression": nonMaxSuppression,
        "RoiAlign": roiAlign,
        "HannWindow": window { 0.5 - 0.5 * cos(2 * .pi * $0) },
        "HammingWindow": window { 25 / 46 - 21 / 46 * cos(2 * .pi * $0) },
        "BlackmanWindow": window { 0.42 - 0.5 * cos(2 * .pi * $0) + 0.08 * cos(4 * .pi * $0) },
    ]

    private static func window(_ function: @escaping @Sendable (Double) -> Double) -> Operation {
        { call in
            let size = try call.input(0).integers.first ?? 0
            let shape = try OperatorCall.shape([size])
            let period = Double(call.node.int("periodic", 1) != 0 ? size : size - 1)
            return [ONNXTensor(Tensor((0..<shape[0]).map { Float(function(Double($0) / period)) }))]
        }
    }

    private static let nonMaxSuppression: Operation = { call in
        let (boxes, scores) = (try call.input(0).tensor, try call.input(1).tensor)
        guard boxes.rank == 3, scores.rank == 3, boxes.shape[2] == 4, boxes.shape[0] == scores.shape[0],
            boxes.shape[1] == scores.shape[2]
        else { throw ImportProblem("boxes \(boxes.shape) with scores \(scores.shape)") }
        guard boxes.shape[1] <= 10_000 else { throw ImportProblem("more than 10,000 boxes") }
        let limit = call.optional(2)?.integers.first ?? 0
        let overlap = call.optional(3)?.tensor.scalars.first ?? 0
        let threshold = call.optional(4)?.tensor.scalars.first
        let isCentred = call.node.int("center_point_box") != 0
        let (corners, values) = (boxes.scalars, scores.scalars)
        let (count, classes) = (boxes.shape[1], scores.shape[1])
        func edges(_ n: Int, _ box: Int) -> (y0: Float, x0: Float, y1: Float, x1: Float) {
            let b = Array(corners[(n * count + box) * 4..<(n * count + box) * 4 + 4])
            if isCentred { return (b[1] - b[3] / 2, b[0] - b[2] / 2, b[1] + b[3] / 2, b[0] + b[2] / 2) }
            return (
                Swift.min(b[0], b[2]), Swift.min(b[1], b[3]), Swift.max(b[0], b[2]), Swift.max(b[1], b[3])
            )
        }
        var chosen: [Float] = []
        for n in 0..<boxes.shape[0] {
            for k in 0..<classes {
                let own = Array(values[(n * classes + k) * count..<(n * classes + k + 1) * count])
                var kept: [Int] = []
                let order = own.indices.sorted { (own[$0], -$0) > (own[$1], -$1) }
                for box in order where kept.count < limit {
                    if let threshold, own[box] <= threshold { continue }
                    let a = edges(n, box)
                    let isFree = kept.allSatisfy { other in
                        let b = edges(n, other)
                        let height = Swift.max(0, Swift.min(a.y1, b.y1) - Swift.max(a.y0, b.y0))
                        let width = Swift.max(0, Swift.min(a.x1, b.x1) - Swift.max(a.x0, b.x0))
                        let shared = height * width
                        let union = (a.y1 - a.y0) * (a.x1 - a.x0) + (b.y1 - b.y0) * (b.x1 - b.x0) - shared
                        return union <= 0 || shared / union <= overlap
                    }
                    if isFree { kept.append(box) }
                }
                for box in kept { chosen += [Float(n), Float(k), Float(box)] }
            }
        }
        return [ONNXTensor(Tensor(chosen, shape: [chosen.count / 3, 3]), .int64)]
    }

    private static let roiAlign: Operation = { call in
        let (x, regions) = (try call.input(0), try call.input(1).tensor)
        let pictures = try call.input(2).integers
        let (height, width) = (call.node.int("output_height", 1), call.node.int("output_width", 1))
        guard x.rank == 4, regions.rank == 2, regions.shape[1] == 4, pictures.count == regions.shape[0],
            pictures.allSatisfy({ (0..<x.shape[0]).contains($0) }), (1...4096).contains(height),
            (1...4096).contains(width),
            x.tensor.count > 0
        else { throw ImportProblem("regions \(regions.shape) of \(x.shape)") }
        let shape = try OperatorCall.shape([pictures.count, x.shape[1], height, width])
        let isMaximum = call.node.string("mode", "avg") == "max"
        let scale = call.node.float("spatial_scale", 1)
        let isShifted =
            call.node.string(
                "coordinate_transformation_mode", call.node.opset < 16 ? "output_half_pixel" : "half_pixel")
            == "half_pixel"
        let ratio = call.node.int("sampling_ratio")
        let (h, w) = (x.shape[2], x.shape[3])
        let (values, boxes) = (x.tensor.scalars, regions.scalars)
        var result = [Float]()
        result.reserveCapacity(shape.elementCount)
        for (number, picture) in pictures.enumerated() {
            let offset: Float = isShifted ? 0.5 : 0
            let box = (0..<4).map { boxes[number * 4 + $0] * scale - offset }
            var (boxWidth, boxHeight) = (box[2] - box[0], box[3] - box[1])
            if !isShifted { (boxWidth, boxHeight) = (Swift.max(boxWidth, 1), Swift.max(boxHeight, 1)) }
            guard box.allSatisfy({ abs($0) < 1e6 }) else { throw ImportProblem("a region far outside") }
            let (binHeight, binWidth) = (boxHeight / Float(height), boxWidth / Float(width))
            let rows = Swift.max(1, ratio > 0 ? ratio : Int(binHeight.rounded(.up)))
            let columns = Swift.max(1, ratio > 0 ? ratio : Int(binWidth.rounded(.up)))
            for c in 0..<x.shape[1] {
                let base = (picture * x.shape[1] + c) * h * w
                for i in 0..<height {
                    for j in 0..<width {
                        var (sum, best) = (Float(0), -Float.infinity)
                        for a in 0..<rows {
                            for b in 0..<columns {
                                let y = box[1] + (Float(i) + (Float(a) + 0.5) / Float(rows)) * binHeight
                                let x = box[0] + (Float(j) + (Float(b) + 0.5) / Float(columns)) * binWidth
                                let taps = bilinear(y, x, h, w)
                                let parts = taps.map { $0.weight * values[base + $0.place] }
                                sum += parts.reduce(0, +)
                                best = Swift.max(best, parts.max() ?? 0)
                            }
                        }
                        result.append(isMaximum ? best : sum / Float(rows * columns))
                    }
                }
            }
        }
        return [x.with(Tensor(result, shape: shape))]
    }

    private static func bilinear(_ y: Float, _ x: Float, _ h: Int, _ w: Int) -> [(place: Int, weight: Float)]
    {
        guard y >= -1, y <= Float(h), x >= -1, x <= Float(w) else { return [] }
        func axis(_ value: Float, _ size: Int) -> (low: Int, high: Int, share: Float) {
            let v = Swift.max(value, 0)
            let low = Int(v)
            return low >= size - 1 ? (size - 1, size - 1, 0) : (low, low + 1, v - Float(low))
        }
        let (r, c) = (axis(y, h), axis(x, w))
        return [
            (r.low * w + c.low, (1 - r.share) * (1 - c.share)), (r.low * w + c.high, (1 - r.share) * c.share),
            (r.high * w + c.low, r.share * (1 - c.share)), (r.high * w + c.high, r.share * c.share),
        ]
    }
}
