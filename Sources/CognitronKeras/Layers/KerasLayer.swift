import Cognitron

/// A class of layers of Keras, and ours of the same name.
struct KerasLayer: Sendable {
    /// Layers inside a layer, which are arguments of it.
    struct Inner: Sendable {
        /// The argument there and here.
        let name: String
        let own: String
        /// The name of the child; nil where all children are in a list.
        let child: String?
        var isOptional = false
    }

    /// How a layer is called on several values.
    enum Call: Sendable {
        /// On a list: `Add()([a, b])`.
        case list
        /// On several arguments: `MultiHeadAttention(…)(query, value, key)`.
        case positional
        /// The first is the input, the others are the argument `initial_state`.
        case states
    }

    /// Where Keras's files keep the weights.
    struct Weights: Sendable {
        /// The object inside the layer that has the layer's own: `cell`.
        var owner = ""
        /// The names of our children there, where they are others.
        var children: [String: String] = [:]
        /// The list that the children are in: `cells`.
        var container: String?
    }

    let name: String
    /// Makes a layer whose optional arguments are the standard ones.
    let standard: @Sendable () -> any AnyLayer & Encodable
    var arguments: [KerasArgument] = []
    var inner: [Inner] = []
    /// Arguments that Keras has and we have not, with the only value that we can take.
    var fixed: [(name: String, value: JSONValue)] = []
    /// Arguments of Keras's call that are arguments of our layer.
    var callArguments: [KerasArgument] = []
    var call = Call.list
    var weights = Weights()

    /// The type's name in our files.
    var type: String { String(describing: Swift.type(of: standard() as AnyObject)) }
}

extension KerasLayer {
    static func layer(
        _ name: String, _ standard: @escaping @Sendable () -> any AnyLayer & Encodable,
        _ arguments: [KerasArgument] = [], channels: Bool = false
    ) -> KerasLayer {
        KerasLayer(
            name: name, standard: standard, arguments: arguments, fixed: channels ? [channelsLast] : [])
    }

    static let channelsLast: (name: String, value: JSONValue) = ("data_format", .text("channels_last"))

    /// All classes, in the order of their families.
    static let all: [KerasLayer] = [
        core, activations, convolutions, poolings, normalizations, recurrent, attention, regularization,
        reshaping, merging, preprocessing, augmentation,
    ].flatMap { (family: [KerasLayer]) in family }

    /// The configurations of the layers whose arguments are the standard ones, by class.
    private static let standards: [String: JSONValue] = Dictionary(
        uniqueKeysWithValues: all.compactMap { form in
            (try? JSONValue(encoding: form.standard())).map { (form.name, $0) }
        })

    /// Our configuration where all arguments that may be left out are.
    var standardConfiguration: JSONValue { Self.standards[name] ?? .object([]) }

    private static let byName: [String: KerasLayer] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name, $0) })
    private static let byType: [String: KerasLayer] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.type, $0) })

    /// Keras's second names of classes.
    private static let aliases: [String: String] = [
        "GroupedQueryAttention": "GroupQueryAttention", "Convolution1D": "Conv1D", "Convolution2D": "Conv2D",
        "Convolution3D": "Conv3D", "MaxPool1D": "MaxPooling1D", "MaxPool2D": "MaxPooling2D",
        "MaxPool3D": "MaxPooling3D", "AvgPool1D": "AveragePooling1D", "AvgPool2D": "AveragePooling2D",
        "AvgPool3D": "AveragePooling3D",
    ]

    static func named(_ name: String) -> KerasLayer? { byName[aliases[name] ?? name] }

    static func of(_ layer: any AnyLayer) -> KerasLayer? {
        byType[String(describing: Swift.type(of: layer as AnyObject))]
    }
}
