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

/// Changes a few random bytes, cuts or lengthens: what disks, networks and malice do to files.
struct Mutator {
    var random: RandomGenerator

    init(seed: UInt64) { random = RandomKey(seed: seed).generator() }

    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            // Headers are short: most changes go there.
            let end = Bool.random(using: &random) ? min(64, bytes.count) : bytes.count
            bytes[Int.random(in: 0..<end, using: &random)] ^=
                UInt8(1) << UInt8.random(in: 0..<8, using: &random)
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        case 1:
            bytes += (0..<Int.random(in: 1...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
        default: break
        }
        return bytes
    }
}
