import Cognitron
import CognitronKernels

// Targets that move with their pictures.

extension TargetKind {
    /// Throws where a target of this kind does not fit pictures (N, H, W, C).
    func check(_ target: Shape, _ index: Int, _ pictures: Shape) throws {
        let (samples, height, width) = (pictures[0], pictures[1], pictures[2])
        let fits: Bool
        switch self {
        case .other: return
        case .mask:
            fits =
                Array(target.prefix(3)) == [samples, height, width]
                && target.dropFirst(3).allSatisfy { $0 == 1 }
        case .picture: fits = target.rank == 4 && Array(target.prefix(3)) == [samples, height, width]
        case .boxes: fits = target.rank == 3 && target[0] == samples && target[2] == BoxRow.width
        }
        guard !fits else { return }
        throw CognitronError(
            .data, "augmentation", "target \(index) does not fit its pictures of \(height)×\(width)",
            expected: self == .boxes
                ? "boxes of shape \(samples) × M × \(BoxRow.width)"
                : "a \(self) of shape \(samples) × \(height) × \(width)" + (self == .picture ? " × C" : ""),
            got: "\(target)", advice: "say with targets: what each target of the source is")
    }

    /// Moves each sample's part of a target by that sample's movements.
    ///
    /// - Parameter beyond: what a mask shows beyond the edges, where the picture shows a constant.
    func move(
        _ target: inout Tensor, by warps: [[Warp]], height: Int, width: Int, beyond: Float = 0
    ) {
        switch self {
        case .other: break
        case .boxes: target.moveBoxes(warps, height: height, width: width)
        case .mask, .picture:
            let shape = target.shape
            let size = ImageSize(shape[1], shape[2], channels: shape.rank == 4 ? shape[3] : 1)
            target.movePlanes(warps, size, beyond: self == .mask ? beyond : nil)
        }
    }
}

extension Tensor {
    /// - Parameter beyond: what masks show beyond the edges; nil for pictures, which are interpolated.
    fileprivate mutating func movePlanes(_ warps: [[Warp]], _ size: ImageSize, beyond: Float?) {
        withUnsafeMutableScalars { scalars in
            guard let pixels = scalars.baseAddress else { return }
            let grain = Swift.max(1, Elementwise.grain / Swift.max(1, size.count))
            WorkerPool.shared.run(total: warps.count, grain: grain) { rows, _ in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: size.count) { scratch in
                    guard let scratch = scratch.baseAddress else { return }
                    for row in rows {
                        let y = pixels + row * size.count
                        for warp in warps[row] {
                            scratch.update(from: y, count: size.count)
                            // Whatever constant fills the picture's edges, a mask has its own.
                            let moving =
                                beyond.map { Warp(warp.map, warp.fillMode, $0).kernel(isNearest: true) }
                                ?? warp.kernel()
                            moving.gather(scratch, into: y, size)
                        }
                    }
                }
            }
        }
    }

    fileprivate mutating func moveBoxes(_ warps: [[Warp]], height: Int, width: Int) {
        let perSample = shape[1]
        withUnsafeMutableScalars { scalars in
            for (sample, warps) in warps.enumerated() where !warps.isEmpty {
                for index in 0..<perSample {
                    let place = (sample * perSample + index) * BoxRow.width
                    var box = BoxRow(scalars[place..<place + BoxRow.width])
                    for warp in warps where box.label >= 0 {
                        box = warp.moved(box, height: height, width: width)
                    }
                    for (offset, number) in box.scalars.enumerated() { scalars[place + offset] = number }
                }
            }
        }
    }
}

extension BoxRow {
    /// The part inside a rectangle; `none` where less than half a pixel of a side is left.
    func cut(rows: Range<Int>, columns: Range<Int>) -> BoxRow {
        var box = self
        box.left = max(left, Float(columns.lowerBound))
        box.right = min(right, Float(columns.upperBound))
        box.top = max(top, Float(rows.lowerBound))
        box.bottom = min(bottom, Float(rows.upperBound))
        return label >= 0 && box.right - box.left >= 0.5 && box.bottom - box.top >= 0.5 ? box : .none
    }

