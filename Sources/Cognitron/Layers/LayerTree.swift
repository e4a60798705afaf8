// The parts of a layer and of those inside it.

/// A layer without parts of its own, whose `parameters` are those of its children.
protocol LayerContainer: AnyLayer {}

extension AnyLayer {
    /// The parameters of the layer and of all layers inside it, each once.
    ///
    /// - Source: Keras `Layer.weights`.
    public var allParameters: [Parameter] {
        guard !children.isEmpty else { return parameters }
        var seen: Set<ObjectIdentifier> = []
        return namedParameters(path: "").map(\.parameter).filter { seen.insert($0.identity).inserted }
    }

    /// False if all of its parameters are frozen. Setting it freezes or unfreezes all of them, including
    /// those of the layers inside it.
    ///
    ///     base.isTrainable = false          // Keras: base.trainable = False
    public var isTrainable: Bool {
        get {
            let parameters = allParameters
            return parameters.isEmpty || parameters.contains { !$0.isFrozen }
        }
        set { for parameter in allParameters { parameter.isTrainable = newValue } }
    }

    /// The parameters that training changes.
    public var trainableParameters: [Parameter] { allParameters.filter(\.isTrainable) }

    /// The layer and all layers inside it.
    var withDescendants: [any AnyLayer] { [self] + children.flatMap(\.layer.withDescendants) }

    /// The parameters of the layer and of those inside it, once per use, with their paths after `path`
    /// (empty, or the layer's own and a slash).
    func namedParameters(path: String) -> [(path: String, parameter: Parameter)] {
        ownParameters.map { (path + $0.ownName(in: path), $0) }
            + children.flatMap { $0.layer.namedParameters(path: "\(path)\($0.name)/") }
    }

    /// The random streams likewise, by the path of their layer and their number in it.
    func namedStreams(path: String) -> [(path: String, stream: RandomStream)] {
        named(path) { $0.randomStreams }.map { ($0.path, $0.part) }
    }

    /// The states likewise.
    func namedStates(path: String) -> [(path: String, state: LayerState)] {
        named(path) { $0.states }.map { ($0.path, $0.part) }
    }

    private func named<Part>(
        _ path: String, _ parts: (any AnyLayer) -> [Part]
    ) -> [(path: String, part: Part)] {
        parts(self).enumerated().map { ("\(path)\($0)", $1) }
            + children.flatMap { $0.layer.named("\(path)\($0.name)/", parts) }
    }

    /// Without those of children, which a composed layer may list among its own.
    private var ownParameters: [Parameter] {
        guard !children.isEmpty else { return parameters }
        guard !(self is any LayerContainer) else { return [] }
        let inner = Set(children.flatMap { $0.layer.allParameters.map(\.identity) })
        return parameters.filter { !inner.contains($0.identity) }
    }
}
