// Building: shapes and parameters, before any number exists.

/// What building a model has found out.
struct Building {
    /// The sizes of one sample of each input; nil for axes that may have any.
    let sizes: [[Int?]]
    /// The shapes that stand for all where axes are free.
    let inputShapes: [Shape]
    /// The shapes of one sample of every value, by those of the inputs.
    private var valueShapesByInput: [[Shape]: [Shape]]
    /// The model's parameters, random streams and layers' states, each once: asked for at every step.
    var parts: Parts
    /// Whether every parameter has its numbers.
    var isDrawn = false

    /// Shapes of inputs that are remembered; lengths and sizes beyond that many are worked out again.
    private static let mostShapes = 256

    struct Parts {
        let parameters: [Parameter]
        let streams: [RandomStream]
        let states: [LayerState]
    }

    init(sizes: [[Int?]], inputShapes: [Shape], valueShapes: [Shape], parts: Parts) {
        self.sizes = sizes
        self.parts = parts
        self.inputShapes = inputShapes
        valueShapesByInput = [inputShapes: valueShapes]
    }

    var hasFreeAxes: Bool { sizes.contains { $0.contains(nil) } }

    /// The shapes of all values for inputs of these shapes, where they are known.
    subscript(inputShapes: [Shape]) -> [Shape]? {
        get { valueShapesByInput[inputShapes] }
        set {
            if valueShapesByInput.count >= Self.mostShapes {
                // Those that stand for all are asked for throughout.
                valueShapesByInput = valueShapesByInput.filter { $0.key == self.inputShapes }
            }
            valueShapesByInput[inputShapes] = newValue
        }
    }

    func fits(_ shapes: [Shape]) -> Bool {
        sizes.count == shapes.count && zip(sizes, shapes).allSatisfy { $0.fit($1) }
    }
}

extension Model {
    /// The shapes of one sample of each input; nil while the model has not seen its input or where an axis is
    /// free.
    var inputShapes: [Shape]? { fixedBuilding?.inputShapes }

    /// The shape of one sample of the first input; nil while the model has not seen its input or where an
    /// axis is free.
    public var inputShape: Shape? { inputShapes?.first }

    /// The shape of one sample of each output; nil while the model has not seen its input or where an axis is
    /// free.
    public var outputShapes: [Shape]? {
        guard let fixedBuilding, let shapes = fixedBuilding[fixedBuilding.inputShapes] else { return nil }
        return graph.outputs.map { shapes[$0] }
    }
    public var outputShape: Shape? { outputShapes?.first }

    private var fixedBuilding: Building? {
        building.withLock { $0.flatMap { $0.hasFreeAxes ? nil : $0 } }
    }

    /// The shapes of one sample of all values of the graph, for stand-ins where axes are free; nil while the
    /// model has not seen its input.
    var valueShapes: [Shape]? { building.withLock { $0.flatMap { $0[$0.inputShapes] } } }

    /// Whether the model knows the shapes of its inputs, and so those of all its parameters.
    public var isBuilt: Bool { building.withLock { $0 != nil } }

    /// Builds every layer for samples of these shapes: checks that each takes its input, and declares the
    /// parameters. Their numbers are drawn when they are first needed, with the seed given to compile.
    ///
    /// - Throws: `CognitronError` where a layer does not take its input; the model stays as it was.
    public func build(_ inputShapes: [Shape]) throws {
        try building.withLock { building in
            let shapes = try valueShapes(building: inputShapes, path: nil)
            building = Building(
                sizes: chosenSizes(inputShapes), inputShapes: inputShapes, valueShapes: shapes,
                parts: gatheredParts)
        }
    }

    /// Builds the model for samples of this shape.
    public func build(_ inputShape: Shape) throws { try build([inputShape]) }

