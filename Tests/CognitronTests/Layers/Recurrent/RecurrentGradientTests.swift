import Testing

@testable import Cognitron

/// Without masks they are among the conformance cases.
@Suite("Gradients of masked sequences equal finite differences")
struct RecurrentGradientTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let make: @Sendable () -> any AnyLayer
        var shapes: [Shape] = [[3, 4, 2]]
        let mask: Tensor
    }

    private static let mask: Tensor = [[0, 1, 1, 0], [1, 0, 1, 1], [0, 0, 0, 0]]

    static let cases: [Case] = [
        Case(
            testDescription: "simple RNN, dropout, a state, masked",
            make: { SimpleRNN(3, dropout: 0.3, returnState: true) }, shapes: [[3, 4, 2], [3, 3]], mask: mask),
        Case(
            testDescription: "LSTM, dropout, states, masked",
            make: { LSTM(3, dropout: 0.3, returnSequences: true, returnState: true) },
            shapes: [[3, 4, 2], [3, 3], [3, 3]], mask: mask),
        Case(
            testDescription: "GRU, dropout, a state, masked",
            make: { GRU(3, dropout: 0.3, returnSequences: true, returnState: true, goBackwards: true) },
            shapes: [[3, 4, 2], [3, 3]], mask: mask),
        Case(
            testDescription: "a cell of one's own, masked",
            make: { RNN(LeakyCell(), returnSequences: true, returnState: true) },
            shapes: [[3, 4, 2], [3, 2]], mask: mask),
        Case(
            testDescription: "both directions, stacked cells, masked",
            make: {
                Bidirectional(RNN([SimpleRNNCell(2), GRUCell(3)], returnSequences: true), mergeMode: .mul)
            }, mask: mask),
        Case(
            testDescription: "convolutional LSTM, dropout, masked",
            make: {
                ConvLSTM2D(
                    2, kernelSize: 2, padding: .same, dropout: 0.2, recurrentDropout: 0.3,
                    returnSequences: true)
            }, shapes: [[2, 3, 3, 3, 2]], mask: [[1, 0, 1], [0, 1, 1]]),
    ]

    @Test("of every layer", arguments: cases)
    func layers(_ one: Case) throws {
        let inputs = one.shapes.enumerated().map {
            Tensor.randomNormal($1, key: RandomKey(seed: 5).folding($0))
        }
        for pass in [Pass.training, .inference] {
            let report = try GradientChecker.check(
                one.make(), inputs: inputs, pass: pass.masking([one.mask]), step: 0.01)
            #expect(report.largestError < 5e-3, "\(report)")
        }
    }
}

/// h′ = decay · h + x, the output h′², with a factor for each unit.
final class LeakyCell: RecurrentCell, Codable {
    var name: String? { nil }
    let decay = Parameter()
    var parameters: [Parameter] { [decay] }
    var stateCount: Int { 1 }

    init() {}
    init(from decoder: any Decoder) throws {}
    func encode(to encoder: any Encoder) throws {}

    func stateShapes(_ input: Shape) -> [Shape] { [input] }

    func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try context.declare(decay, "decay", inputs[0], .randomUniform(minimum: -1, maximum: 1))
        return [inputs[0], inputs[0]]
    }

    func forward(inputs: consuming [Tensor], _ pass: Pass) -> (outputs: [Tensor], pullback: MultiPullback) {
        let (x, h, factor) = (inputs[0], inputs[1], decay.value)
        let next = h * factor + x
        return (
            [next.squared, next],
            { [decay] gradients in
                let gradient = gradients[0] * next * 2 + gradients[1]
                decay.accumulate((gradient * h).sum(axis: 0))
                return [gradient, gradient * factor]
            }
        )
    }
}
