import Cognitron
import CognitronData

extension Tensor {
    /// The class with the largest number along the last axis, for each row.
    package var classes: [Int] {
        let count = shape.last ?? 1
        return withUnsafeScalars { scalars in
            (0..<scalars.count / Swift.max(1, count)).map { row in
                (0..<count).max { scalars[row * count + $0] < scalars[row * count + $1] } ?? 0
            }
        }
    }

    /// The likeliest class of each pixel of an output (H, W, classes).
    package var mask: Picture {
        Picture(height: shape[0], width: shape[1], channels: 1, pixels: classes.map { UInt8(clamping: $0) })
    }
}

extension Picture {
    /// The share of the pixels of a mask that each class has.
    package func shares(_ names: [String]) -> [(name: String, value: Float)] {
        var counts = [Int](repeating: 0, count: names.count)
        for label in pixels where counts.indices.contains(Int(label)) { counts[Int(label)] += 1 }
        return zip(names, counts).map { ($0, Float($1) / Float(max(1, pixels.count))) }
    }
}