    func shifted(down: Int, right: Int) -> BoxRow {
        with(
            left: left + Float(right), top: top + Float(down), right: self.right + Float(right),
            bottom: bottom + Float(down))
    }
}

extension Warp {
    /// The box about what a box in a picture of this size shows after the movement, cut at the edges of the
    /// picture; `BoxRow.none` where nothing is left.
    ///
    /// The box is moved as a polygon, which is cut at the edges; the result is the hull of what is left.
    /// Where there is no map from the source to the result, as for displacements, it holds the pixels of the
    /// result that read the box.
    public func moved(_ box: BoxRow, height: Int, width: Int) -> BoxRow {
        let hull: BoxRow
        switch map {
        case .mirror:
            hull = box.with(
                left: Float(width) - box.right, top: box.top, right: Float(width) - box.left,
                bottom: box.bottom)
        case .flip:
            hull = box.with(
                left: box.left, top: Float(height) - box.bottom, right: box.right,
                bottom: Float(height) - box.top)
        case .shift(let down, let right): hull = box.shifted(down: down, right: right)
        case .projective(let projection):
            let corners = [
                (box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom),
            ].compactMap { projection.output(x: $0.0 - 0.5, y: $0.1 - 0.5) }
            guard corners.count == 4 else { return readers(of: box, height: height, width: width) }
            let part = corners.map { SIMD2($0.x + 0.5, $0.y + 0.5) }
                .clipped(to: SIMD2(Float(width), Float(height)))
            guard let first = part.first else { return .none }
            let low = part.reduce(first) { pointwiseMin($0, $1) }
            let high = part.reduce(first) { pointwiseMax($0, $1) }
            hull = box.with(left: low.x, top: low.y, right: high.x, bottom: high.y)
        case .field: return readers(of: box, height: height, width: width)
        }
        return hull.cut(rows: 0..<height, columns: 0..<width)
    }

    /// The box about the pixels that read places inside a box.
    private func readers(of box: BoxRow, height: Int, width: Int) -> BoxRow {
        let (warp, size) = (kernel(), ImageSize(height, width, channels: 1))
        var (rows, columns) = ((height, 0), (width, 0))
        for row in 0..<height {
            for column in 0..<width {
                guard let place = warp.source(row: row, column: column, size),
                    place.x >= box.left - 0.5, place.x < box.right - 0.5, place.y >= box.top - 0.5,
                    place.y < box.bottom - 0.5
                else { continue }
                rows = (min(rows.0, row), max(rows.1, row + 1))
                columns = (min(columns.0, column), max(columns.1, column + 1))
            }
        }
        guard rows.0 < rows.1 else { return .none }
        return box.with(
            left: Float(columns.0), top: Float(rows.0), right: Float(columns.1), bottom: Float(rows.1))
    }
}

extension [SIMD2<Float>] {
    /// The part of a polygon between zero and a size (Sutherland and Hodgman, 1974).
    fileprivate func clipped(to size: SIMD2<Float>) -> [SIMD2<Float>] {
        var polygon = self
        for axis in 0..<2 {
            for (sign, bound) in [(Float(1), Float(0)), (-1, -size[axis])] {
                // Inside: sign · p ≥ bound.
                var part: [SIMD2<Float>] = []
                for (index, point) in polygon.enumerated() {
                    let next = polygon[(index + 1) % polygon.count]
                    let (a, b) = (sign * point[axis] - bound, sign * next[axis] - bound)
                    if a >= 0 { part.append(point) }
                    if (a >= 0) != (b >= 0) { part.append(point + (next - point) * (a / (a - b))) }
                }
                polygon = part
            }
        }
        return polygon
    }
}
