import Cognitron

/// A rule of one of ours, with the class of Keras that does the same.
private struct KerasRule: Sendable {
    let name: String
    /// Our type.
    let type: String
    var arguments: [KerasArgument] = []
    /// Arguments that this class leaves to ours.
    var fixed: [(own: String, value: JSONValue)] = []
    /// Its name as a text, where it is not the class's with underscores.
    var alias: String?

    var texts: [String] {
        [name, KerasArgument.snakeCase(name).drop { $0 == "_" }.description] + (alias.map { [$0] } ?? [])
    }

    func fits(_ own: JSONValue) -> Bool {
        own["type"]?.string == type
            && fixed.allSatisfy { own[["configuration", $0.own]]?.isEqual(to: $0.value) ?? false }
    }
}

/// Initializers, regularizers or constraints.
private struct KerasRules: Sendable {
    let module: String
    let kind: String
    /// Of several that fit, the first is written.
    let rules: [KerasRule]

    func write(_ own: JSONValue) throws -> JSONValue {
        let type = own["type"]?.string ?? ""
        guard let rule = rules.first(where: { $0.fits(own) }) else {
            throw KerasMisfit("\(type) is no \(kind) of Keras")
        }
        let config = try rule.arguments.compactMap { argument -> JSONValue.Member? in
            guard let value = own[["configuration"] + argument.own] else { return nil }
            return .init(argument.name, try argument.form.write(value))
        }
        return KerasObject.object(module, rule.name, .object(config))
    }

    func read(_ value: JSONValue) throws -> JSONValue {
        let name = try value.string ?? KerasObject.className(value)
        guard let rule = rules.first(where: { $0.texts.contains(name) }) else {
            throw KerasMisfit("the \(kind) \(name.quoted) is not known")
        }
        var configuration = JSONValue.object(rule.fixed.map { .init($0.own, $0.value) })
        for argument in rule.arguments {
            guard let given = value[["config", argument.name]] ?? rule.standard(argument.name), given != .null
            else { continue }
            configuration[argument.own] = try argument.form.read(given)
        }
        return ["type": .text(rule.type), "configuration": configuration]
    }
}

extension KerasRule {
    /// Keras's standard value of an argument.
    func standard(_ argument: String) -> JSONValue? {
        switch (name, argument) {
        case ("L1", _), ("L2", _), ("OrthogonalRegularizer", "factor"): .number(0.01)
        case ("L1L2", _), (_, "mean"), (_, "min_value"): 0
        case (_, "mode"): name == "VarianceScaling" ? "fan_in" : "rows"
        case (_, "minval"): .number(-0.05)
        case (_, "maxval"), (_, "stddev"): .number(0.05)
        case (_, "gain"), (_, "scale"), (_, "rate"): 1
        case ("MaxNorm", "max_value"): 2
        case (_, "max_value"): 1
        case (_, "distribution"): "truncated_normal"
        case (_, "axis"): 0
        default: nil
        }
    }

    /// A class of Keras whose scale, mode and distribution are fixed.
    fileprivate static func scaling(
        _ name: String, _ scale: Int, _ mode: JSONValue, _ distribution: JSONValue
    )
        -> KerasRule
    {
        KerasRule(
            name: name, type: "VarianceScaling",
            fixed: [("scale", .integer(scale)), ("mode", mode), ("distribution", distribution)])
    }
}

private let initializers = KerasRules(
    module: "keras.initializers", kind: "initializer",
    rules: [
        KerasRule(name: "Zeros", type: "Constant", fixed: [("value", 0)]),
        KerasRule(name: "Ones", type: "Constant", fixed: [("value", 1)]),
        KerasRule(name: "Constant", type: "Constant", arguments: [.argument("value")]),
        .scaling("GlorotUniform", 1, "fanAvg", "uniform"),
        .scaling("GlorotNormal", 1, "fanAvg", "truncatedNormal"),
        .scaling("HeNormal", 2, "fanIn", "truncatedNormal"), .scaling("HeUniform", 2, "fanIn", "uniform"),
        .scaling("LecunNormal", 1, "fanIn", "truncatedNormal"),
        .scaling("LecunUniform", 1, "fanIn", "uniform"),
        KerasRule(
            name: "VarianceScaling", type: "VarianceScaling",
            arguments: [.argument("scale"), .argument("mode", .word), .argument("distribution", .word)]),
        KerasRule(
            name: "RandomUniform", type: "RandomUniform",
            arguments: [.argument("minval", own: "minimum"), .argument("maxval", own: "maximum")]),
        KerasRule(
            name: "RandomNormal", type: "RandomNormal",
            arguments: [.argument("mean"), .argument("stddev", own: "standardDeviation")]),
        KerasRule(
            name: "TruncatedNormal", type: "TruncatedNormal",
            arguments: [.argument("mean"), .argument("stddev", own: "standardDeviation")]),
        KerasRule(
            name: "Orthogonal", type: "Orthogonal", arguments: [.argument("gain")],
            alias: "OrthogonalInitializer"),
        KerasRule(
            name: "Identity", type: "IdentityMatrix", arguments: [.argument("gain")],
            alias: "IdentityInitializer"),
    ])

private let regularizers = KerasRules(
    module: "keras.regularizers", kind: "regularizer",
    rules: [
        KerasRule(name: "L1", type: "L1L2", arguments: [.argument("l1")], fixed: [("l2", 0)]),
        KerasRule(name: "L2", type: "L1L2", arguments: [.argument("l2")], fixed: [("l1", 0)]),
        KerasRule(name: "L1L2", type: "L1L2", arguments: [.argument("l1"), .argument("l2")], alias: "l1_l2"),
        KerasRule(
            name: "OrthogonalRegularizer", type: "Orthogonal",
            arguments: [.argument("factor"), .argument("mode")]),
    ])

private let constraints = KerasRules(
    module: "keras.constraints", kind: "constraint",
    rules: [
        KerasRule(
            name: "MaxNorm", type: "MaxNorm", arguments: [.argument("max_value"), .argument("axis", .list)]),
        KerasRule(
            name: "MinMaxNorm", type: "MinMaxNorm",
            arguments: [
                .argument("min_value"), .argument("max_value"), .argument("rate"), .argument("axis", .list),
            ]),
        KerasRule(name: "NonNeg", type: "NonNegative"),
        KerasRule(name: "UnitNorm", type: "UnitNorm", arguments: [.argument("axis", .list)]),
    ])

extension KerasForm {
    /// Seeds are not carried over: initial values are those of the file.
    static let initializer: KerasForm = KerasForm(
        write: {
            try initializers.write($0["type"] == "Seeded" ? $0[["configuration", "initializer"]] ?? $0 : $0)
        },
        read: { try initializers.read($0) })
    static let regularizer: KerasForm = KerasForm(
        write: { try regularizers.write($0) }, read: { try regularizers.read($0) }, absent: .null)
    static let constraint: KerasForm = KerasForm(
        write: { try constraints.write($0) }, read: { try constraints.read($0) }, absent: .null)
}
