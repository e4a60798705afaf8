import Testing

@testable import Cognitron

@Suite("Transformer blocks give what KerasHub's give")
struct TransformerGoldenTests {
    private struct Arguments: Decodable {
        var decoder: Bool
        var intermediateDim, numHeads: Int
        var activation: String?
        var normalizeFirst: Bool?

        var made: any AnyLayer {
            get throws {
                let activation = try ActivationFunction(keras: activation ?? "relu")
                let first = normalizeFirst ?? false
                return decoder
                    ? TransformerDecoder(
                        intermediateDim: intermediateDim, numHeads: numHeads, activation: activation,
                        normalizeFirst: first)
                    : TransformerEncoder(
                        intermediateDim: intermediateDim, numHeads: numHeads, activation: activation,
                        normalizeFirst: first)
            }
        }
    }

    @Test(
        "Encoder and decoder, masks, cross-attention, both places of norms",
        arguments: try GoldenCase.all("transformers"))
    func blocks(_ golden: GoldenCase) throws {
        let layer = try golden.configuration(Arguments.self).made
        let inputs = try ["x0", "x1"].filter { golden.tensors[$0] != nil }.map { try golden[$0] }
        var context = BuildContext(path: "block")
        #expect(try layer.build(inputs: inputs.map(\.shape.sample), &context) == [inputs[0].shape.sample])
        let parameters = layer.namedParameters(path: "")
        #expect(parameters.count == golden.tensors.keys.filter { $0.hasPrefix("parameter:") }.count)
        for (path, parameter) in parameters { parameter.value = try golden["parameter:\(path)"] }

        let masks = [golden.tensors["mask0"], golden.tensors["mask1"]]
        let (outputs, pullback) = layer.forward(inputs: inputs, Pass.inference.masking(masks))
        expectClose(outputs[0], try golden["output"], "output")
        for (index, gradient) in pullback([try golden["weighting"]]).enumerated() {
            expectClose(gradient, try golden["gradient:x\(index)"], "gradient of input \(index)")
        }
        for (path, parameter) in parameters {
            // The key's bias moves all scores of a query alike: its gradient is zero but for rounding.
            let tolerance: Float? = path.hasSuffix("key/bias") ? 1e-5 : nil
            expectClose(parameter.gradient, try golden["gradient:\(path)"], path, absolute: tolerance)
        }
    }
}
