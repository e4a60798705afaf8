import Synchronization

/// Layers wired together, and everything needed to train and use them.
///
///     let input = Input(32, 32, 3)
///     let a = Conv2D(64, kernelSize: 3, padding: .same)(input)
///     let b = Conv2D(64, kernelSize: 1)(input)
///     let model = try Model(inputs: input, outputs: Dense(10)(GlobalAveragePooling2D()(Add()(a, b))))
///
///     try model.compile(optimizer: SGD(learningRate: 0.05), loss: .sparseCategoricalCrossentropy(fromLogits: true))
///     try model.fit(x, y, epochs: 5)
///
/// A model is a layer too and can be part of another. For layers in a row there is `Sequential`.
///
/// `@unchecked Sendable`: a model is trained, compiled and loaded by one thread at a time. Predicting changes nothing in
/// it, and any number of threads may do so at once; what the first input sets off is locked.
///
/// - Source: Keras `Model`.
public class Model: AnyLayer, @unchecked Sendable {
    public let name: String?
    /// Texts kept in the model's file, such as the names of its classes.
    public var metadata: [String: String] = [:]
    /// Set by a callback to end `fit` after the current batch or epoch.
    public var stopTraining = false
    /// The optimizer given to compile.
    public var optimizer: (any Optimizer)? { compilation?.optimizer }

    /// The layers as they were given: what is built, saved and shown.
    private(set) var graph: Graph
    /// The same, some neighbours fused: what runs.
    private(set) var running: Graph
    /// What predicts, and the weights it was made of.
    let prediction = Mutex<PredictionGraph?>(nil)
    var compilation: Compilation?
    /// What is told where the time of training steps goes, if anybody wants to know.
    package var profile: StepProfile?
    /// What building has found out; nil before. Whoever builds holds the lock to the end, so that nobody runs a model
    /// that is half built or has not been told its seed.
    private let building = Mutex<Building?>(nil)

    private struct Building {
        let inputShapes: [Shape]
        let valueShapes: [Shape]
        /// Whether every parameter has its numbers.
        var isDrawn = false
    }

