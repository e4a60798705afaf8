import Cognitron

/// Marks the time steps that hold nothing but zeros as padding.
///
/// - Input shape: `(N, T, F)`; output shape: the same, with a mask `(N, T)`.
final class SkipZeros: Layer, Codable {
    let name: String?

    init(name: String? = nil) { self.name = name }

    func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        [(inputs[0] .!= 0).max(axis: -1)]
    }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { input }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        (input, { $0 })
    }
}

/// The mean over the time steps that count.
///
/// - Input shape: `(N, T, F)`; output shape: `(N, F)`.
final class MeanOfSteps: Layer, Codable {
    let name: String?

    init(name: String? = nil) { self.name = name }

    func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [nil] }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard input.count == 2 else {
            throw context.error(.shape, "needs time steps", expected: "(T, F)", got: "\(input)")
        }
        return [input[1]]
    }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let mask = (pass.mask(0) ?? Tensor.ones([x.shape[0], x.shape[1]])).expandingDimensions(at: 2)
        let share = mask / mask.sum(axis: 1, keepingDimensions: true).maximum(1)  // (N, T, 1)
        return ((x * share).sum(axis: 1), { dy in dy.expandingDimensions(at: 1) * share })
    }
}
