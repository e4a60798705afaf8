import CognitronKernels

/// A function with its pullback, as a layer.
///
///     Lambda { x, _ in (x.squared, { dy in 2 * x * dy }) }
///
/// The function is run once on zeros when the model is built, to see the shape of its output.
///
/// A file cannot hold a function. To save a model with one, register it under a name and make the layer by
/// that, in the program that saves and in the one that loads:
///
///     Lambda.register("square") { x, _ in (x.squared, { dy in 2 * x * dy }) }
///     let layer = try Lambda(registered: "square")
///
/// - Input shape: what the function takes; output shape: that of its output.
/// - Throws: from `build`, a `CognitronError` where the output has lost the batch.
/// - Source: Keras `Lambda`, whose function has its derivative made for it.
public final class Lambda: Layer, Codable {
    public typealias Function =
        @Sendable (_ input: Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback)

    private let function: Function
    /// The name that the function was registered under.
    public let registeredName: String?
    public let name: String?

    /// - Parameters:
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    ///   - function: from a batch `(N, …)` to another of as many samples.
    public init(name: String? = nil, _ function: @escaping Function) {
        self.function = function
        registeredName = nil
        self.name = name
    }

    /// - Throws: `CognitronError` where no function was registered under that name.
    public init(registered: String, name: String? = nil) throws {
        guard let function = Self.registered.withLock({ $0[registered] }) else {
            let known = Self.registered.withLock { $0.keys.sorted() }
            throw CognitronError(
                .argument, "lambda", "no function is called \(registered)",
                expected: known.isEmpty ? "a registered name" : "one of \(known.joined(separator: ", "))",
                got: registered, advice: "call Lambda.register first")
        }
        self.function = function
        registeredName = registered
        self.name = name
    }

    private static let registered = Locked<[String: Function]>([:])

    /// Lets `Lambda(registered:)` and files name this function. A second one of that name takes its place.
    public static func register(_ name: String, _ function: @escaping Function) {
        registered.withLock { $0[name] = function }
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let output = function(.zeros(input.batched(1)), .inference).output.shape
        guard output.first == 1 else {
            throw context.error(
                .shape, "its function changes the number of samples",
                expected: "an output of shape (1, …) for a batch of 1", got: "\(output)")
        }
        return output.sample
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        function(input, pass)
    }

    private enum CodingKeys: CodingKey { case registeredName, name }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            registered: try container.decode(String.self, forKey: .registeredName),
            name: try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func encode(to encoder: any Encoder) throws {
        guard let registeredName else {
            throw CognitronError(
                .model, name ?? "lambda", "its function cannot be saved",
                expected: "one that has a name", got: "a closure",
                advice: "call Lambda.register(\"…\") { … } and make the layer with Lambda(registered:)")
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(registeredName, forKey: .registeredName)
        try container.encodeIfPresent(name, forKey: .name)
    }
}
