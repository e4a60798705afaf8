// The functional form: layers called on values that have no numbers yet.

/// A value of the functional form: an `Input`, or what a layer makes of other values.
public protocol Symbolic: Sendable {
    var symbolic: SymbolicTensor { get }
}

/// The place of a value in the functional form.
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
    /// The value this layer makes of others, where it has one output: `Conv2D(64, kernelSize: 3)(input)`,
    /// `Add()(a, b)`. For a layer of several, `Model(inputs:outputs:)` throws: ask for `outputs(of:)`.
    public func callAsFunction(_ inputs: any Symbolic...) -> SymbolicTensor { callAsFunction(inputs) }

    public func callAsFunction(_ inputs: [any Symbolic]) -> SymbolicTensor {
        SymbolicTensor(source: .call(LayerCall(self, inputs), output: nil))
    }

    /// The values this layer makes of others, one an output.
    ///
    ///     let outputs = LSTM(64, returnSequences: true, returnState: true).outputs(of: x)
    public func outputs(of inputs: any Symbolic...) -> [SymbolicTensor] { outputs(of: inputs) }

    public func outputs(of inputs: [any Symbolic]) -> [SymbolicTensor] {
        let call = LayerCall(self, inputs)
        return (0..<outputCount).map { SymbolicTensor(source: .call(call, output: $0)) }
    }
}
