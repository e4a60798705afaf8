import Synchronization

/// Layers wired together: a network, and Keras's face of it.
///
///     let input = Input(32, 32, 3)
///     let a = Conv2D(64, kernelSize: 3, padding: .same)(input)
///     let b = Conv2D(64, kernelSize: 1)(input)
///     let model = try Model(inputs: input, outputs: Dense(10)(GlobalAveragePooling2D()(Add()(a, b))))
///
///     try model.compile(optimizer: SGD(learningRate: 0.05), loss: .sparseCategoricalCrossentropy(fromLogits: true))
///     try model.fit(x, y, epochs: 5)
///
/// A model is a layer too and can be part of another. For layers in a row there is `Sequential`. What this
/// type itself holds is the network: graph, shapes, parameters. How it is trained is kept by a `Trainer`,
/// which `compile` makes.
///
/// `@unchecked Sendable`: a model is trained, compiled and loaded by one thread at a time. Predicting changes
/// nothing in it, and any number of threads may do so at once; what the first input sets off is locked.
///
/// - Source: Keras `Model`.
public class Model: LayerContainer, @unchecked Sendable {
    public let name: String?
    /// Texts kept in the model's file, such as the names of its classes.
    public var metadata: [String: String] = [:]

    /// The layers as they were given: what is built, saved and shown.
    private(set) var graph: Graph
    /// The same, some neighbours fused: what runs.
    private(set) var running: Graph
    /// What predicts, and the weights it was made of.
    let prediction = Mutex<PredictionGraph?>(nil)
    /// What building has found out; nil before. Whoever builds holds the lock to the end, so that nobody runs
    /// a model that is half built or has not been told its seed.
    let building = Mutex<Building?>(nil)
    /// Where first weights and the layers' random numbers come from, once `compile` has said so.
    private(set) var key: RandomKey?
    /// The names that the outputs were given, in their order; nil where they have those of their layers.
    let givenOutputNames: [String]?
    /// What the floors above keep with a model: the trainer that compile made, and the one that is training
    /// it. The network does not look at them.
    var attachment: AnyObject?
    weak var visitor: AnyObject?

    /// The model between the given inputs and outputs.
    ///
    /// - Throws: `CognitronError` where a layer's input does not fit it, an output depends on an input that
    ///   is not listed, a layer of several outputs is used without saying which, or names clash.
    public init(inputs: [any Symbolic], outputs: [any Symbolic], name: String? = nil) throws {
        self.name = name
        givenOutputNames = nil
        graph = try Graph(
            inputs: inputs.map(\.symbolic), outputs: outputs.map(\.symbolic), name: name ?? "model")
        running = graph.fused()
        try buildDeclared(Self.sizes(of: inputs))
    }

    /// The model between the given inputs and outputs with names, by which losses and metrics are given to
    /// compile.
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
        if let twice = Dictionary(grouping: outputs.map(\.key), by: { $0 }).first(where: { $1.count > 1 })?
            .key
        {
            throw CognitronError(.model, displayName, "two outputs are called \(twice)")
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

    /// Tells every parameter without values the key to draw them with, and starts the layers' random numbers
    /// anew.
    func initialize(_ key: RandomKey) {
        self.key = key
        guard isBuilt else { return }
        assignParameters(key)
        for (stream, key) in streamKeys(key) { stream.assign(key) }
    }

    /// The sizes that the inputs are declared to have, in the order of the inputs; nil where the model takes
    /// the shape of the first data it sees.
    var declaredInputSizes: [[Int?]]? { building.withLock { $0?.sizes } }
}

// MARK: - What it consists of

extension Model {
    /// The layers in the order they run.
    public var layers: [any AnyLayer] { graph.layers }

    public var children: [(name: String, layer: any AnyLayer)] { graph.namedLayers }

    /// The layer of that name, as summaries and files spell it.
    public func layer(named name: String) -> (any AnyLayer)? { graph.nodes.first { $0.name == name }?.layer }

    /// The parameters of all layers, each once, in the order of the layers.
    public var parameters: [Parameter] { parts.parameters }

    /// Every parameter once, under the path it has in files: the names of the models and the layers around
    /// it, and its own.
    var namedParameters: [(path: String, parameter: Parameter)] {
        var seen: Set<ObjectIdentifier> = []
        return namedParameters(path: "").filter { seen.insert($0.parameter.identity).inserted }
    }

    /// The number of values in all parameters, those of the statistics included.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.elementCount } }

    /// How many values the model gives.
    public var outputCount: Int { graph.outputs.count }

    /// The names of the outputs: those they were given, or those of the layers they come from.
    public var outputNames: [String] { givenOutputNames ?? graph.outputNames }

    /// How the model is called in messages.
    var displayName: String { name ?? LayerNames.snakeCase(typeName) }

    /// Empties what the layers carry from batch to batch, such as the state of stateful recurrent layers.
    ///
    /// - Source: Keras `reset_states`.
    public func resetStates() {
        for (_, state) in namedStates(path: "") { state.value = nil }
    }
}
