import Cognitron
import CognitronKernels

/// Rules that follow each other and change each picture by itself: every picture is changed by all of them in
/// one pass.
struct PictureRules {
    enum Step {
        case changing(any ImageRule)
        case moving(any GeometricRule)
    }

    private let steps: [Step]
    private var isMoving: Bool {
        steps.contains { if case .moving = $0 { true } else { false } }
    }

    init(_ steps: [Step]) { self.steps = steps }

    /// Changes the batch's first input, and moves targets of these kinds with it, and the weights of masks.
    func apply(to batch: inout Batch, targets: [TargetKind], samples: [Int], _ draw: Draw) throws {
        guard let shape = batch.inputs.first?.shape, shape.rank == 4 else {
            throw CognitronError(
                .data, "augmentation", "the first input has no images", expected: "(N, H, W, C)",
                got: batch.inputs.first.map { "\($0.shape)" } ?? "no input")
        }
        let following =
            isMoving ? zip(targets, batch.targets.indices).filter { $0.0 != .other } : []
        for (kind, target) in following { try kind.check(batch.targets[target].shape, target, shape) }
        let warps = apply(
            to: &batch.inputs[0], samples: samples, draw, keepsWarps: !following.isEmpty)
        for (kind, target) in following {
            kind.move(&batch.targets[target], by: warps, height: shape[1], width: shape[2])
            // Weights of a mask's pixels, such as 0 for those of no class, move with it.
            guard kind == .mask, var weights = batch.weight(target),
                weights.shape.elementsEqual(shape.prefix(3))
            else { continue }
            batch.weights[target] = nil
            kind.move(&weights, by: warps, height: shape[1], width: shape[2], beyond: 1)
            batch.weights[target] = weights
        }
    }

    /// Changes images (N, H, W, C) in place.
    ///
    /// - Returns: the movements of each image, in order; none unless they are kept.
    @discardableResult
    func apply(
        to images: inout Tensor, samples: [Int], _ draw: Draw, keepsWarps: Bool = false
    ) -> [[Warp]] {
        let shape = images.shape
        let size = ImageSize(shape[1], shape[2], channels: shape[3])
        var warps = [[Warp]](repeating: [], count: keepsWarps ? samples.count : 0)
        images.withUnsafeMutableScalars { scalars in
            guard let pixels = scalars.baseAddress else { return }
            warps.withUnsafeMutableBufferPointer { warps in
                let kept = SharedRows(warps)
                let grain = max(1, Elementwise.grain / max(1, size.count))
                WorkerPool.shared.run(total: samples.count, grain: grain) { rows, _ in
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: size.count) { scratch in
                        guard let scratch = scratch.baseAddress else { return }
                        for row in rows {
                            var image = ImagePixels(size, pixels + row * size.count, scratch: scratch)
                            var imageDraw = ImageDraw(of: samples[row], draw)
                            let moved = change(&image, &imageDraw, keepsWarps)
                            if keepsWarps { kept.rows[row] = moved }
                        }
                    }
                }
            }
        }
        return warps
    }

    private func change(
        _ image: inout ImagePixels, _ draw: inout ImageDraw, _ keepsWarps: Bool
    ) -> [Warp] {
        var warps: [Warp] = []
        for step in steps {
            switch step {
            case .changing(let rule): rule.apply(to: &image, &draw)
            case .moving(let rule):
                guard let warp = rule.warp(height: image.height, width: image.width, &draw) else { continue }
                image.move(warp)
                if keepsWarps { warps.append(warp) }
            }
        }
        return warps
    }
}

/// Rows that several workers write, each its own.
private struct SharedRows: @unchecked Sendable {
    let rows: UnsafeMutableBufferPointer<[Warp]>

    init(_ rows: UnsafeMutableBufferPointer<[Warp]>) { self.rows = rows }
}
