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
        ConformanceCase(
            "multi-head attention, images, along rows, penalty, gate", [2, 2, 3, 4], [2, 2, 2, 4]
        ) {
            MultiHeadAttention(
                numHeads: 2, keyDim: 3, dropout: 0.2, attentionAxes: 2, activityRegularizer: .l2(0.1),
                useGate: true, seed: 4, returnAttentionScores: true)
        },
        ConformanceCase("multi-head attention, images, along all", [2, 2, 3, 4], [2, 2, 2, 4]) {
            MultiHeadAttention(numHeads: 2, keyDim: 3, outputShape: 3)
        },
        ConformanceCase("grouped attention", query, value) {
            GroupQueryAttention(headDim: 3, numQueryHeads: 4, numKeyValueHeads: 2, dropout: 0.2)
        },
        ConformanceCase("transformer encoder", query) {
            TransformerEncoder(intermediateDim: 5, numHeads: 2, dropout: 0.2, activation: .gelu)
        },
        ConformanceCase("transformer encoder, normalised first", query) {
            TransformerEncoder(intermediateDim: 5, numHeads: 3, activation: .tanh, normalizeFirst: true)
        },
        ConformanceCase("transformer decoder alone", query) {
            TransformerDecoder(intermediateDim: 5, numHeads: 2, activation: .gelu, normalizeFirst: true)
        },
        ConformanceCase("transformer decoder after an encoder", query, value) {
            TransformerDecoder(intermediateDim: 5, numHeads: 2, dropout: 0.2, activation: .tanh)
        },
    ]
}
