import CognitronTesting

@testable import Cognitron

private let sequences: Shape = [3, 4, 2]

extension ConformanceCase {
    static let recurrent: [ConformanceCase] = [
        ConformanceCase("simple RNN, dropout, a state", sequences, [3, 3]) {
            SimpleRNN(3, dropout: 0.3, returnState: true)
        },
        ConformanceCase("LSTM, dropout, states", sequences, [3, 3], [3, 3]) {
            LSTM(3, dropout: 0.3, returnSequences: true, returnState: true)
        },
        ConformanceCase("GRU, dropout, backwards", sequences) {
            GRU(3, dropout: 0.3, returnSequences: true, returnState: true, goBackwards: true)
        },
        ConformanceCase("LSTM of many samples and odd units", [20, 3, 2]) { LSTM(13, returnSequences: true) },
        ConformanceCase("GRU of many samples, without bias", [20, 3, 2]) { GRU(9, useBias: false) },
        ConformanceCase("simple RNN, recurrent dropout", sequences) {
            SimpleRNN(3, recurrentDropout: 0.4, returnSequences: true)
        },
        ConformanceCase("LSTM, recurrent dropout", sequences) {
            LSTM(3, dropout: 0.2, recurrentDropout: 0.4, returnSequences: true)
        },
        ConformanceCase("GRU, recurrent dropout", sequences) { GRU(3, recurrentDropout: 0.4) },
        ConformanceCase("GRU, reset before, recurrent dropout", sequences) {
            GRU(3, dropout: 0.2, recurrentDropout: 0.4, resetAfter: false)
        },
        ConformanceCase("simple RNN cell", [4, 2], [4, 3]) { SimpleRNNCell(3, dropout: 0.2) },
        ConformanceCase("LSTM cell", [4, 2], [4, 3], [4, 3]) { LSTMCell(3) },
        ConformanceCase("GRU cell from zeros", [4, 2]) { GRUCell(3) },
        ConformanceCase("stacked cells", [4, 2]) { StackedRNNCells([LSTMCell(3), GRUCell(2)]) },
        ConformanceCase("a cell of one's own", sequences, [3, 2]) {
            LayerRegistry.register(LeakyCell.self)
            return RNN(LeakyCell(), returnSequences: true, returnState: true)
        },
        ConformanceCase("RNN of stacked cells with dropout", sequences) {
            RNN([LSTMCell(3, dropout: 0.3), GRUCell(2, recurrentDropout: 0.3)])
        },
        ConformanceCase("both directions, multiplied", sequences) {
            Bidirectional(RNN([SimpleRNNCell(2), GRUCell(3)], returnSequences: true), mergeMode: .mul)
        },
        ConformanceCase("both directions, states", sequences, [3, 2], [3, 2], [3, 2], [3, 2]) {
            Bidirectional(LSTM(2, returnState: true), mergeMode: nil)
        },
        ConformanceCase("convolutional LSTM of pictures", [2, 3, 3, 3, 2]) {
            ConvLSTM2D(
                2, kernelSize: 2, padding: .same, dropout: 0.2, recurrentDropout: 0.3, returnSequences: true)
        },
        ConformanceCase("convolutional LSTM of rows", [2, 3, 5, 2]) {
            ConvLSTM1D(2, kernelSize: 3, strides: 2, returnState: true)
        },
        ConformanceCase("every step's picture", [2, 3, 3, 3, 2]) {
            TimeDistributed(Conv2D(2, kernelSize: 2, activation: .tanh))
        },
        ConformanceCase("LSTM with attention", [2, 3, 2], [2, 4, 3]) { AttentionLSTM(5) },
        ConformanceCase("LSTM with attention, states, scores", [2, 3, 2], [2, 4, 3], [2, 5], [2, 5]) {
            AttentionLSTM(5, returnAttentionScores: true)
        },
    ]
}
