import Cognitron
import Foundation

/// Damages files at random, for tests of their readers.
package struct FileMutator {
    /// How many damaged files a reader gets: 2,000, or what the environment's COGNITRON_FUZZ says.
    package static let count =
        ProcessInfo.processInfo.environment["COGNITRON_FUZZ"].flatMap(Int.init) ?? 2_000

    package var random: RandomGenerator

    package init(seed: UInt64) { random = RandomKey(seed: seed).generator() }

    /// Changes a few bits and bytes, then cuts the file off, lengthens it or copies a part over another.
    package mutating func mutate(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            // Headers are short: half of the changes go there.
            let end = Bool.random(using: &random) ? min(64, bytes.count) : bytes.count
            let place = Int.random(in: 0..<end, using: &random)
            if Bool.random(using: &random) {
                bytes[place] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            } else {
                let values: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, .random(in: 0...255, using: &random)]
                bytes[place] = values[Int.random(in: 0..<values.count, using: &random)]
            }
        }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        case 1:
            let count = Int.random(in: 1...40, using: &random)
            for _ in 0..<count { bytes.append(.random(in: 0...255, using: &random)) }
        case 2 where bytes.count > 8:
            let count = Int.random(in: 1...bytes.count / 4, using: &random)
            let from = Int.random(in: 0...bytes.count - count, using: &random)
            let to = Int.random(in: 0...bytes.count - count, using: &random)
            bytes.replaceSubrange(to..<to + count, with: Array(bytes[from..<from + count]))
        default: break
        }
        return bytes
    }

    /// Gives damaged copies of files to a reader, which must read them or throw `CognitronError`, within five
    /// seconds each.
    ///
    /// - Returns: a line for each file with which it did something else.
    package static func failures(
        of files: [[UInt8]], seed: UInt64 = 1, count: Int = count, _ read: ([UInt8]) throws -> Void
    ) -> [String] {
        var mutator = FileMutator(seed: seed)
        var failures: [String] = []
        for number in 0..<count {
            let bytes = mutator.mutate(files[number % files.count])
            let began = ContinuousClock.now
            do {
                try read(bytes)
            } catch is CognitronError {
            } catch {
                failures.append("file \(number): \(error)")
            }
            let taken = ContinuousClock.now - began
            if taken > .seconds(5) { failures.append("file \(number): read for \(taken)") }
        }
        return failures
    }
}
