import CognitronKernels

/// The input of a model, with the shape of one sample.
///
///     Input(32, 32, 3)                  // height × width × channels
///     Input(nil, nil, 3)                // pictures of any size
///     Input(nil, 64)                    // any number of time steps
///
/// It is the first layer of a `Sequential`; in the functional form it is the value that layers are called on.
/// An axis of size nil is free: its size may differ between batches. Layers get concrete sizes; the model is
/// built for each.
///
/// - Input shape: `(N, …sizes)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where the data have other sizes.
/// - Source: Keras `Input`.
public final class Input: Layer, Codable {
    /// The sizes of one sample's axes; nil for a free one.
    public let sizes: [Int?]
    public let name: String?

    private enum CodingKeys: String, CodingKey {
        case sizes = "shape"
        case name
    }

    /// - Parameter sizes: the sizes of one sample's axes, without the batch.
    public init(_ sizes: Int?..., name: String? = nil) {
        self.sizes = sizes
        self.name = name
    }

    public init(shape: Shape, name: String? = nil) {
        sizes = shape.map { $0 }
        self.name = name
    }

    /// - Parameter sizes: those of one sample's axes; nil for a free one.
    package init(sizes: [Int?], name: String? = nil) { (self.sizes, self.name) = (sizes, name) }

    /// The shape of one sample. No axis may be free: `sizes` has those too.
    public var shape: Shape {
        let known = sizes.compactMap { $0 }
        CognitronKernels.require(known.count == sizes.count, "an Input of \(sizes.text) has no fixed shape")
        return Shape(known)
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        for case let size? in sizes { try context.require("shape", size) }
        guard sizes.fit(input) else {
            throw context.error(
                .shape, "the data do not fit the model", expected: "samples of shape \(sizes.text)",
                got: "\(input)")
        }
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        (input, { $0 })
    }
}

/// The sizes of a sample's axes, nil for those that are free.
extension [Int?] {
    /// Whether a sample of this shape has those sizes.
    func fit(_ shape: Shape) -> Bool {
        count == shape.rank && zip(self, shape).allSatisfy { $0 == nil || $0 == $1 }
    }

    /// The shape with `size` for every free axis.
    func filled(with size: Int) -> Shape { Shape(map { $0 ?? size }) }

    /// "? × 64"
    var text: String {
        isEmpty ? "scalar" : map { $0.map(String.init) ?? "?" }.joined(separator: " × ")
    }
}
