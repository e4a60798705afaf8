import CognitronKernels
import Cognitron

/// Caches what a search has found in each picture, by its pixels: trainings search a picture once, as the
/// paper's did, and not in every epoch.
final class SearchedRegions: Sendable {
    private let found = Locked<(boxes: [Int: [Box]], count: Int)>(([:], 0))

    /// The most boxes in the cache: 64 MB.
    private static let limit = 4_000_000

    /// The boxes of a picture.
    func boxes(in picture: Tensor, _ search: (Tensor) -> [Box]) -> [Box] {
        var hasher = Hasher()
        hasher.combine(picture.shape)
        picture.withUnsafeScalars { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        let key = hasher.finalize()
        if let known = found.withLock({ $0.boxes[key] }) { return known }
        let boxes = search(picture)
        found.withLock {
            guard $0.count + boxes.count <= Self.limit else { return }
            $0.boxes[key] = boxes
            $0.count += boxes.count
        }
        return boxes
    }
}
