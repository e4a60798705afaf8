import Cognitron
import CognitronData

/// Pictures of one to three shapes, with the class, the box and the pixels of the one with the largest box.
struct LargestShape: DrawnSamples {
    static let size = 32

    let scenes: ShapeScenes

    init(_ split: DatasetSplit, seed: UInt64) {
        scenes = ShapeScenes(seed: seed, split: split, size: Self.size, channels: .grey, objects: 1...3)
    }

    var name: String { "largest-shape" }
    var task: DataTask { .unlabelled }
    var inputShape: Shape { scenes.inputShape }

    /// (32, 32, 1) → class (), box (4) as left, top, right, bottom in 0…1, mask (32, 32, 1).
    func sample(at index: Int) -> (input: Tensor, targets: [Tensor]) {
        let scene = scenes.scene(at: index)
        let areas = scene.boxes.map { $0.width * $0.height }
        let largest = areas.indices.max { areas[$0] < areas[$1] } ?? 0
        let box = BoxRow(scene.boxes[largest])
        let size = Float(Self.size)
        let mask = scene.instances.map { Int($0) == largest + 1 ? Float(1) : 0 }
        return (
            scene.picture.tensor,
            [
                Tensor([Float(box.label)], shape: []),
                Tensor([box.left / size, box.top / size, box.right / size, box.bottom / size]),
                Tensor(mask, shape: [Self.size, Self.size, 1]),
            ]
        )
    }
}

/// Intersection over union, sample by sample.
enum Overlap {
    /// Boxes (N, 4): left, top, right, bottom.
    static func ofBoxes(_ predictions: Tensor, _ targets: Tensor) -> [Double] {
        zip(rows(predictions), rows(targets)).map { a, b in
            let width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
            let height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
            let areas = [a, b].map { max(0, $0[2] - $0[0]) * max(0, $0[3] - $0[1]) }
            return width * height / max(areas[0] + areas[1] - width * height, 1e-9)
        }
    }

    /// Masks (N, H, W, 1); above ½ is inside.
    static func ofMasks(_ predictions: Tensor, _ targets: Tensor) -> [Double] {
        zip(rows(predictions), rows(targets)).map { a, b in
            let pairs = zip(a, b).map { ($0 > 0.5, $1 > 0.5) }
            let union = pairs.count { $0.0 || $0.1 }
            return union == 0 ? 1 : Double(pairs.count { $0.0 && $0.1 }) / Double(union)
        }
    }

    private static func rows(_ tensor: Tensor) -> [[Double]] {
        let (scalars, count) = (tensor.scalars, tensor.shape[0])
        let size = tensor.count / max(1, count)
        return (0..<count).map { row in scalars[row * size..<(row + 1) * size].map(Double.init) }
    }
}

extension [Double] {
    var mean: Double { reduce(0, +) / Double(Swift.max(1, count)) }
}
