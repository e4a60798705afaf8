import Cognitron
import CognitronData
import Foundation

/// Slices of a head with the tissue of each pixel.
struct TissueSlices {
    /// (N, H, W, 1), values in 0…1.
    let pictures: Tensor
    /// (N, H, W).
    let masks: Tensor

    static let classNames = ["outside", "other", "grey matter", "white matter"]

    /// The brain of `Dataset.brainSlices`, slice after slice: sides of 224 × 192 about its middle.
    static func recorded(_ settings: ExperimentSettings) throws -> TissueSlices {
        let (pictures, masks) = try BrainCubes.volumes(settings)
        func middle(_ volume: Tensor) -> Tensor {
            let (top, left) = ((volume.shape[1] - 224) / 2, (volume.shape[2] - 192) / 2)
            return volume.slice(axis: 1, top..<top + 224).slice(axis: 2, left..<left + 192)
        }
        return TissueSlices(pictures: middle(pictures).expandingDimensions(at: 3), masks: middle(masks))
    }

    /// Drawn heads: a bright skull, grey matter, and white matter as bright as the skull, with noise.
    static func drawn(count: Int, size: Int, seed: UInt64) -> TissueSlices {
        let key = RandomKey(seed: seed).folding("heads")
        let tones: [Float] = [0.05, 0.75, 0.5, 0.75]
        let masks = (0..<count).flatMap { number -> [Float] in
            var draws = key.folding(number).generator()
            let radii = (0..<2).map { _ in Float.random(in: 0.36...0.46, using: &draws) * Float(size) }
            let folds = Float.random(in: 5...8, using: &draws)
            return (0..<size * size).map { pixel in
                let (y, x) = (Float(pixel / size) + 0.5, Float(pixel % size) + 0.5)
                let (down, right) = ((y - Float(size) / 2) / radii[0], (x - Float(size) / 2) / radii[1])
                let distance = (down * down + right * right).squareRoot()
                // The border between grey and white matter is folded.
                let fold = 0.08 * sin(folds * (down + 2 * right))
                return distance > 1 ? 0 : distance > 0.85 ? 1 : distance > 0.6 + fold ? 2 : 3
            }
        }
        let shape: Shape = [count, size, size]
        let noise = Tensor.randomNormal([masks.count], mean: 0, standardDeviation: 0.08, key: key)
        let pictures = Tensor(masks.map { tones[Int($0)] }) + noise
        return TissueSlices(
            pictures: pictures.reshaped([count, size, size, 1]), masks: Tensor(masks, shape: shape))
    }

    /// Blocks of slices for testing; those next to them are left out, since neighbours look alike.
    ///
    /// - Parameters:
    ///   - block: slices of a block.
    ///   - gap: slices left out on each side of a block.
    func split(blocks: [Int], of block: Int, gap: Int) -> PixelClasses {
        let test = blocks.flatMap { $0..<$0 + block }
        let near = Set(blocks.flatMap { $0 - gap..<$0 + block + gap })
        let train = (0..<pictures.shape[0]).filter { !near.contains($0) }
        func source(_ slices: [Int]) -> any BatchSource {
            SampleSource(pictures.gathering(slices, axis: 0), masks.gathering(slices, axis: 0))
        }
        return PixelClasses(
            train: source(train), test: source(test), inputShape: pictures.shape.sample,
            classNames: Self.classNames)
    }
}

/// Gives each pixel the class whose mean is nearest to its brightness.
struct NearestMean {
    /// (classes).
    let means: Tensor

    /// - Parameter source: pictures (N, H, W, 1) and masks (N, H, W).
    init(_ source: any BatchSource, classCount: Int) throws {
        let batch = try source.batch(Array(0..<(source.sampleCount ?? 0)), nil) ?? Batch(inputs: [])
        let numbers = batch.inputs[0].reshaped(batch.targets[0].shape)
        means = Tensor(
            (0..<classCount).map { id in
                let own = batch.targets[0] .== Float(id)
                return (own * numbers).sum() / max(1, own.sum())
            })
    }

    /// (N, H, W, 1) → (N, H, W).
    func classes(_ pictures: Tensor) -> Tensor { (0 - (pictures - means).squared).argmax(axis: 3) }
}
