/// A member of an open set: what stands behind an `Initializer`, `ActivationFunction`, `Regularizer`,
/// `Constraint`, `LearningRate` or `Augmentation`.
///
/// A rule is a small value whose stored properties are its arguments. To write one, conform a struct to the
/// set's own protocol, give it a name after a dot, and register the type where files that name it are to be
/// loaded:
///
///     struct Sparse: InitializerRule {
///         var share: Float = 0.1
///         func make(_ shape: Shape, key: RandomKey) -> Tensor { … }
///     }
///
///     extension Initializer {
///         static func sparse(_ share: Float) -> Initializer { Initializer(Sparse(share: share)) }
///     }
///
///     Initializer.register(Sparse.self)
public protocol Rule: Codable, Hashable, Sendable {
    /// What is wrong with the arguments; nil, the default, where nothing is. Thrown as a `CognitronError`
    /// when the model is built or compiled.
    var problem: RuleProblem? { get }
}

/// Which arguments a rule expected, and which it got.
public typealias RuleProblem = (expected: String, got: String)

extension Rule {
    public var problem: RuleProblem? { nil }

    /// Whether the other rule is of the same type and has the same arguments.
    package func isEqual(to other: any Rule) -> Bool {
        // Comparing the types first is cheaper than the cast, and rules of different types are compared most.
        type(of: other) == Self.self && (other as? Self) == self
    }
}

/// A rule about one parameter.
public protocol ParameterRule: Rule {
    /// What is wrong with the arguments for a parameter of this shape. By default that is `problem`.
    func problem(for shape: Shape) -> RuleProblem?
}

extension ParameterRule {
    public func problem(for shape: Shape) -> RuleProblem? { problem }
}

extension KeyedDecodingContainer {
    /// The value under `key`; `standard` where the key is missing, as in files of versions without the
    /// argument.
    func decode<T: Decodable>(_ key: Key, default standard: T) throws -> T {
        try decodeIfPresent(T.self, forKey: key) ?? standard
    }
}
