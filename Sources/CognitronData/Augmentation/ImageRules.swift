import Cognitron
import CognitronKernels

/// Image rules that follow each other: every image is changed by all of them in one pass.
struct ImageRules {
    private let rules: [any ImageRule]

    init(_ rules: [any ImageRule]) { self.rules = rules }

    /// Changes the batch's first input.
    func apply(to batch: inout Batch, samples: [Int], _ draw: Draw) throws {
        guard let shape = batch.inputs.first?.shape, shape.rank == 4 else {
            throw CognitronError(
                .data, "augmentation", "the first input has no images", expected: "(N, H, W, C)",
                got: batch.inputs.first.map { "\($0.shape)" } ?? "no input")
        }
        apply(to: &batch.inputs[0], samples: samples, draw)
    }

    /// Changes images (N, H, W, C) in place.
    func apply(to images: inout Tensor, samples: [Int], _ draw: Draw) {
        let shape = images.shape
        let size = PictureSize(height: shape[1], width: shape[2], channels: shape[3])
        images.withUnsafeMutableScalars { scalars in
            guard let pixels = scalars.baseAddress else { return }
            let grain = max(1, Elementwise.grain / max(1, size.count))
            WorkerPool.shared.run(total: samples.count, grain: grain) { rows, _ in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: size.count) { scratch in
                    guard let scratch = scratch.baseAddress else { return }
                    for row in rows {
                        var image = ImagePixels(size, pixels + row * size.count, scratch: scratch)
                        var imageDraw = ImageDraw(of: samples[row], draw)
                        for rule in rules { rule.apply(to: &image, &imageDraw) }
                    }
                }
            }
        }
    }
}

// MARK: - The package's rules

struct RandomFlip: ImageRule {
    func apply(to image: inout ImagePixels, _ draw: inout ImageDraw) {
        if Bool.random(using: &draw.generator) { image.mirror() }
    }
}

struct AlternatingFlip: ImageRule {
    func apply(to image: inout ImagePixels, _ draw: inout ImageDraw) {
        if draw.isOtherSide { image.mirror() }
    }
}

struct RandomCrop: ImageRule {
    var padding: Int
    var fillMode: FillMode

    func problem(for image: Shape) -> RuleProblem? {
        padding.problem("padding", in: 0...max(0, min(image[0], image[1]) - 1), image)
    }

    func apply(to image: inout ImagePixels, _ draw: inout ImageDraw) {
        let down = Int.random(in: -padding...padding, using: &draw.generator)
        let right = Int.random(in: -padding...padding, using: &draw.generator)
        image.shift(down: down, right: right, fillMode)
    }
}

struct Cutout: ImageRule {
    var size: Int

    func problem(for image: Shape) -> RuleProblem? {
        size.problem("size", in: 1...max(1, min(image[0], image[1])), image)
    }

    func apply(to image: inout ImagePixels, _ draw: inout ImageDraw) {
        let top = Int.random(in: 0..<image.height, using: &draw.generator) - size / 2
        let left = Int.random(in: 0..<image.width, using: &draw.generator) - size / 2
        image.blacken(rows: top..<top + size, columns: left..<left + size)
    }
}

extension Int {
    /// The problem of an argument outside `range`.
    fileprivate func problem(_ name: String, in range: ClosedRange<Int>, _ image: Shape) -> RuleProblem? {
        guard !range.contains(self) else { return nil }
        return (
            "a \(name) of \(range.lowerBound) to \(range.upperBound) for images of \(image[0])×\(image[1])",
            "\(self)"
        )
    }
}
