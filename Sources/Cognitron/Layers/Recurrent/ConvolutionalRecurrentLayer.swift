/// What `ConvLSTM1D` and `ConvLSTM2D` have in common: the cell, whose parameters are the layer's.
public protocol ConvolutionalRecurrentLayer: RecurrentLayer {
    var cell: ConvLSTMCell { get }
}

extension ConvolutionalRecurrentLayer {
    public var filters: Int { cell.configuration.units }
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

    public func run(
        _ sequence: consuming Tensor, _ states: [Tensor], mask: Tensor?, _ options: SequenceOptions,
        _ pass: Pass
    ) -> SequenceRun {
        CellLoop(cell.begin(pass), outputShape: states[0].shape.sample, mask: mask, options)
            .run(sequence, states)
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        let step = inputs[0].sample
        return inputs[0][0] * cell.multiplyAdds(inputs: [step], outputs: cell.stateShapes(step))
    }
}
