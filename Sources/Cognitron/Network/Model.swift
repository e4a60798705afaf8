import CognitronKernels

/// A network of layers, with Keras's `compile`, `fit`, `evaluate` and `predict`.
///
///     let input = Input(32, 32, 3)
///     let a = Conv2D(64, kernelSize: 3, padding: .same)(input)
///     let b = Conv2D(64, kernelSize: 1)(input)
///     let model = try Model(inputs: input, outputs: Dense(10)(GlobalAveragePooling2D()(Add()(a, b))))
///
///     try model.compile(
///         optimizer: SGD(learningRate: 0.05), loss: .sparseCategoricalCrossentropy(fromLogits: true))
///     try model.fit(x, y, epochs: 5)
///
/// A model is a layer and can be part of another model. `Sequential` is a model of layers in a row. The type
/// holds the graph, the shapes and the parameters; the `Trainer` that `compile` makes holds the optimizer and
/// losses.
///
/// `@unchecked Sendable`: one thread at a time trains, compiles or loads a model. Any number of threads may
/// predict at once: predicting changes nothing, and building at the first input is locked.
///
/// - Source: Keras `Model`.
public class Model: LayerContainer, @unchecked Sendable {
    public let name: String?
    /// Texts saved in the model's file, such as the names of its classes.
    public var metadata: [String: String] = [:]

    /// The layers as they were given. This graph is built, saved and shown.
    package private(set) var graph: Graph
    /// The graph with fused layers, which runs.
    private(set) var running: Graph
    /// The graph that predicts, and the versions of its weights.
    let prediction = Locked<PredictionGraph?>(nil)
    /// The result of building; nil before. The lock is held during the whole build, so that no thread runs a
    /// model that is partly built or has no seed yet.
    let building = Locked<Building?>(nil)
    /// The key of initial weights and of the layers' random numbers; nil before `compile`.
    private(set) var key: RandomKey?
    /// The names given to the outputs, in order; nil where outputs have the names of their layers.
    let givenOutputNames: [String]?
    /// The trainer that `compile` made, and the trainer that is running. Used by `Training` only.
    var attachment: AnyObject?
    weak var visitor: AnyObject?
    /// Follows the model's own forward passes; nil unless a step is inspected.
    var observedPath: ObservedPath?

    /// A model that computes the outputs from the inputs.
    ///
    /// - Throws: `CognitronError` where a layer's input does not fit it, an output depends on an input that
    ///   is not listed, a layer of several outputs is used without selecting one, or two layers have one
    ///   name.
    public init(inputs: [any Symbolic], outputs: [any Symbolic], name: String? = nil) throws {
        self.name = name
        givenOutputNames = nil
        graph = try Graph(
            inputs: inputs.map(\.symbolic), outputs: outputs.map(\.symbolic), name: name ?? "model")
        running = graph.fused()
        try buildDeclared(Self.sizes(of: inputs))
    }

    /// A model with named outputs. `compile` takes losses and metrics by these names.
    ///
    ///     let model = try Model(inputs: [picture, words], outputs: ["boxes": boxes, "kinds": kinds])
    public init(
        inputs: [any Symbolic], outputs: KeyValuePairs<String, any Symbolic>, name: String? = nil
    ) throws {
        self.name = name
        givenOutputNames = outputs.map(\.key)
        graph = try Graph(
            inputs: inputs.map(\.symbolic), outputs: outputs.map(\.value.symbolic), name: name ?? "model")
        running = graph.fused()
        let names = Dictionary(grouping: outputs.map(\.key), by: { $0 })
        if let repeated = names.first(where: { $1.count > 1 })?.key {
            throw CognitronError(.model, displayName, "two outputs are called \(repeated)")
        }
        try buildDeclared(Self.sizes(of: inputs))
    }

    public convenience init(
        inputs: any Symbolic, outputs: KeyValuePairs<String, any Symbolic>, name: String? = nil
    ) throws {
        try self.init(inputs: [inputs], outputs: outputs, name: name)
    }

    public convenience init(inputs: any Symbolic, outputs: any Symbolic, name: String? = nil) throws {
        try self.init(inputs: [inputs], outputs: [outputs], name: name)
    }

    public convenience init(inputs: any Symbolic, outputs: [any Symbolic], name: String? = nil) throws {
        try self.init(inputs: [inputs], outputs: outputs, name: name)
    }

    public convenience init(inputs: [any Symbolic], outputs: any Symbolic, name: String? = nil) throws {
        try self.init(inputs: inputs, outputs: [outputs], name: name)
    }

    init(graph: Graph, name: String?, outputNames: [String]? = nil) {
        self.graph = graph
        self.running = graph.fused()
        self.name = name
        givenOutputNames = outputNames
    }

    private static func sizes(of inputs: [any Symbolic]) -> [[Int?]] {
        inputs.compactMap { if case .input(let input) = $0.symbolic.source { input.sizes } else { nil } }
    }

    /// Called when the layers have changed.
    func replaceGraph(_ newGraph: Graph) {
        graph = newGraph
        running = newGraph.fused()
        prediction.withLock { $0 = nil }
        building.withLock { $0 = nil }
    }

    /// Sets the key of parameters without values and restarts the layers' random streams.
    func initialize(_ key: RandomKey) {
        self.key = key
        guard isBuilt else { return }
        assignParameters(key)
        for (stream, key) in streamKeys(key) { stream.assign(key) }
    }

    /// The declared sizes of the inputs, in order; nil where the model is built for its first data.
    package var declaredInputSizes: [[Int?]]? { building.withLock { $0?.sizes } }
}

// MARK: - Layers, parameters and outputs

extension Model {
    /// The layers, in execution order.
    public var layers: [any AnyLayer] { graph.layers }

    public var children: [(name: String, layer: any AnyLayer)] { graph.namedLayers }

    /// The layer with a name, as in summaries and files.
    public func layer(named name: String) -> (any AnyLayer)? { graph.nodes.first { $0.name == name }?.layer }

    /// The parameters of all layers, each once, in execution order.
    public var parameters: [Parameter] { parts.parameters }

    /// Every parameter once, with its path in files: the names of the models and layers that contain it, and
    /// its own.
    package var namedParameters: [(path: String, parameter: Parameter)] {
        var found: Set<ObjectIdentifier> = []
        return namedParameters(path: "").filter { found.insert($0.parameter.identity).inserted }
    }

    /// The number of values in all parameters, moving statistics included.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.elementCount } }

    /// The number of outputs.
    public var outputCount: Int { graph.outputs.count }

    /// The number of inputs.
    public var inputCount: Int { graph.inputs.count }

    /// The names of the outputs: the given names, or those of the layers that compute them.
    public var outputNames: [String] { givenOutputNames ?? graph.outputNames }

    /// The model's name in messages.
    package var displayName: String { name ?? LayerNames.snakeCase(typeName) }

    /// Clears the state that layers keep from batch to batch, such as that of stateful recurrent layers.
    ///
    /// - Source: Keras `reset_states`.
    public func resetStates() {
        for (_, state) in namedStates(path: "") { state.value = nil }
    }
}
