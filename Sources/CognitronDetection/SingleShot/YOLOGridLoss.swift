import Cognitron
import CognitronData

extension Loss {
    /// The loss of YOLO's first form, for targets (N, M, 5) in `BoxRow`'s form.
    ///
    ///     coordinates · Σ (x − x̂)² + (y − ŷ)² + (√w − √ŵ)² + (√h − √ĥ)²      of responsible boxes
    ///       + Σ (C − Ĉ)²                                          of responsible boxes, C their IoU
    ///       + background · Σ Ĉ²                                   of all other boxes
    ///       + Σ Σ_c (p(c) − p̂(c))²                                of cells with an object
    ///
    /// An object belongs to the cell with its center, where the box that overlaps it most is responsible for
    /// it; if none overlaps it, the one with the nearest corners. A cell has one object: the first of those
    /// whose centers it has. The IoU counts as given: it has no gradient.
    ///
    /// - Parameters:
    ///   - coordinates: what the place and size of a responsible box count.
    ///   - background: what the confidence of other boxes counts. The paper's 0.5 is for 98 boxes a picture;
    ///     finer grids have a larger share of boxes without objects.
    /// - Source: Redmon et al. (2016), equation 3, and its program darknet, `detection_layer.c`.
    public static func yoloGrid(
        _ grid: YOLOGrid, coordinates: Float = 5, background: Float = 0.5
    ) -> Loss {
        Loss("yolo_grid", targets: .any) { prediction, target in
            let (wanted, weights) = grid.goals(
                prediction, GroundTruth.pictures(boxes: target), coordinates: coordinates,
                background: background)
            let difference = prediction - wanted
            let weighted = difference * weights
            return ((weighted * difference).sum(axes: [1, 2, 3]), 2 * weighted)
        }
    }
}

extension YOLOGrid {
    /// What each of the outputs is to become, and what its squared error counts; both shaped as the outputs.
    func goals(
        _ prediction: Tensor, _ truth: [GroundTruth], coordinates: Float, background: Float
    ) -> (wanted: Tensor, weights: Tensor) {
        let numbers = prediction.scalars
        var goals = GridGoals(
            wanted: [Float](repeating: 0, count: numbers.count),
            weights: [Float](repeating: 0, count: numbers.count))
        for (picture, truth) in truth.enumerated() {
            let first = picture * rows * columns * depth
            for box in stride(from: first, to: first + rows * columns * depth, by: depth) {
                for number in 0..<boxesPerCell {
                    goals.weights[box + number * Self.boxDepth + 4] = background
                }
            }
            var isTaken = [Bool](repeating: false, count: rows * columns)
            for (box, label) in zip(truth.boxes, truth.labels) {
                let (row, column, values) = encode(box)
                let cell = row * columns + column
                guard !isTaken[cell] else { continue }
                isTaken[cell] = true
                let start = first + cell * depth
                let candidates = (0..<boxesPerCell).map { number in
                    decode(numbers.values(at: start + number * Self.boxDepth), row: row, column: column)
                }
                let (number, iou) = responsible(candidates, for: box)
                goals.setBox(
                    at: start + number * Self.boxDepth, values, weight: coordinates, confidence: iou)
                goals.setClass(label, of: classCount, at: start + boxesPerCell * Self.boxDepth)
            }
        }
        return (
            Tensor(goals.wanted, shape: prediction.shape), Tensor(goals.weights, shape: prediction.shape)
        )
    }

    /// The number of the box that overlaps an object most, and their intersection over union.
    private func responsible(_ candidates: [Box], for box: Box) -> (number: Int, iou: Float) {
        let overlaps = candidates.map { $0.iou(box) }
        let best = overlaps.max() ?? 0
        guard best > 0 else {
            let size = SIMD4(Float(width), Float(height), Float(width), Float(height))
            let distances = candidates.map { candidate in
                let difference = (candidate.values(.centers) - box.values(.centers)) / size
                return (difference * difference).sum()
            }
            return (distances.indices.min { distances[$0] < distances[$1] } ?? 0, 0)
        }
        return (overlaps.firstIndex(of: best) ?? 0, best)
    }
}

/// The goals and weights of a batch's outputs.
private struct GridGoals {
    var wanted: [Float]
    var weights: [Float]

    mutating func setBox(at start: Int, _ values: SIMD4<Float>, weight: Float, confidence: Float) {
        for number in 0..<4 {
            (wanted[start + number], weights[start + number]) = (values[number], weight)
        }
        (wanted[start + 4], weights[start + 4]) = (confidence, 1)
    }

    mutating func setClass(_ label: Int, of count: Int, at start: Int) {
        for number in 0..<count { weights[start + number] = 1 }
        wanted[start + label] = 1
    }
}

extension [Float] {
    /// Four numbers from a place on.
    func values(at start: Int) -> SIMD4<Float> {
        SIMD4(self[start], self[start + 1], self[start + 2], self[start + 3])
    }
}
