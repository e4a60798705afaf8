import Foundation

extension [Float] {
    /// The softmax of some of the numbers.
    func softmax(_ range: Range<Int>) -> [Float] {
        let largest = self[range].max() ?? 0
        let powers = self[range].map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}
