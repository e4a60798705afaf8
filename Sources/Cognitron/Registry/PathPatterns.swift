import CognitronKernels

/// Matches the paths of parameters, `encoder/dense_1/kernel`, with regular expressions.
///
/// Caches the result for each path: matching costs more than the update of a small parameter.
struct PathPatterns {
    let patterns: [String]
    /// Whether a pattern must match the whole path, not a part of it.
    let isWhole: Bool
    private var answers: [String: Int?] = [:]

    init(_ patterns: [String], whole: Bool = false) { (self.patterns, isWhole) = (patterns, whole) }

    /// The index of the first pattern that matches; nil where none does.
    mutating func firstMatch(_ path: String) -> Int? {
        guard !patterns.isEmpty else { return nil }
        if let known = answers[path] { return known }
        let answer = patterns.firstIndex { pattern in
            guard let expression = try? Regex(pattern) else {
                fail("\(pattern) is no regular expression: validate() throws for it")
            }
            return (isWhole ? path.wholeMatch(of: expression) : path.firstMatch(of: expression)) != nil
        }
        answers[path] = .some(answer)
        return answer
    }

    mutating func matches(_ path: String) -> Bool { firstMatch(path) != nil }

    /// Throws where a pattern is no regular expression.
    func validate(_ place: String, _ argument: String) throws {
        for pattern in patterns where (try? Regex(pattern)) == nil {
            throw CognitronError(
                .argument, place, "invalid \(argument)", expected: "a regular expression", got: pattern)
        }
    }

    /// Throws where a pattern is no regular expression or matches none of the paths.
    func validate(_ place: String, _ argument: String, matching paths: [String]) throws {
        try validate(place, argument)
        for pattern in patterns {
            var alone = PathPatterns([pattern], whole: isWhole)
            guard !paths.contains(where: { alone.matches($0) }) else { continue }
            let layers = paths.compactMap { $0.split(separator: "/").first.map(String.init) }
            throw CognitronError(
                .argument, place, "\(argument): matches no parameter",
                expected: "a part of a parameter's path, such as \(paths.first ?? "dense/kernel")",
                got: pattern, advice: pattern.nearest(of: layers).map { "did you mean \($0)?" })
        }
    }
}
