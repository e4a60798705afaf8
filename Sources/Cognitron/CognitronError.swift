/// An error in a user's data, file, model or argument.
///
/// Every message has one form: `<where>: <what is wrong>; expected <…>, got <…>; <what to do>`.
public struct CognitronError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The category of an error, for programs that handle it.
    public enum Kind: String, Sendable {
        /// A shape that does not fit.
        case shape
        /// An invalid argument.
        case argument
        /// Invalid inputs, targets, labels or sample weights.
        case data
        /// A file that is missing, truncated, corrupt or of another format.
        case file
        /// A download that failed.
        case download
        /// A model that is not built or compiled, or does not fit the state that is loaded.
        case model
        /// A loss, gradient or statistic that is not finite.
        case notFinite
    }

    public let kind: Kind
    /// The layer, file or argument that the message is about.
    public let place: String
    public let problem: String
    public let expected: String?
    public let received: String?
    /// The remedy.
    public let advice: String?

    public init(
        _ kind: Kind, _ place: String, _ problem: String, expected: String? = nil,
        got received: String? = nil,
        advice: String? = nil
    ) {
        self.kind = kind
        self.place = place
        self.problem = problem
        self.expected = expected
        self.received = received
        self.advice = advice
    }

    public var description: String {
        var text = "\(place): \(problem)"
        switch (expected, received) {
        case (let expected?, let received?): text += "; expected \(expected), got \(received)"
        case (let expected?, nil): text += "; expected \(expected)"
        case (nil, let received?): text += "; got \(received)"
        case (nil, nil): break
        }
        if let advice { text += "; \(advice)" }
        return text
    }
}

extension CognitronError {
    /// The same error, with further advice.
    package func advising(_ more: String) -> CognitronError {
        CognitronError(
            kind, place, problem, expected: expected, got: received,
            advice: advice.map { "\($0); \(more)" } ?? more)
    }
}

extension FloatingPoint {
    /// The number in messages: NaN without the sign that Linux prints.
    var text: String { isNaN ? "nan" : "\(self)" }
}

extension Float {
    /// The number with so many decimals.
    func fixed(_ decimals: Int) -> String {
        guard isFinite, abs(self) < 1e9 else { return text }
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((Double(abs(self)) * Double(scale)).rounded())
        let sign = self < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % scale)
        return
            "\(sign)\(scaled / scale).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }
}
