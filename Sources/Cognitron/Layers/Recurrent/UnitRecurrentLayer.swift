/// A recurrent layer over a cell of its own: `SimpleRNN`, `LSTM`, `GRU`.
///
/// Its parameters are the cell's, under the layer's own path: `lstm/kernel`, `lstm/recurrent_kernel`,
/// `lstm/bias`. With tanh and the sigmoid as activation functions (for `GRU` also with `resetAfter`) a fused
/// operation takes all steps; other functions, and `recurrentDropout` while training, go step by step as
/// `RNN` does, which costs several times as much. Both give the same numbers up to rounding.
public protocol UnitRecurrentLayer: RecurrentLayer {
    associatedtype Cell: UnitCell
    var cell: Cell { get }
}

extension UnitRecurrentLayer {
    public var units: Int { cell.units }
    public var kernel: Parameter { cell.kernel }
    public var recurrentKernel: Parameter { cell.recurrentKernel }
    public var bias: Parameter { cell.bias }
    public var parameters: [Parameter] { cell.parameters }
    public var randomStreams: [RandomStream] { cell.randomStreams }
    public var stateCount: Int { cell.stateCount }

    public func stateShapes(_ step: Shape) -> [Shape] { cell.stateShapes(step) }

    public func buildStep(_ step: Shape, _ context: inout BuildContext) throws -> Shape {
        try cell.build(inputs: [step], &context)[0]
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        inputs[0][0] * (kernel.shape.elementCount + recurrentKernel.shape.elementCount)
    }
}
