import Cognitron
import CognitronData
import Foundation

/// Volumes and videos that the program draws.
enum DrawnVolumes {
    /// An octahedron, a ball or a cube (the points with |x|_p ≤ r for p of 1, 2 and ∞) anywhere in a cube of
    /// noise.
    ///
    /// The radii give all three kinds about the same volumes, so that brightness tells nothing.
    static func solids(_ counts: (train: Int, test: Int), side: Int, seed: UInt64) -> ClassifierTask {
        // Volumes (4/3)·r³, (4/3)·π·r³ and 8·r³.
        let scales = [1.44, 0.985, 0.794]
        let shape: Shape = [side, side, side, 1]
        return DrawnSignals.task(counts, shape, classCount: 3, "solids", seed) { label, draws in
            let radius = scales[label] * Double(side) * Double.random(in: 0.22...0.3, using: &draws)
            let room = 0.3 * Double(side)...0.7 * Double(side)
            let (x, y, z) = (
                Double.random(in: room, using: &draws), Double.random(in: room, using: &draws),
                Double.random(in: room, using: &draws)
            )
            var voxels: [Float] = []
            voxels.reserveCapacity(side * side * side)
            for i in 0..<side {
                for j in 0..<side {
                    for k in 0..<side {
                        let (a, b, c) = (abs(Double(i) - x), abs(Double(j) - y), abs(Double(k) - z))
                        let norm =
                            label == 0 ? a + b + c : label == 1 ? sqrt(a * a + b * b + c * c) : max(a, b, c)
                        voxels.append((norm <= radius ? 1 : 0) + Float.random(in: -0.3...0.3, using: &draws))
                    }
                }
            }
            return voxels
        }
    }

    /// Videos of one moving shape: whether it moves rather along the rows (0) or along the columns (1).
    ///
    /// No single frame tells. A weighted sum of pixels cannot compare two places, since both directions have
    /// two signs; it sees only that the last place spreads more along the axis of the movement.
    static func movements(_ counts: (train: Int, test: Int), seed: UInt64) -> ClassifierTask {
        func part(_ count: Int, _ split: DatasetSplit) -> SampleSource {
            let videos = ShapeVideo(seed: seed, split: split, frames: 4, size: 32, objects: 1...1)
            let samples = (0..<count).map { videos.sample(at: $0).input }
            return SampleSource(Tensor.stacked(samples), Tensor(samples.map(direction)))
        }
        return ClassifierTask(
            train: part(counts.train, .train), test: part(counts.test, .test), inputShape: [4, 32, 32, 1],
            classCount: 2)
    }

    /// The axis along which the centre of brightness moves farther from the first frame to the last.
    private static func direction(_ video: Tensor) -> Int {
        let change = video.slice(axis: 0, 3) - video.slice(axis: 0, 0)
        func shift(summedOver axis: Int) -> Float {
            let profile = change.squeezing(2).sum(axis: axis).scalars
            return abs(profile.enumerated().reduce(0) { $0 + Float($1.offset) * $1.element })
        }
        return shift(summedOver: 0) >= shift(summedOver: 1) ? 0 : 1
    }
}