    /// The model between the given inputs and outputs.
    ///
    /// - Throws: `CognitronError` where a layer's input does not fit it, or an output depends on an input that is not
    ///   listed.
    public init(inputs: [any Symbolic], outputs: [any Symbolic], name: String? = nil) throws {
        self.name = name
        graph = try Graph(
            inputs: inputs.map(\.symbolic), outputs: outputs.map(\.symbolic), name: name ?? "model")
        running = graph.fused()
        try build(
            inputs.compactMap { if case .input(let input) = $0.symbolic.source { input.shape } else { nil } })
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

    init(graph: Graph, name: String?) {
        self.graph = graph
        self.running = graph.fused()
        self.name = name
    }

    /// The layers in the order they run.
    public var layers: [any AnyLayer] { graph.layers }

    /// The layer of that name, as summaries and files spell it.
    public func layer(named name: String) -> (any AnyLayer)? { graph.nodes.first { $0.name == name }?.layer }

    /// The parameters of all layers, each once, in the order of the layers.
    public var parameters: [Parameter] {
        var seen: Set<ObjectIdentifier> = []
        return layers.flatMap(\.parameters).filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    public var randomStreams: [RandomStream] { layers.flatMap(\.randomStreams) }

    /// The number of values in all parameters, those of the statistics included.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.elementCount } }

    /// How many values the model gives.
    public var outputCount: Int { graph.outputs.count }

    /// How the model is called in messages.
    var displayName: String { name ?? LayerNames.snakeCase(typeName) }

    /// The shapes of one sample of each input; nil while the model has not seen its input.
    var inputShapes: [Shape]? { building.withLock { $0?.inputShapes } }

    /// The shapes of one sample of all values of the graph; nil while the model has not seen its input.
    var valueShapes: [Shape]? { building.withLock { $0?.valueShapes } }

    /// The shape of one sample of the first input; nil while the model has not seen its input.
    public var inputShape: Shape? { inputShapes?.first }

    /// The shape of one sample of each output; nil while the model has not seen its input.
    public var outputShapes: [Shape]? { valueShapes.map { shapes in graph.outputs.map { shapes[$0] } } }
    public var outputShape: Shape? { outputShapes?.first }

    /// Whether the model knows the shapes of its inputs, and so those of all its parameters.
    public var isBuilt: Bool { building.withLock { $0 != nil } }

    /// Called when the layers have changed.
    func replaceGraph(_ newGraph: Graph) {
        graph = newGraph
        running = newGraph.fused()
        prediction.withLock { $0 = nil }
        building.withLock { $0 = nil }
    }
}

// MARK: - Building

extension Model {
    /// Builds every layer for samples of these shapes: checks that each takes its input, and declares the parameters.
    /// Their numbers are drawn when they are first needed, with the seed given to compile.
    ///
    /// - Throws: `CognitronError` where a layer does not take its input; the model stays as it was.
    public func build(_ inputShapes: [Shape]) throws {
        try building.withLock { $0 = try built(for: inputShapes, path: nil) }
    }

    /// Builds the model for samples of this shape.
    public func build(_ inputShape: Shape) throws { try build([inputShape]) }

    /// Builds the model as a part of another, where it may be used on inputs of several shapes: those it was built for
    /// first stay its own.
    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        let path = context.path
        return try building.withLock { building in
            let new = try built(for: inputs, path: path)
            if building == nil { building = new }
            return graph.outputs.map { new.valueShapes[$0] }
        }
    }

    private func built(for inputShapes: [Shape], path: String?) throws -> Building {
        let undeclared = parameters.filter { !$0.isDeclared }
        let unbuilt = innerModels.filter { !$0.isBuilt }
        do {
            let building = Building(
                inputShapes: inputShapes,
                valueShapes: try graph.build(inputShapes, path: path, model: path ?? displayName))
            if let compilation {
                assignParameters(compilation.key)
                // Not those in use: a model that is being trained may be built once more as a part of another.
                for (stream, key) in streamKeys(compilation.key) { stream.assignIfUnused(key) }
            }
            return building
        } catch {
            // The next attempt may be with other shapes.
            for parameter in undeclared { parameter.undeclare() }
            for model in unbuilt { model.building.withLock { $0 = nil } }
            throw error
        }
    }

    /// The models inside this one, and those inside them.
    private var innerModels: [Model] {
        layers.flatMap { ($0 as? Model).map { [$0] + $0.innerModels } ?? [] }
    }

    /// Makes the model ready for this data: builds it and draws its parameters, where that has not been done, or checks
    /// that the data fit the shapes it was built for. From then on, predicting only reads.
    func prepare(for shapes: [Shape]) throws {
        let known = try building.withLock { building in
            var current = try building ?? built(for: shapes, path: nil)
            if !current.isDrawn {
                for parameter in parameters { _ = parameter.value }
                current.isDrawn = true
            }
            building = current
            return current.inputShapes
        }
        guard known == shapes else {
            throw CognitronError(
                .shape, displayName, "the data do not fit the model",
                expected: known.map { "samples of shape \($0)" }.joined(separator: ", "),
                got: shapes.map(\.description).joined(separator: ", "),
                advice: known.count == shapes.count
                    ? "reshape the data, with one sample along the first axis"
                    : "give one tensor for each of the model's inputs")
        }
    }

    /// The shapes of all values for inputs of these shapes; nil where the model is not built or does not take them.
    func valueShapes(for inputShapes: [Shape]) -> [Shape]? {
        building.withLock { building in
            if building?.inputShapes == inputShapes { return building?.valueShapes }
            // Once the parameters are declared, building finds out the shapes and changes nothing.
            return building == nil ? nil : try? graph.build(inputShapes, path: nil, model: displayName)
        }
    }

    /// Tells every parameter without values the key to draw them with, and starts the layers' random numbers anew.
    func initialize(_ key: RandomKey) {
        assignParameters(key)
        for (stream, key) in streamKeys(key) { stream.assign(key) }
    }

    private func assignParameters(_ key: RandomKey) {
        for (index, parameter) in parameters.enumerated() {
            parameter.assign(key.folding("parameter").folding(index))
        }
    }

    private func streamKeys(_ key: RandomKey) -> [(RandomStream, RandomKey)] {
        randomStreams.enumerated().map { ($1, key.folding("layer").folding($0)) }
    }
}

// MARK: - Running

extension Model {
    /// Runs a model with several inputs or outputs on a batch.
    ///
    /// - Parameter inputs: one tensor `(N, …)` for each input, of the shapes the model was built for.
    /// - Returns: the outputs, and the pullback that takes their gradients to the inputs' and adds to those of the
    ///   parameters. The pullback may be called once.
    public func forward(
        inputs: consuming [Tensor], _ phase: Phase
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let shapes = inputs.map(\.shape.sample)
        do { try prepare(for: shapes) } catch { preconditionFailure("\(error)") }
        return running.forward(inputs, phase)
    }

    /// Runs a model with one input and one output on a batch.
    ///
    /// - Parameter input: `(N, …)`.
    /// - Returns: the output, and the pullback that takes the output's gradient to the input's and adds to those of
    ///   the parameters. The pullback may be called once.
    public func forward(_ input: consuming Tensor, _ phase: Phase) -> (output: Tensor, pullback: Pullback) {
        precondition(outputCount == 1, "\(displayName) has \(outputCount) outputs: use forward(inputs:_:)")
        let (outputs, pullback) = forward(inputs: [input], phase)
        return (outputs[0], { pullback([$0])[0] })
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        guard let shapes = valueShapes(for: inputs) else { return 0 }
        return graph.nodes.reduce(0) { sum, node in
            let added = sum.addingReportingOverflow(
                node.layer.multiplyAdds(
                    inputs: node.inputs.map { shapes[$0] }, outputs: node.outputs.map { shapes[$0] }))
            return added.overflow ? .max : added.partialValue
        }
    }
}
