import CognitronKernels

/// A model that takes a sequence step by step and keeps what it needs of the steps before: the states of
/// recurrent layers, the keys and values of causal attention, the number of steps for positions. A further
/// token then costs the work of one step instead of that of the whole text.
///
///     var decoding = try model.decoding()
///     var logits = try decoding.next([[3, 14, 15]])               // (1, 3, V), of a prompt
///     logits = try decoding.next([[9]])                           // (1, 1, V), of a token more
///
/// The outputs are those that the model gives for the whole sequence so far, up to rounding, and stateful
/// layers start as after `resetStates`. Only the outputs of masked steps are not defined.
///
/// A decoding is a value: a copy goes on by itself. The model's weights may not change in the meantime.
public struct Decoding: Sendable {
    /// The nodes that depend on the stepped input, with that input first and the constants after it.
    private let graph: Graph
    private let name: String
    /// The shape of one sample of a step.
    private let stepShape: Shape
    /// What the model's other inputs give for all steps, and their masks.
    private var constants: [Tensor]
    private var masks: [Tensor?]
    private var slots: [DecodingSlot] = []
    /// The given sample that each sample belongs to; nil before the first step of a model with one input.
    private var sources: [Int]?

    /// The number of steps taken.
    public private(set) var count = 0
    /// The largest number of steps, given by position embeddings or a fixed length; nil without a limit.
    public let limit: Int?

    fileprivate init(
        _ graph: Graph, name: String, stepShape: Shape, limit: Int?,
        given: (tensors: [Tensor], masks: [Tensor?]),
        sampleCount: Int?
    ) {
        (self.graph, self.name, self.stepShape, self.limit) = (graph, name, stepShape, limit)
        (constants, masks) = given
        sources = sampleCount.map { Array(0..<$0) }
    }

    /// Takes one or more steps.
    ///
    /// - Parameter steps: `(N, P, …)`: P steps of each sample, of tokens `(N, P)`.
    /// - Returns: the model's first output; for these steps alone, if it has steps.
    /// - Throws: `CognitronError` where the steps do not fit the model or the samples so far, hold an unknown
    ///   token, or exceed the limit. Nothing has then changed.
    public mutating func next(_ steps: Tensor) throws -> Tensor { try nextOutputs(steps)[0] }

    /// The same with all of the model's outputs.
    public mutating func nextOutputs(_ steps: Tensor) throws -> [Tensor] {
        try check(steps)
        let cache = DecodingCache(stepsTaken: count, slots: slots)
        slots = []  // the cache alone refers to the tensors, so that it may append in place
        let pass = Pass.prediction.decoding(cache)
        let result = graph.forward(
            [steps] + constants, masks.contains { $0 != nil } ? pass.masking([nil] + masks) : pass)
        slots = cache.takeSlots()
        sources = sources ?? Array(0..<steps.shape[0])
        count += steps.shape[1]
        return result.outputs
    }

    /// Keeps the samples at these places, in this order; a place may be given several times, as beam search
    /// needs it.
    ///
    /// - Parameter rows: from 0 to below the number of samples. Others stop the program.
    public mutating func select(_ rows: [Int]) {
        guard let old = sources else {
            return require(rows.isEmpty, "rows of a decoding before its first step")
        }
        require(
            rows.allSatisfy(old.indices.contains), "rows \(rows) of a decoding of \(old.count) samples")
        let new = rows.map { old[$0] }
        let keepsConstants = new == old
        for index in slots.indices { slots[index].select(rows, keepsConstants: keepsConstants) }
        sources = new
        guard !keepsConstants else { return }
        constants = constants.map { $0.gathering(rows, axis: 0) }
        masks = masks.map { $0?.gathering(rows, axis: 0) }
    }

    private func check(_ steps: Tensor) throws {
        guard steps.rank == stepShape.rank + 2, steps.shape.sample.sample == stepShape, steps.shape[1] > 0
        else {
            throw CognitronError(
                .shape, name, "takes other steps",
                expected: "samples × steps\(stepShape.map { " × \($0)" }.joined()), at least one step",
                got: "\(steps.shape)")
        }
        guard sources == nil || sources?.count == steps.shape[0] else {
            throw CognitronError(
                .shape, name, "decodes another number of samples", expected: "\(sources?.count ?? 0)",
                got: "\(steps.shape[0])", advice: "select(_:) changes it")
        }
        if let limit, count + steps.shape[1] > limit {
            throw CognitronError(
                .shape, name, "has no positions for so many steps", expected: "at most \(limit)",
                got: "\(count + steps.shape[1])", advice: "shorten the text or give the model more positions")
        }
        for reader in graph.tokenReaders where reader.input == 0 {
            try reader.check(steps, "input", Array(0..<steps.shape[0]))
        }
    }
}

