// Building: propagates shapes and declares parameters, before any number exists.

/// The result of building a model.
struct Building {
    /// The sizes of one sample of each input; nil for free axes.
    let sizes: [[Int?]]
    /// The inputs' shapes, with stand-in sizes for free axes.
    let inputShapes: [Shape]
    /// Caches the shapes of one sample of every value, by the inputs' shapes.
    private var valueShapesByInput: [[Shape]: [Shape]]
    /// The model's parameters, random streams and layers' states, each once; cached, since every step reads
    /// them.
    var parts: Parts
    /// Whether every parameter has values.
    var isDrawn = false

    /// The largest number of input shapes in the cache.
    private static let cacheLimit = 256

    struct Parts {
        let parameters: [Parameter]
        let streams: [RandomStream]
        let states: [LayerState]
        /// What the model's inputs must be for the layers that read tokens from them.
        let tokenReaders: [TokenReader]
    }

    init(sizes: [[Int?]], inputShapes: [Shape], valueShapes: [Shape], parts: Parts) {
        self.sizes = sizes
        self.parts = parts
        self.inputShapes = inputShapes
        valueShapesByInput = [inputShapes: valueShapes]
    }

    var hasFreeAxes: Bool { sizes.contains { $0.contains(nil) } }

    /// The cached shapes of all values for inputs of these shapes.
    subscript(inputShapes: [Shape]) -> [Shape]? {
        get { valueShapesByInput[inputShapes] }
        set {
            if valueShapesByInput.count >= Self.cacheLimit {
                // The stand-in shapes are read throughout.
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
    /// The shapes of one sample of each input; nil while the model is not built or where an axis is free.
    package var inputShapes: [Shape]? { fixedBuilding?.inputShapes }

    /// The shape of one sample of the first input; nil while the model is not built or where an axis is free.
    public var inputShape: Shape? { inputShapes?.first }

    /// The shape of one sample of each output; nil while the model is not built or where an axis is free.
    public var outputShapes: [Shape]? {
        guard let fixedBuilding, let shapes = fixedBuilding[fixedBuilding.inputShapes] else { return nil }
        return graph.outputs.map { shapes[$0] }
    }
    public var outputShape: Shape? { outputShapes?.first }

    private var fixedBuilding: Building? {
        building.withLock { $0.flatMap { $0.hasFreeAxes ? nil : $0 } }
    }

    /// The shapes of one sample of all values of the graph, with stand-in sizes for free axes; nil while the
    /// model is not built.
    package var valueShapes: [Shape]? { building.withLock { $0.flatMap { $0[$0.inputShapes] } } }

    /// Whether the model is built: the shapes of its inputs and parameters are known.
    public var isBuilt: Bool { building.withLock { $0 != nil } }

    /// Builds every layer for samples of these shapes: checks that each takes its input, and declares the
    /// parameters. Their values are drawn at their first use, with the seed given to compile.
    ///
    /// - Throws: `CognitronError` where a layer does not take its input; the model is then unchanged.
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

    /// Builds the model as a part of another one. It may be used on inputs of several shapes; `inputShape`
    /// keeps the first.
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

    /// Builds the model and draws its parameters where that has not been done, and checks that samples of
    /// these shapes fit. After that, predicting changes nothing.
    package func prepare(for shapes: [Shape]) throws {
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

    /// The shapes of all values for inputs of these shapes; nil where the model is not built, or a layer does
    /// not take them.
    package func valueShapes(for inputShapes: [Shape]) -> [Shape]? {
        building.withLock { building in
            if let known = building?[inputShapes] { return known }
            // Once the parameters are declared, building computes the shapes and changes nothing. Callers
            // that need the error of a misfit call `prepare`.
            return building == nil ? nil : try? graph.build(inputShapes, path: nil, model: displayName)
        }
    }

    /// The shapes of one sample of each output for inputs of these shapes; nil as for `valueShapes(for:)`.
    func outputShapes(for inputShapes: [Shape]) -> [Shape]? {
        valueShapes(for: inputShapes).map { shapes in graph.outputs.map { shapes[$0] } }
    }
}

// MARK: - Free axes

extension Model {
    /// Stand-in sizes of a free axis for building, in the order they are tried. Powers of two suit networks
    /// that halve their input several times. Output shapes may depend on the size, parameters must not: the
    /// second size of a pair checks that.
    private static let standIns = [(512, 640), (64, 128), (16, 32), (4, 8), (1, 2)]
    /// The same for three free axes or more: 512³ values would exceed a sample's limit.
    private static let volumeStandIns = [(64, 128), (16, 32), (4, 8), (1, 2)]

    /// Builds a model with declared inputs, with stand-in sizes for free axes.
    ///
    /// - Throws: `CognitronError` where a layer does not take its input, or a parameter's shape depends on a
    ///   free axis.
    func buildDeclared(_ sizes: [[Int?]]) throws {
        let free = sizes.reduce(0) { max($0, $1.count { $0 == nil }) }
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

    /// Throws where a parameter's shape changes when the free axes have size `other`.
    ///
    /// - Parameter new: the parts to reset before throwing.
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
            // The network does not take this size: it cannot show whether parameters depend on it.
        }
    }

    /// The sizes of the inputs of a model built for these shapes: the declared ones where axes are free.
    private func chosenSizes(_ shapes: [Shape]) -> [[Int?]] {
        guard let declared = graph.declaredSizes, declared.contains(where: { $0.contains(nil) }) else {
            return shapes.map { $0.map { $0 } }
        }
        return declared
    }
}

extension Graph {
    /// The sizes that the graph's `Input`s declare; nil without an `Input`.
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

    /// Updates the cached parts after parameters have been tied.
    func refreshParts() {
        let fresh = gatheredParts
        building.withLock { $0?.parts = fresh }
    }

    private var gatheredParts: Building.Parts {
        Building.Parts(
            parameters: namedParameters.map(\.parameter),
            streams: namedStreams(path: "").map(\.stream).unique,
            states: namedStates(path: "").map(\.state).unique,
            tokenReaders: graph.tokenReaders)
    }

    /// Builds the graph, and gives new parameters the seed where there is one.
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
                // Keeps streams in use: a model that is being trained may be built again as a part of
                // another.
                for (stream, key) in streamKeys(key) { stream.assignIfUnused(key) }
            }
            return shapes
        } catch {
            // The next attempt may have other shapes.
            new.restore()
            throw error
        }
    }

