/// A merging layer that combines its inputs number by number.
///
/// Inputs of different shapes are broadcast: samples' shapes are aligned at their last axis, and axes of size
/// 1 are repeated.
///
/// - Source: Keras `Merge`.
public protocol BroadcastingLayer: MergingLayer {
    /// How many inputs the layer takes. By default one or more.
    var inputCounts: ClosedRange<Int> { get }

    /// The output, and its pullback, which returns gradients of the output's shape: summing them over what
    /// was broadcast is not its business.
    ///
    /// - Parameter inputs: tensors with as many axes each.
    func merge(_ inputs: consuming [Tensor]) -> (output: Tensor, pullback: MergingPullback)
}

extension BroadcastingLayer {
    public var inputCounts: ClosedRange<Int> { 1...Int.max }

    public func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape {
        guard inputCounts.contains(inputs.count) else {
            let least = inputCounts.lowerBound
            throw context.error(
                .shape, "wrong number of inputs",
                expected: inputCounts.count == 1 ? "\(least)" : "\(least) or more", got: "\(inputs.count)")
        }
        guard let output = Shape.broadcast(inputs) else {
            throw context.error(
                .shape, "its inputs differ in shape", expected: "\(inputs[0]), or shapes that broadcast",
                got: inputs.map(\.description).joined(separator: ", "))
        }
        return output
    }

    public func forward(
        _ inputs: consuming [Tensor], _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        let first = inputs[0].shape
        if inputs.allSatisfy({ $0.shape == first }) { return merge(inputs) }
        let shapes = inputs.map(\.shape)
        let rank = shapes.reduce(0) { max($0, $1.rank) }
        let aligned = inputs.map { $0.aligned(rank: rank) }
        let alignedShapes = aligned.map(\.shape)
        let (output, pullback) = merge(aligned)
        return (
            output,
            { dy in
                let gradients = pullback(dy)
                return gradients.indices.map {
                    gradients[$0].sum(to: alignedShapes[$0]).reshaped(shapes[$0])
                }
            }
        )
    }
}

extension Tensor {
    /// The sum of tensors whose shapes broadcast; in place where nobody shares the last one.
    static func sum(of tensors: consuming [Tensor]) -> Tensor {
        var sum = tensors.removeLast()
        while let next = tensors.popLast() {
            if next.shape == sum.shape { sum += next } else { sum = sum + next }
        }
        return sum
    }

    /// The extreme of tensors at each place, and its pullback: the gradient belongs to the first tensor that
    /// has it.
    static func extreme(
        of tensors: [Tensor], _ choose: (Tensor, Tensor) -> Tensor
    ) -> (output: Tensor, pullback: MergingPullback) {
        let output = tensors.dropFirst().reduce(tensors[0], choose)
        return (
            output,
            { dy in
                var rest = dy
                return tensors.map { x in
                    let gradient = rest * (x .== output)
                    rest -= gradient
                    return gradient
                }
            }
        )
    }
}