extension Model {
    /// Begins to decode: see `Decoding`. What depends on the given inputs alone, an encoder for example, is
    /// computed here and not at each step.
    ///
    ///     var decoding = try translator.decoding(given: [source], stepping: 1)
    ///     let logits = try decoding.next(start)                       // (N, 1, V)
    ///
    /// Every layer that depends on the stepped input must be a `StepwiseLayer` and its inputs must suit it:
    /// layers that go backwards, pool or attend to later steps are refused.
    ///
    /// - Parameters:
    ///   - given: the model's other inputs, in order.
    ///   - masks: those of the given inputs, where they come from other layers than the model's own.
    ///   - input: the place among the model's inputs of the one that comes step by step.
    /// - Throws: `CognitronError` where the model is not built, the given inputs do not fit it, or a layer
    ///   cannot run step by step.
    public func decoding(
        given: [Tensor] = [], masks: [Tensor?] = [], stepping input: Int = 0
    ) throws -> Decoding {
        try (self as? Sequential)?.buildFromInput()
        guard let sizes = declaredInputSizes else { throw notBuilt }
        guard sizes.indices.contains(input), given.count == sizes.count - 1,
            masks.isEmpty || masks.count == given.count
        else {
            throw CognitronError(
                .argument, displayName, "has other inputs than those given",
                expected: "\(sizes.count), one of which comes step by step",
                got: "\(given.count) and the stepped one, number \(input)")
        }
        guard Set(given.map { $0.shape.first }).count <= 1 else {
            throw CognitronError(
                .shape, displayName, "the given inputs differ in their number of samples",
                got: given.map { "\($0.shape)" }.joined(separator: ", "))
        }
        let stepped = sizes[input].enumerated().map { $1 ?? ($0 == 0 ? 1 : 0) }
        var shapes = given.map(\.shape.sample)
        shapes.insert(Shape(stepped), at: input)
        try prepare(for: shapes)
        var whole = given
        whole.insert(Tensor.zeros(Shape(stepped).batched(given.first?.shape[0] ?? 1)), at: input)
        try requireTokens(whole, Array(0..<(whole.first?.shape[0] ?? 0)))
        let graph = graph.expanded()
        let (steps, constants) = try graph.divided(
            at: input, try graph.build(shapes, path: nil, model: displayName), displayName)
        let first = constants.forward(given, .prediction.masking(masks))
        let limits =
            steps.nodes.compactMap { ($0.layer as? any StepwiseLayer)?.stepLimit } + [sizes[input][0]]
        return Decoding(
            steps.fused(), name: displayName, stepShape: Shape(stepped.dropFirst()),
            limit: limits.compactMap { $0 }.min(), given: (first.outputs, first.masks),
            sampleCount: given.first?.shape[0])
    }
}

extension Graph {
    /// The nodes that depend on an input, which then is the first, with the values of the others that they
    /// read as further inputs; and the other nodes, which give these values.
    ///
    /// - Parameter shapes: of one sample of each value.
    /// - Throws: `CognitronError` where a layer cannot run step by step, or no output depends on the input.
    fileprivate func divided(
        at input: Int, _ shapes: [Shape], _ name: String
    ) throws -> (steps: Graph, constants: Graph) {
        var isStepped = [Bool](repeating: false, count: valueCount)
        isStepped[inputs[input]] = true
        var (stepped, constant) = ([Node](), [Node]())
        for node in nodes {
            guard node.inputs.contains(where: { isStepped[$0] }) else {
                constant.append(node)
                continue
            }
            try node.requireStepwise(
                node.inputs.map { StepwiseInput(isStepped: isStepped[$0], shape: shapes[$0]) })
            for value in node.outputs { isStepped[value] = true }
            stepped.append(node)
        }
        guard isStepped[outputs[0]] else {
            throw CognitronError(
                .model, name, "its first output does not depend on input \(input)",
                advice: "name the input that comes step by step")
        }
        let read = Set(stepped.flatMap(\.inputs) + outputs)
        let values = (0..<valueCount).filter { read.contains($0) && !isStepped[$0] }
        var others = inputs
        others.remove(at: input)
        return (
            Graph(nodes: stepped, inputs: [inputs[input]] + values, outputs: outputs, valueCount: valueCount),
            Graph(nodes: constant, inputs: others, outputs: values, valueCount: valueCount).fused()
        )
    }
}

extension Graph.Node {
    fileprivate func requireStepwise(_ inputs: [StepwiseInput]) throws {
        guard let layer = layer as? any StepwiseLayer else {
            throw CognitronError(
                .model, name, "\(layer.typeName) is not known to run step by step",
                expected: "a StepwiseLayer",
                advice: "run the model on whole sequences, or let your own layer conform to StepwiseLayer")
        }
        if let problem = layer.stepwiseProblem(inputs) {
            throw CognitronError(
                .model, name, "cannot run step by step: \(problem)",
                advice: "run the model on whole sequences")
        }
    }
}
