/// Concatenates its inputs along one axis.
///
/// - Input shapes: two or more that differ at most in the size of that axis; output shape: that axis the sum.
/// - Parameter axis: of one sample's shape counted from the end by a negative number (default -1, the
///   channels), or of the batch's shape by a positive one, as in Keras.
/// - Throws: from `build`, a `CognitronError` where the shapes do not fit.
/// - Source: Keras `Concatenate`.
public final class Concatenate: MergingLayer, Codable {
    public let axis: Int
    public let name: String?

    public init(axis: Int = -1, name: String? = nil) {
        self.axis = axis
        self.name = name
    }

    public func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape {
        guard inputs.count >= 2 else {
            throw context.error(.shape, "too few inputs", expected: "two or more", got: "\(inputs.count)")
        }
        let at = axis < 0 ? axis + inputs[0].rank : axis - 1
        guard inputs[0].indices.contains(at) else {
            throw context.error(
                .argument, "invalid axis for inputs of shape \(inputs[0])",
                expected: "1…\(inputs[0].rank) or -\(inputs[0].rank)…-1", got: "\(axis)")
        }
        guard
            inputs.allSatisfy({ $0.rank == inputs[0].rank && $0.removing([at]) == inputs[0].removing([at]) })
        else {
            throw context.error(
                .shape, "its inputs differ in more than axis \(axis)",
                got: inputs.map(\.description).joined(separator: ", "))
        }
        return inputs[0].replacing(at, with: inputs.reduce(0) { $0 + $1[at] })
    }

    /// Concatenates the masks if the axis is one of theirs; otherwise combines them as other merging layers
    /// do.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        let known = masks.compactMap { $0 }
        guard let rank = known.first?.rank, masks.count == inputs.count else { return [] }
        let at = inputs[0].shape.resolve(axis)
        guard at < rank else {
            return known.count == inputs.count ? [known.dropFirst().reduce(known[0]) { $0.maximum($1) }] : []
        }
        let parts = zip(inputs, masks).map { $1 ?? Tensor.ones(Shape($0.shape.prefix(rank))) }
        return [Tensor.concatenated(parts, axis: at)]
    }

    public func forward(
        _ inputs: consuming [Tensor], _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        let sizes = inputs.map { $0.shape[$0.shape.resolve(axis)] }
        return (Tensor.concatenated(inputs, axis: axis), { [axis] in $0.split(sizes, axis: axis) })
    }
}
