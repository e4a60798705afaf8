/// Where the numbers of a training step first stopped being finite.
///
///     dense_2, forward: its output holds nan (samples 3, 17)
public struct NonFiniteOrigin: Codable, Sendable, Equatable, CustomStringConvertible {
    public enum Pass: String, Codable, Sendable {
        /// Before the step: a weight.
        case weights
        case forward, loss, backward
    }

    /// The layer's path, or the weight's or the loss's name.
    public let place: String
    public let pass: Pass
    public let problem: String
    /// The numbers in the source of the samples that cause it. All of the batch where none causes it by
    /// itself.
    public let samples: [Int]

    public var description: String {
        let shown = samples.prefix(8).map(String.init).joined(separator: ", ")
        let rest = samples.count > 8 ? " and \(samples.count - 8) more" : ""
        let cause =
            samples.isEmpty ? "" : " (\(samples.count == 1 ? "sample" : "samples") \(shown)\(rest))"
        let passing = pass == .forward || pass == .backward ? ", \(pass.rawValue)" : ""
        return "\(place)\(passing): \(problem)\(cause)"
    }
}
