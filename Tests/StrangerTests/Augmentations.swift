import Cognitron
import CognitronData

/// Multiplies each image by a random factor around 1.
struct Brightness: ImageRule {
    var range: Float

    var problem: RuleProblem? { (0..<1).contains(range) ? nil : ("a range from 0 to below 1", "\(range)") }

    func apply(to image: inout ImagePixels, _ draw: inout ImageDraw) {
        let factor = Float.random(in: 1 - range...1 + range, using: &draw.generator)
        image.map { $0 * factor }
    }
}

/// Mixes each sample with the one at the other end of the batch, targets as well as images.
///
///     x ← s · x + (1 − s) · x′,  y ← s · y + (1 − s) · y′,  s even over ½…1
///
/// - Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization" (2018).
struct MixUp: AugmentationRule {
    func apply(to batch: inout Batch, samples: [Int], _ draw: Draw) throws {
        let shares = Tensor(
            samples.map { sample in
                var generator = draw.generator(for: sample)
                return Float.random(in: 0.5...1, using: &generator)
            })
        func mixed(_ x: Tensor) -> Tensor {
            let share = shares.reshaped(Shape([samples.count] + x.shape.dropFirst().map { _ in 1 }))
            return x * share + x.flipped(axis: 0) * (1 - share)
        }
        batch.inputs = batch.inputs.map(mixed)
        batch.targets = batch.targets.map(mixed)
    }
}

/// Pushes the picture's rows down, by up to `steps` pixels, and a part of it to the side.
struct Landslide: GeometricRule {
    var steps = 3

    func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp? {
        let step = Int.random(in: 1...steps, using: &draw.generator)
        let rows = (0..<height * width).map { _ in Float(-step) }
        let columns = (0..<height * width).map { $0 / width < height / 2 ? Float(step) : 0 }
        return .displacement(rows: rows, columns: columns, fillMode: .nearest)
    }
}

extension Augmentation {
    static func brightness(_ range: Float) -> Augmentation { Augmentation(Brightness(range: range)) }
    static let mixUp = Augmentation(MixUp())
}