    /// Builds the model as a part of another, where it may be used on inputs of several shapes: those it was
    /// built for first stay its own.
    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        let path = context.path
        return try building.withLock { building in
            let shapes = try valueShapes(building: inputs, path: path)
            if building == nil {
                building = Building(
                    sizes: chosenSizes(inputs), inputShapes: inputs, valueShapes: shapes, parts: gatheredParts
                )
            }
            return graph.outputs.map { shapes[$0] }
        }
    }

    /// Makes the model ready for this data: builds it and draws its parameters, where that has not been done,
    /// or checks that the data fit the shapes it was built for. From then on, predicting only reads.
    func prepare(for shapes: [Shape]) throws {
        try building.withLock { building in
            if let known = building, known.isDrawn, known.inputShapes == shapes { return }
            var current =
                try building
                ?? Building(
                    sizes: chosenSizes(shapes), inputShapes: shapes,
                    valueShapes: valueShapes(building: shapes, path: nil), parts: gatheredParts)
            defer { building = current }
            if !current.isDrawn {
                for parameter in current.parts.parameters { _ = parameter.value }
                current.isDrawn = true
            }
            guard current.fits(shapes) else { throw misfit(shapes, current.sizes) }
            if current[shapes] == nil { current[shapes] = try valueShapes(building: shapes, path: nil) }
        }
    }

    private func misfit(_ shapes: [Shape], _ sizes: [[Int?]]) -> CognitronError {
        CognitronError(
            .shape, displayName, "the data do not fit the model",
            expected: sizes.map { "samples of shape \($0.text)" }.joined(separator: ", "),
            got: shapes.map(\.description).joined(separator: ", "),
            advice: sizes.count == shapes.count
                ? "reshape the data, with one sample along the first axis"
                : "give one tensor for each of the model's inputs")
    }

    /// The shapes of all values for inputs of these shapes; nil where the model is not built or does not take
    /// them.
    func valueShapes(for inputShapes: [Shape]) -> [Shape]? {
        building.withLock { building in
            if let known = building?[inputShapes] { return known }
            // Once the parameters are declared, building finds out the shapes and changes nothing.
            return building == nil ? nil : try? graph.build(inputShapes, path: nil, model: displayName)
        }
    }

    /// The shapes of one sample of each output for inputs of these shapes, which the model was prepared for.
    func outputShapes(for inputShapes: [Shape]) -> [Shape]? {
        valueShapes(for: inputShapes).map { shapes in graph.outputs.map { shapes[$0] } }
    }
}

// MARK: - Free axes

extension Model {
    /// Sizes that stand for a free axis while the model is made: multiples of 64, which networks that halve
    /// their input some times accept, large first. What comes out may depend on them, parameters must not.
    private static let standIns = [(512, 640), (64, 128), (16, 32), (4, 8), (1, 2)]
    /// The same where three axes or more are free: 512³ values would be more than a sample may have.
    private static let volumeStandIns = [(64, 128), (16, 32), (4, 8), (1, 2)]

    /// Builds a model whose inputs are declared. Free axes get a size that stands for all.
    ///
    /// - Throws: `CognitronError` where a layer does not take its input, or a parameter's shape depends on a
    ///   free axis.
    func buildDeclared(_ sizes: [[Int?]]) throws {
        let free = sizes.map { $0.count { $0 == nil } }.max() ?? 0
        guard free > 0 else { return try build(sizes.map { $0.filled(with: 0) }) }
        let new = undeclared
        var failure: (any Error)?
        for (size, other) in free > 2 ? Self.volumeStandIns : Self.standIns {
            do {
                try build(sizes.map { $0.filled(with: size) })
            } catch {
                failure = failure ?? error
                continue
            }
            return try requireIndependence(ofSize: other, sizes, new)
        }
        if let failure { throw failure }
    }

    /// Throws where a parameter has another shape if the free axes have size `other`.
    ///
    /// - Parameter new: what goes back to what it was before the model was built, then.
    private func requireIndependence(ofSize other: Int, _ sizes: [[Int?]], _ new: Undeclared) throws {
        do {
            _ = try graph.build(sizes.map { $0.filled(with: other) }, path: nil, model: displayName)
        } catch let error as CognitronError where error.problem.hasSuffix(BuildContext.sharedProblem) {
            building.withLock { $0 = nil }
            new.restore()
            throw CognitronError(
                .shape, error.place, "its weights depend on an axis that is free",
                expected: "inputs of a fixed size, or a layer before it that makes the size one",
                got: sizes.map(\.text).joined(separator: ", "),
                advice: "give Input that size, or put a global pooling before the layer")
        } catch {
            // A size that this network does not take says nothing about its parameters.
        }
    }

    /// The sizes of the inputs of a model that is built for these shapes: where its Inputs have free axes,
    /// those.
    private func chosenSizes(_ shapes: [Shape]) -> [[Int?]] {
        guard let declared = graph.declaredSizes, declared.contains(where: { $0.contains(nil) }) else {
            return shapes.map { $0.map { $0 } }
        }
        return declared
    }
}

