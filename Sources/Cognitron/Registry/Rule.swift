/// The implementation of an `Initializer`, `ActivationFunction`, `Regularizer`, `Constraint`, `LearningRate`
/// or `Augmentation`.
///
/// A rule is a small value whose stored properties are its arguments. To write one, conform a struct to the
/// protocol of its kind, add a static member for use after a dot, and register the type before loading files
/// that contain it:
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
    /// The problem with the arguments; nil, the default, where they are valid. Thrown as a `CognitronError`
    /// when the model is built or compiled.
    var problem: RuleProblem? { get }
}

/// The expected arguments and those that were given, for an error message.
public typealias RuleProblem = (expected: String, got: String)

extension Rule {
    public var problem: RuleProblem? { nil }

    /// Whether the other rule has the same type and arguments.
    package func isEqual(to other: any Rule) -> Bool {
        // Comparing types is cheaper than a cast, and most compared rules have different types.
        type(of: other) == Self.self && (other as? Self) == self
    }
}

/// A rule that is applied to a parameter.
public protocol ParameterRule: Rule {
    /// The problem with the arguments for a parameter of this shape; by default `problem`.
    func problem(for shape: Shape) -> RuleProblem?
}

extension ParameterRule {
    public func problem(for shape: Shape) -> RuleProblem? { problem }
}

extension KeyedDecodingContainer {
    /// The value under `key`; `standard` where it is missing, as in files from before the argument existed.
    func decode<T: Decodable>(_ key: Key, default standard: T) throws -> T {
        try decodeIfPresent(T.self, forKey: key) ?? standard
    }
}
