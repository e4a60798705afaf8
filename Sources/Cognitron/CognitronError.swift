/// What a user's data, file, model or argument got wrong.
///
/// Every message has one form: `<where>: <what is wrong>; expected <…>, got <…>; <what to do>`.
public struct CognitronError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of thing was wrong, for programs that want to react to it.
    public enum Kind: String, Sendable {
        /// A shape that does not fit where it is used.
        case shape
        /// An argument outside what is allowed.
        case argument
        /// Labels, targets, weights or inputs that cannot be trained on.
        case data
        /// A file that is missing, truncated, corrupt, or not what it says it is.
        case file
        /// A download that failed.
        case download
        /// A model used before it is ready, or that does not fit what is loaded into it.
        case model
        /// Training produced a number that is not finite.
        case notFinite
    }

    public let kind: Kind
    /// The layer, file or argument that the message is about.
    public let place: String
    public let problem: String
    public let expected: String?
    public let received: String?
    /// What the user can do about it.
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

extension FloatingPoint {
    /// The number as messages write it: NaN without the sign that Linux prints before it.
    var text: String { isNaN ? "nan" : "\(self)" }
}