extension Graph {
    /// The sizes of the inputs that the graph's `Input`s declare; nil where it takes the shape of the first
    /// data.
    var declaredSizes: [[Int?]]? {
        if let inputSizes { return inputSizes }
        guard inputs.count == 1, let first = nodes.first, first.inputs == inputs else { return nil }
        if let input = first.layer as? Input { return [input.sizes] }
        return first.inner.flatMap { $0.declaredInputSizes ?? $0.graph.declaredSizes }
    }
}

// MARK: - Parameters

extension Model {
    /// The model's parameters, random streams and layers' states.
    var parts: Building.Parts { building.withLock { $0?.parts } ?? gatheredParts }

    /// Called when parameters have been tied after the model was built.
    func forgetParts() {
        let fresh = gatheredParts
        building.withLock { $0?.parts = fresh }
    }

    private var gatheredParts: Building.Parts {
        Building.Parts(
            parameters: namedParameters.map(\.parameter),
            streams: namedStreams(path: "").map(\.stream).unique,
            states: namedStates(path: "").map(\.state).unique)
    }

    /// Builds the graph, and tells new parameters the seed where there is one.
    private func valueShapes(building inputShapes: [Shape], path: String?) throws -> [Shape] {
        let new = undeclared
        do {
            let shapes = try graph.build(inputShapes, path: path, model: path ?? displayName)
            if path == nil {
                for (name, layer) in children { try Self.requireProperChildren(of: layer, name) }
                try requireDistinctPaths()
            }
            if let key {
                assignParameters(key)
                // Not those in use: a model that is being trained may be built once more as a part of
                // another.
                for (stream, key) in streamKeys(key) { stream.assignIfUnused(key) }
            }
            return shapes
        } catch {
            // The next attempt may be with other shapes.
            new.restore()
            throw error
        }
    }

    /// What has no shapes yet.
    private struct Undeclared {
        let parameters: [Parameter]
        let models: [Model]

        /// Takes the shapes back.
        func restore() {
            for parameter in parameters { parameter.undeclare() }
            for model in models { model.building.withLock { $0 = nil } }
        }
    }

    private var undeclared: Undeclared {
        Undeclared(
            parameters: namedParameters.map(\.parameter).filter { !$0.isDeclared },
            models: innerModels.filter { !$0.isBuilt })
    }

    /// Throws where the layers inside one have names that cannot be parts of paths, or one name.
    private static func requireProperChildren(of layer: any AnyLayer, _ path: String) throws {
        var names: Set<String> = []
        for (name, child) in layer.children {
            guard !name.isEmpty, !name.contains("/"), names.insert(name).inserted else {
                throw CognitronError(
                    .model, path, "a layer inside it has an invalid name",
                    expected: "names without slashes, each once", got: "\"\(name)\"")
            }
            try requireProperChildren(of: child, "\(path)/\(name)")
        }
    }

    /// Throws where two parameters have one path: a file could not hold both.
    private func requireDistinctPaths() throws {
        var owners: [String: ObjectIdentifier] = [:]
        for (path, parameter) in namedParameters {
            guard owners.updateValue(parameter.identity, forKey: path) != nil else { continue }
            throw CognitronError(
                .model, displayName, "two parameters are called \(path)",
                advice: "give each layer, and each layer inside it, a name of its own")
        }
    }

    /// The models inside this one, and those inside them.
    private var innerModels: [Model] { Self.models(inside: self) }

    private static func models(inside layer: any AnyLayer) -> [Model] {
        layer.children.flatMap { child in
            ((child.layer as? Model).map { [$0] } ?? []) + models(inside: child.layer)
        }
    }

    /// First weights depend on a parameter's path, so that a layer more or less elsewhere changes nothing.
    func assignParameters(_ key: RandomKey) {
        let key = key.folding("parameter")
        for (path, parameter) in namedParameters { parameter.assign(key.folding(path)) }
    }

    func streamKeys(_ key: RandomKey) -> [(RandomStream, RandomKey)] {
        let key = key.folding("layer")
        return namedStreams(path: "").map { ($0.stream, key.folding($0.path)) }
    }
}

extension Array where Element: AnyObject {
    /// Each element once.
    fileprivate var unique: [Element] {
        var seen: Set<ObjectIdentifier> = []
        return filter { seen.insert(ObjectIdentifier($0)).inserted }
    }
}
