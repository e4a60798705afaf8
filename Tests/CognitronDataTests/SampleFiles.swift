import Cognitron

@testable import CognitronData

/// Small files in the forms of the data sets.
enum SampleFiles {
    static func idx(_ sizes: [Int], _ elements: [UInt8]) -> [UInt8] {
        [0, 0, 8, UInt8(sizes.count)]
            + sizes.flatMap { size in (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } }
            + elements
    }

    /// Three images of 2 × 2 pixels: 0…11.
    static let idxImages = idx([3, 2, 2], Array(0..<12))
    static let idxLabels = idx([3], [7, 0, 9])

    /// A CIFAR record whose pixel at (y, x) is red `seed`, green y, blue x.
    static func cifarRecord(_ labels: [UInt8], seed: UInt8) -> [UInt8] {
        let pixels = 0..<1024
        return labels + pixels.map { _ in seed } + pixels.map { UInt8($0 / 32) }
            + pixels.map { UInt8($0 % 32) }
    }

    static func cifar10(_ labels: [UInt8]) -> [UInt8] {
        labels.enumerated().flatMap { cifarRecord([$1], seed: UInt8($0)) }
    }
}
