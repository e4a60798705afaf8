// The functional form: layers called on values that have no numbers yet.

/// A value of the functional form: an `Input`, or what a layer makes of other values.
public protocol Symbolic: Sendable {
    var symbolic: SymbolicTensor { get }
}

/// The place of a value in the functional form.
public struct SymbolicTensor: Symbolic, Sendable {
    enum Source: Sendable {
        case input(Input)
        case call(LayerCall, output: Int)
    }

    let source: Source

    public var symbolic: SymbolicTensor { self }
}

/// One use of a layer on given values.
final class LayerCall: Sendable {
    let layer: any AnyLayer
    let inputs: [SymbolicTensor]

    init(_ layer: any AnyLayer, _ inputs: [SymbolicTensor]) {
        self.layer = layer
        self.inputs = inputs
    }
}

extension Input: Symbolic {
    public var symbolic: SymbolicTensor { SymbolicTensor(source: .input(self)) }
}

extension AnyLayer {
    /// One of the outputs of this layer called on the given values.
    func call(_ inputs: [any Symbolic], output: Int = 0) -> SymbolicTensor {
        SymbolicTensor(source: .call(LayerCall(self, inputs.map(\.symbolic)), output: output))
    }
}

extension Layer {
    /// The value this layer makes of another: `Conv2D(64, kernelSize: 3)(input)`.
    public func callAsFunction(_ input: any Symbolic) -> SymbolicTensor { call([input]) }
}

extension MergingLayer {
    /// The value this layer makes of others: `Add()(a, b)`.
    public func callAsFunction(_ inputs: any Symbolic...) -> SymbolicTensor { call(inputs) }

    public func callAsFunction(_ inputs: [any Symbolic]) -> SymbolicTensor { call(inputs) }
}

extension Model {
    /// The value this model makes of others, where it has one output.
    public func callAsFunction(_ inputs: any Symbolic...) -> SymbolicTensor { call(inputs) }

    /// The values this model makes of others, one an output.
    public func outputs(of inputs: any Symbolic...) -> [SymbolicTensor] {
        let call = LayerCall(self, inputs.map(\.symbolic))
        return (0..<outputCount).map { SymbolicTensor(source: .call(call, output: $0)) }
    }
}
