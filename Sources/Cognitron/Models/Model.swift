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
/// `@unchecked Sendable`: a model is trained, compiled and loaded by one thread at a time. Once it is built, predicting
/// changes nothing in it, and any number of threads may do so at once; what the first input sets off is locked.
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

    var graph: Graph
    var compilation: Compilation?
    /// The shapes of one sample of each input, once known.
    private(set) var inputShapes: [Shape]?
    /// The shapes of all values of the graph, once it is built.
    private(set) var valueShapes: [Shape]?
    /// Whether every parameter has its numbers.
    private var isDrawn = false
    private let buildLock = Mutex(())

    /// The model between the given inputs and outputs.
    ///
    /// - Throws: `CognitronError` where a layer's input does not fit it, or an output depends on an input that is not
    ///   listed.
    public init(inputs: [any Symbolic], outputs: [any Symbolic], name: String? = nil) throws {
        self.name = name
        graph = try Graph(
            inputs: inputs.map(\.symbolic), outputs: outputs.map(\.symbolic), name: name ?? "model")
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

    /// The shape of one sample of each input; nil while the model has not seen its input.
    public var inputShape: Shape? { inputShapes?.first }

    /// The shape of one sample of each output; nil while the model has not seen its input.
    public var outputShapes: [Shape]? { valueShapes.map { shapes in graph.outputs.map { shapes[$0] } } }
    public var outputShape: Shape? { outputShapes?.first }

    public var isBuilt: Bool { valueShapes != nil }

    /// Called when the layers have changed.
    func replaceGraph(_ newGraph: Graph) {
        graph = newGraph
        inputShapes = nil
        valueShapes = nil
        isDrawn = false
    }
}

// MARK: - Building

extension Model {
    /// Builds every layer for samples of these shapes: declares the parameters, which have values from then on.
    ///
    /// - Throws: `CognitronError` where a layer does not take its input.
    public func build(_ inputShapes: [Shape]) throws {
        valueShapes = try graph.build(inputShapes, path: nil)
        self.inputShapes = inputShapes
        isDrawn = false
        if let compilation { initialize(compilation.key) }
    }

    /// Builds the model for samples of this shape.
    public func build(_ inputShape: Shape) throws { try build([inputShape]) }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        let shapes = try graph.build(inputs, path: context.path)
        valueShapes = shapes
        inputShapes = inputs
        isDrawn = false
        return graph.outputs.map { shapes[$0] }
    }

    /// Makes the model ready for this data: builds it and draws its parameters, where that has not been done, or checks
    /// that the data fit the shapes it was built for. From then on, predicting only reads.
    func prepare(for shapes: [Shape]) throws {
        let known = try buildLock.withLock { _ in
            if inputShapes == nil {
                try build(shapes)
            }
            if !isDrawn {
                for parameter in parameters { _ = parameter.value }
                isDrawn = true
            }
            return inputShapes ?? []
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

    /// Tells every parameter without values the key to draw them with.
    func initialize(_ key: RandomKey) {
        for (index, parameter) in parameters.enumerated() {
            parameter.assign(key.folding("parameter").folding(index))
        }
        for (index, stream) in randomStreams.enumerated() {
            stream.assign(key.folding("layer").folding(index))
        }
    }
}

// MARK: - Running

extension Model {
    public func forward(
        inputs: consuming [Tensor], _ phase: Phase
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let shapes = inputs.map(\.shape.sample)
        do { try prepare(for: shapes) } catch { preconditionFailure("\(error)") }
        return graph.forward(inputs, phase)
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
        guard let shapes = valueShapes else { return 0 }
        return graph.nodes.reduce(0) { sum, node in
            sum
                + node.layer.multiplyAdds(
                    inputs: node.inputs.map { shapes[$0] }, outputs: node.outputs.map { shapes[$0] })
        }
    }
}
