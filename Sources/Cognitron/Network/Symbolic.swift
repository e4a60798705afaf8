// The functional form: layers called on values without numbers.

/// A value of the functional form: an `Input`, or an output of a layer.
public protocol Symbolic: Sendable {
    var symbolic: SymbolicTensor { get }
}

/// A value of the functional form and the layer call that computes it.
public struct SymbolicTensor: Symbolic, Sendable {
    enum Source: Sendable {
        case input(Input)
        /// An output of a call; nil for the only one.
        case call(LayerCall, output: Int?)
    }

    let source: Source

    public var symbolic: SymbolicTensor { self }
}

/// One use of a layer on given values.
final class LayerCall: Sendable {
    let layer: any AnyLayer
    let inputs: [SymbolicTensor]

    init(_ layer: any AnyLayer, _ inputs: [any Symbolic]) {
        self.layer = layer
        self.inputs = inputs.map(\.symbolic)
    }
}

extension Input: Symbolic {
    public var symbolic: SymbolicTensor { SymbolicTensor(source: .input(self)) }
}

extension AnyLayer {
    /// The output of this layer for other values: `Conv2D(64, kernelSize: 3)(input)`, `Add()(a, b)`. For a
    /// layer with several outputs use `outputs(of:)`; otherwise `Model(inputs:outputs:)` throws.
    public func callAsFunction(_ inputs: any Symbolic...) -> SymbolicTensor { callAsFunction(inputs) }

    public func callAsFunction(_ inputs: [any Symbolic]) -> SymbolicTensor {
        SymbolicTensor(source: .call(LayerCall(self, inputs), output: nil))
    }

    /// The outputs of this layer for other values.
    ///
    ///     let outputs = LSTM(64, returnSequences: true, returnState: true).outputs(of: x)
    public func outputs(of inputs: any Symbolic...) -> [SymbolicTensor] { outputs(of: inputs) }

    public func outputs(of inputs: [any Symbolic]) -> [SymbolicTensor] {
        let call = LayerCall(self, inputs)
        return (0..<outputCount).map { SymbolicTensor(source: .call(call, output: $0)) }
    }
}
