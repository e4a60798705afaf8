import Foundation

/// The weights of a frame's samples, so that its ends do not count as jumps.
///
/// - Source: Harris, "On the Use of Windows for Harmonic Analysis with the Discrete Fourier Transform" (1978).
public enum SignalWindow: Hashable, Sendable, Codable {
    /// 0.5 − 0.5 · cos(2πn / M)
    case hann
    /// 0.54 − 0.46 · cos(2πn / M)
    case hamming
    /// These numbers, as many as a frame has samples.
    case values([Float])

    /// - Parameter isPeriodic: whether M is the length, instead of one less.
    func weights(_ length: Int, isPeriodic: Bool) -> [Double] {
        func raised(_ level: Double) -> [Double] {
            let period = Double(isPeriodic ? length : length - 1)
            guard period > 0 else { return Array(repeating: 1, count: length) }
            return (0..<length).map { level - (1 - level) * cos(2 * .pi * Double($0) / period) }
        }
        switch self {
        case .hann: return raised(0.5)
        case .hamming: return raised(0.54)
        case .values(let values): return values.map(Double.init)
        }
    }
}

extension BuildContext {
    /// Throws where a window does not fit frames of that length.
    func require(_ window: SignalWindow?, frameLength: Int) throws {
        guard case .values(let values) = window else { return }
        guard values.count == frameLength, values.allSatisfy(\.isFinite) else {
            throw error(
                .argument, "invalid window", expected: "\(frameLength) finite numbers",
                got: values.count == frameLength ? "some that are not finite" : "\(values.count)")
        }
    }
}
