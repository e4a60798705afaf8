import Testing

@testable import Cognitron

@Suite("A stack of transformer blocks gives what PyTorch's nn.Transformer gives")
struct TorchTransformerGoldenTests {
    private struct Arguments: Decodable {
        var normalizeFirst: Bool
    }

    /// Two blocks a side and a normalisation after each side, as nn.Transformer has them.
    private static func model(_ arguments: Arguments) throws -> Model {
        let (source, target) = (Input(nil, 6), Input(nil, 6))
        var memory = source.symbolic
        for _ in 0..<2 {
            memory = TransformerEncoder(
                intermediateDim: 7, numHeads: 2, normalizeFirst: arguments.normalizeFirst)(memory)
        }
        memory = LayerNormalization(epsilon: 1e-5)(memory)
        var x = target.symbolic
        for _ in 0..<2 {
            x = TransformerDecoder(
                intermediateDim: 7, numHeads: 2, normalizeFirst: arguments.normalizeFirst)(x, memory)
        }
        return try Model(inputs: [source, target], outputs: [LayerNormalization(epsilon: 1e-5)(x)])
    }

    @Test("Output and all gradients", arguments: try GoldenCase.all("torch_transformer"))
    func equalsTorch(_ golden: GoldenCase) throws {
        let model = try Self.model(golden.configuration())
        let parameters = model.namedParameters
        #expect(parameters.count == golden.tensors.keys.filter { $0.hasPrefix("parameter:") }.count)
        for (path, parameter) in parameters { parameter.value = try golden["parameter:\(path)"] }

        let pass = Pass.inference.masking([try golden["mask"], nil])
        let (outputs, pullback) = model.forward(inputs: [try golden["source"], try golden["target"]], pass)
        expectClose(outputs[0], try golden["output"], "output")
        let gradients = pullback([try golden["weighting"]])
        // What a masked step of the source gives is read by none, so its gradient is zero on both sides.
        expectClose(gradients[0], try golden["gradient:source"], "gradient of the source")
        expectClose(gradients[1], try golden["gradient:target"], "gradient of the target")
        for (path, parameter) in parameters {
            // The key's bias moves all scores of a query alike: its gradient is zero but for rounding.
            let tolerance: Float? = path.hasSuffix("key/bias") ? 1e-4 : nil
            expectClose(parameter.gradient, try golden["gradient:\(path)"], path, absolute: tolerance)
        }
    }
}