    /// The parameters without shapes and the inner models that are not built.
    private struct Undeclared {
        let parameters: [Parameter]
        let models: [Model]

        /// Removes the shapes that a failed build has set.
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

    /// Throws where the names of the layers inside `layer` are not valid parts of paths, or not distinct.
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

    /// Throws where two parameters have the same path: a file could not hold both.
    private func requireDistinctPaths() throws {
        var owners: [String: ObjectIdentifier] = [:]
        for (path, parameter) in namedParameters {
            guard owners.updateValue(parameter.identity, forKey: path) != nil else { continue }
            throw CognitronError(
                .model, displayName, "two parameters are called \(path)",
                advice: "give each layer, and each layer inside it, a name of its own")
        }
    }

    /// The models inside this one, at any depth.
    private var innerModels: [Model] { Self.models(inside: self) }

    private static func models(inside layer: any AnyLayer) -> [Model] {
        layer.children.flatMap { child in
            ((child.layer as? Model).map { [$0] } ?? []) + models(inside: child.layer)
        }
    }

    /// Assigns keys that depend on the parameters' paths: adding a layer elsewhere does not change the other
    /// initial weights.
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
        var found: Set<ObjectIdentifier> = []
        return filter { found.insert(ObjectIdentifier($0)).inserted }
    }
}
