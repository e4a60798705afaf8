/// The sum of its inputs.
///
///     output = input₁ + input₂ + …
///
/// - Input shapes: two or more, all the same; output shape: that.
/// - Throws: from `build`, a `CognitronError` where the shapes differ.
/// - Source: Keras `Add`.
public final class Add: MergingLayer, Codable {
    public let name: String?

    public init(name: String? = nil) { self.name = name }

    public func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape {
        guard inputs.count >= 2 else {
            throw context.error(.shape, "too few inputs", expected: "two or more", got: "\(inputs.count)")
        }
        guard inputs.allSatisfy({ $0 == inputs[0] }) else {
            throw context.error(
                .shape, "its inputs differ in shape", expected: "\(inputs[0])",
                got: inputs.map(\.description).joined(separator: ", "))
        }
        return inputs[0]
    }

    public func forward(
        _ inputs: consuming [Tensor], _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        let count = inputs.count
        var output = inputs.removeLast()
        while let next = inputs.popLast() { output += next }
        return (output, { Array(repeating: $0, count: count) })
    }
}
