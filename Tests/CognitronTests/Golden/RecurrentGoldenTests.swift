import Testing

@testable import Cognitron

@Suite("Recurrent layers give what those of Keras give")
struct RecurrentGoldenTests {
    struct Arguments: Decodable {
        var layer: String
        var units: Int?
        var activation: String?
        var recurrentActivation: String?
        var useBias: Bool?
        var resetAfter: Bool?
        var returnSequences: Bool?
        var returnState: Bool?
        var goBackwards: Bool?
        var zeroOutputForMask: Bool?
        var inner: String?
        var mergeMode: String?
        var backward: String?
        var kernelSize: [Int]?
        var strides: [Int]?
        var padding: String?
        var dilationRate: [Int]?

        var options: SequenceOptions {
            SequenceOptions(
                returnSequences: returnSequences ?? false, returnState: returnState ?? false,
                goBackwards: goBackwards ?? false, zeroOutputForMask: zeroOutputForMask ?? false)
        }
    }

    @Test("Outputs, last states and gradients", arguments: try GoldenCase.all("recurrent"))
    func layers(_ golden: GoldenCase) throws {
        let a = try golden.configuration(Arguments.self)
        try expectGoldenSequence(try layer(a), golden)
        // The same by the cell, step by step.
        if let layer = try layer(a) as? any UnitRecurrentLayer, let cell = layer.cell.copy() {
            try expectGoldenSequence(RNN(cell, layer.options, name: nil), golden)
        }
    }

    private func layer(_ a: Arguments) throws -> any AnyLayer {
        switch a.layer {
        case "Stacked":
            return RNN(
                StackedRNNCells([LSTMCell(3), GRUCell(2), SimpleRNNCell(4)]), a.options, name: nil)
        case "ConvLSTM1D", "ConvLSTM2D": return try convolutional(a)
        case "TimeDistributed": return TimeDistributed(Dense(2, activation: .tanh))
        case "Bidirectional":
            let inner = try unitLayer(try #require(a.inner), 3, a)
            var backwards = a
            backwards.goBackwards = true
            return Bidirectional(
                inner, mergeMode: a.mergeMode.flatMap { Bidirectional.MergeMode(rawValue: $0) },
                backwardLayer: try a.backward.map { try unitLayer($0, 3, backwards) })
        default: return try unitLayer(a.layer, try #require(a.units), a)
        }
    }

    private func convolutional(_ a: Arguments) throws -> any AnyLayer {
        let size = WindowSize(axes: try #require(a.kernelSize))
        let ones = size.axes.map { _ in 1 }
        let (strides, dilation) = (a.strides ?? ones, a.dilationRate ?? ones)
        let (padding, o) = (try Padding(keras: a.padding ?? "valid", amount: nil), a.options)
        return size.rank == 1
            ? ConvLSTM1D(
                2, kernelSize: size, strides: strides, padding: padding, dilationRate: dilation,
                useBias: a.useBias ?? true, returnSequences: o.returnSequences, returnState: o.returnState,
                goBackwards: o.goBackwards)
            : ConvLSTM2D(
                2, kernelSize: size, strides: strides, padding: padding, dilationRate: dilation,
                useBias: a.useBias ?? true, returnSequences: o.returnSequences, returnState: o.returnState,
                goBackwards: o.goBackwards)
    }

    private func unitLayer(_ name: String, _ units: Int, _ a: Arguments) throws -> any RecurrentLayer {
        let activation = try ActivationFunction(keras: a.activation ?? "tanh")
        let gates = try ActivationFunction(keras: a.recurrentActivation ?? "sigmoid")
        let o = a.options
        return switch name {
        case "SimpleRNN":
            SimpleRNN(
                units, activation: activation, useBias: a.useBias ?? true, returnSequences: o.returnSequences,
                returnState: o.returnState, goBackwards: o.goBackwards,
                zeroOutputForMask: o.zeroOutputForMask)
        case "LSTM":
            LSTM(
                units, activation: activation, recurrentActivation: gates, useBias: a.useBias ?? true,
                returnSequences: o.returnSequences, returnState: o.returnState, goBackwards: o.goBackwards,
                zeroOutputForMask: o.zeroOutputForMask)
        default:
            GRU(
                units, activation: activation, recurrentActivation: gates, useBias: a.useBias ?? true,
                returnSequences: o.returnSequences, returnState: o.returnState, goBackwards: o.goBackwards,
                resetAfter: a.resetAfter ?? true, zeroOutputForMask: o.zeroOutputForMask)
        }
    }
}

/// Runs a layer on a case's sequence, initial states and mask, and expects all outputs and gradients.
private func expectGoldenSequence(_ layer: any AnyLayer, _ golden: GoldenCase) throws {
    func expect(_ value: Tensor, _ thing: String) throws {
        expectClose(value, try golden[thing], "\(type(of: layer)) \(thing)")
    }
    func numbered(_ thing: String) throws -> [Tensor] {
        try (0...).lazy.map { "\(thing)\($0)" }.prefix { golden.tensors[$0] != nil }.map { try golden[$0] }
    }
    let states = try numbered("state")
    let inputs = [try golden["x"]] + states
    var context = BuildContext(path: "layer")
    let shapes = try layer.build(inputs: inputs.map(\.shape.sample), &context)
    let parameters = layer.allParameters
    let values = try numbered("p")
    #expect(parameters.map(\.shape) == values.map(\.shape))
    for (parameter, value) in zip(parameters, values) { parameter.value = value }

    let (outputs, pullback) = layer.forward(
        inputs: inputs, Pass.training.masking(golden.tensors["mask"].map { [$0] } ?? []))
    #expect(outputs.map(\.shape.sample) == shapes)
    for (index, output) in outputs.enumerated() { try expect(output, "output\(index)") }
    #expect(outputs.count == layer.outputCount && golden.tensors["output\(outputs.count)"] == nil)
    let gradients = pullback(try numbered("weighting"))
    try expect(gradients[0], "gradient_x")
    for index in states.indices { try expect(gradients[index + 1], "gradient_state\(index)") }
    for (index, parameter) in parameters.enumerated() { try expect(parameter.gradient, "gradient_p\(index)") }
}
