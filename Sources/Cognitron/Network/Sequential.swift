/// Layers in a row.
///
///     let model = Sequential {
///         Input(28, 28, 1)
///         Conv2D(6, kernelSize: 5, padding: .same, activation: .relu)
///         MaxPooling2D(poolSize: 2)
///         Flatten()
///         Dense(10, activation: .softmax)
///     }
///
/// `Sequential([…])` and `add(_:)` do the same. Without an `Input` the model takes the shape of the first
/// data it sees.
///
/// `@unchecked Sendable` as `Model` is: one thread at a time adds layers and trains, any number predict.
///
/// - Source: Keras `Sequential`.
public final class Sequential: Model, @unchecked Sendable {
    private var chain: [any AnyLayer]

    public init(_ layers: [any AnyLayer] = [], name: String? = nil) {
        chain = layers
        super.init(graph: Graph(chain: layers), name: name)
    }

    public convenience init(name: String? = nil, @LayerBuilder _ layers: () -> [any AnyLayer]) {
        self.init(layers(), name: name)
    }

    /// Puts a layer at the end.
    public func add(_ layer: any AnyLayer) {
        chain.append(layer)
        replaceGraph(Graph(chain: chain))
    }

    /// Builds the model where it says itself what its input looks like.
    func buildFromStart() throws {
        if !isBuilt, let sizes = graph.declaredSizes { try buildDeclared(sizes) }
    }
}

/// Gathers the layers written in a `Sequential { … }`; `if`, `for` and arrays of layers work in it.
@resultBuilder
public enum LayerBuilder {
    public static func buildExpression(_ layer: any AnyLayer) -> [any AnyLayer] { [layer] }
    public static func buildExpression(_ layers: [any AnyLayer]) -> [any AnyLayer] { layers }
    public static func buildBlock(_ parts: [any AnyLayer]...) -> [any AnyLayer] { parts.flatMap { $0 } }
    public static func buildArray(_ parts: [[any AnyLayer]]) -> [any AnyLayer] { parts.flatMap { $0 } }
    public static func buildOptional(_ part: [any AnyLayer]?) -> [any AnyLayer] { part ?? [] }
    public static func buildEither(first part: [any AnyLayer]) -> [any AnyLayer] { part }
    public static func buildEither(second part: [any AnyLayer]) -> [any AnyLayer] { part }
}
