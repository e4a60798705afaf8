import Testing

@testable import Cognitron

@Suite("Attention gives what Keras's gives")
struct AttentionGoldenTests {
    private struct Arguments: Decodable {
        var layer: String
        var useScale: Bool?
        var scoreMode: Attention.ScoreMode?
        var numHeads, keyDim, valueDim, outputShape, slidingWindow: Int?
        var headDim, numQueryHeads, numKeyValueHeads: Int?
        var attentionAxes: [Int]?
        var useBias, useGate, useCausalMask, returnAttentionScores: Bool?

        var made: any AnyLayer {
            let (causal, scores) = (useCausalMask ?? false, returnAttentionScores ?? false)
            return switch layer {
            case "Attention":
                Attention(
                    useScale: useScale ?? false, scoreMode: scoreMode ?? .dot, useCausalMask: causal,
                    returnAttentionScores: scores)
            case "AdditiveAttention": AdditiveAttention(useScale: useScale ?? true)
            case "MultiHeadAttention":
                MultiHeadAttention(
                    numHeads: numHeads ?? 0, keyDim: keyDim ?? 0, valueDim: valueDim,
                    useBias: useBias ?? true,
                    outputShape: outputShape, attentionAxes: attentionAxes, slidingWindow: slidingWindow,
                    useGate: useGate ?? false,
                    useCausalMask: causal, returnAttentionScores: scores)
            default:
                GroupQueryAttention(
                    headDim: headDim ?? 0, numQueryHeads: numQueryHeads ?? 0,
                    numKeyValueHeads: numKeyValueHeads ?? 0, useGate: useGate ?? false, useCausalMask: causal)
            }
        }
    }

    @Test("Scores, heads, groups, gates, masks, windows", arguments: try GoldenCase.all("attention"))
    func layers(_ golden: GoldenCase) throws {
        let layer = try golden.configuration(Arguments.self).made
        let inputs = try (0..<3).filter { golden.tensors["x\($0)"] != nil }.map { try golden["x\($0)"] }
        var context = BuildContext(path: "attention")
        let shapes = try layer.build(inputs: inputs.map(\.shape.sample), &context)
        let parameters = layer.namedParameters(path: "")
        #expect(parameters.count == golden.tensors.keys.filter { $0.hasPrefix("parameter:") }.count)
        for (path, parameter) in parameters { parameter.value = try golden["parameter:\(path)"] }

        let masks = [golden.tensors["query_mask"], golden.tensors["value_mask"]]
        let (outputs, pullback) = layer.forward(inputs: inputs, Pass.inference.masking(masks))
        #expect(outputs.map(\.shape.sample) == shapes)
        for (index, output) in outputs.enumerated() {
            expectClose(output, try golden["output\(index)"], "output \(index)")
        }
        let gradients = pullback(try outputs.indices.map { try golden["weighting\($0)"] })
        for (index, gradient) in gradients.enumerated() {
            expectClose(gradient, try golden["gradient:x\(index)"], "gradient of input \(index)")
        }
        for (path, parameter) in parameters {
            // The key's bias moves all scores of a query alike: its gradient is zero but for rounding.
            let tolerance: Float? = path == "key/bias" ? 1e-5 : nil
            expectClose(parameter.gradient, try golden["gradient:\(path)"], path, absolute: tolerance)
        }
    }
}
