import CognitronTesting

@testable import Cognitron

private let query: Shape = [2, 4, 6]
private let value: Shape = [2, 5, 3]

extension ConformanceCase {
    static let attention: [ConformanceCase] = [
        ConformanceCase("attention", query, [2, 5, 6]) { Attention() },
        ConformanceCase("attention with scale and dropout, causal", query, [2, 5, 6]) {
            Attention(useScale: true, dropout: 0.3, useCausalMask: true)
        },
        ConformanceCase("attention by sums, with key and scores", query, value, [2, 5, 6]) {
            Attention(useScale: true, scoreMode: .concat, returnAttentionScores: true)
        },
        ConformanceCase("additive attention", query, value, [2, 5, 6]) { AdditiveAttention(dropout: 0.2) },
        ConformanceCase("additive attention without scale", query, [2, 5, 6]) {
            AdditiveAttention(useScale: false, useCausalMask: true)
        },
        ConformanceCase("multi-head attention", query, value) {
            MultiHeadAttention(numHeads: 2, keyDim: 3, valueDim: 2)
        },
        ConformanceCase("multi-head attention, causal, in a window, gated", query, query) {
            MultiHeadAttention(
                numHeads: 2, keyDim: 4, slidingWindow: 2, useGate: true, useCausalMask: true)
        },
        ConformanceCase("multi-head attention, dropout, scores, key", query, value, [2, 5, 4]) {
            MultiHeadAttention(
                numHeads: 3, keyDim: 2, dropout: 0.3, useBias: false, outputShape: 5,
                returnAttentionScores: true)
        },
        ConformanceCase("grouped attention", query, value) {
            GroupQueryAttention(headDim: 3, numQueryHeads: 4, numKeyValueHeads: 2, dropout: 0.2)
        },
    ]
}
