// What is wrong with arguments of losses and metrics; nil where nothing is.

extension CognitronError {
    /// What is wrong with the arguments of a user's loss or metric.
    init(_ problem: RuleProblem, of place: String) {
        self.init(
            .argument, place, "invalid argument", expected: problem.expected, got: problem.got)
    }

    /// What is wrong with an argument that must lie between 0 and 1.
    static func share(_ place: String, _ argument: String, _ value: Float) -> CognitronError? {
        guard !(0...1).contains(value) else { return nil }
        return CognitronError(
            .argument, place, "invalid \(argument)", expected: "a number from 0 to 1", got: value.text)
    }

    /// What is wrong with an argument that must be above 0.
    static func positive(_ place: String, _ argument: String, _ value: Float) -> CognitronError? {
        guard !(value > 0 && value.isFinite) else { return nil }
        return CognitronError(
            .argument, place, "invalid \(argument)", expected: "a number above 0", got: value.text)
    }

    /// What is wrong with an argument that must not be below 0.
    static func notNegative(_ place: String, _ argument: String, _ value: Float) -> CognitronError? {
        guard !(value >= 0 && value.isFinite) else { return nil }
        return CognitronError(
            .argument, place, "invalid \(argument)", expected: "a number of at least 0", got: value.text)
    }

    /// What is wrong with targets of a metric; nil where they have the output's shape, or are one class
    /// number a row.
    static func misfit(_ name: String, _ output: Shape, _ target: Shape, takesClassNumbers: Bool)
        -> CognitronError?
    {
        let (count, rows) = (target.elementCount, Shape(output.dropLast()))
        if count == output.elementCount || takesClassNumbers && count == rows.elementCount { return nil }
        return CognitronError(
            .shape, name, "targets do not fit the model's output",
            expected: takesClassNumbers
                ? "shape \(output), or class numbers of shape \(rows)" : "shape \(output)",
            got: "\(target)")
    }

    /// What is wrong with a number of columns that a metric asks for.
    static func beyond(_ name: String, _ argument: String, _ value: Int?, _ limit: Int) -> CognitronError? {
        guard let value, value > limit else { return nil }
        return CognitronError(
            .argument, name, "\(argument) is beyond the model's output", expected: "at most \(limit)",
            got: "\(value)")
    }

    /// What is wrong with a whole number.
    static func atLeast(_ name: String, _ argument: String, _ value: Int?, _ least: Int) -> CognitronError? {
        guard let value, value < least else { return nil }
        return CognitronError(
            .argument, name, "invalid \(argument)", expected: "a whole number of at least \(least)",
            got: "\(value)")
    }
}
