import Testing

@testable import Cognitron

@Suite("Core and preprocessing layers give what Keras's give")
struct CoreGoldenTests {
    @Test(
        "Embedding, EinsumDense, Masking, Rescaling and the encoders", arguments: try GoldenCase.all("core"))
    func layers(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var layer: String
            var inputDim: Int?
            var outputDim: Int?
            var equation: String?
            var outputShape: [Int?]?
            var biasAxes: String?
            var activation: String?
            var maskValue: Float?
            var scale: Float?
            var offset: Float?
            var binBoundaries: [Float]?
            var outputMode: String?
            var numTokens: Int?
        }
        let a = try golden.configuration(Arguments.self)
        let modes: [String: OutputMode] = [
            "int": .int, "multi_hot": .multiHot, "one_hot": .oneHot, "count": .count,
        ]
        let layer: any AnyLayer =
            switch a.layer {
            case "Embedding": Embedding(try #require(a.inputDim), try #require(a.outputDim))
            case "EinsumDense":
                EinsumDense(
                    try #require(a.equation), outputShape: try #require(a.outputShape),
                    activation: try a.activation.map(ActivationFunction.init(keras:)) ?? .linear,
                    biasAxes: a.biasAxes)
            case "Masking": Masking(maskValue: try #require(a.maskValue))
            case "Rescaling": Rescaling(try #require(a.scale), offset: try #require(a.offset))
            case "Discretization": Discretization(binBoundaries: try #require(a.binBoundaries))
            default:
                CategoryEncoding(
                    try #require(a.numTokens), outputMode: try #require(modes[a.outputMode ?? ""]))
            }
        try expectGolden(layer, golden, tolerance: 2e-6)
    }

    @Test(
        "Normalization and Discretization adapt to data as Keras's", arguments: try GoldenCase.all("adapting")
    )
    func adapting(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var layer: String
            var axes: [Int]?
            var invert: Bool?
            var numBins: Int?
            var epsilon: Double?
        }
        let a = try golden.configuration(Arguments.self)
        if a.layer == "Normalization" {
            let layer = Normalization(axes: try #require(a.axes), invert: try #require(a.invert))
            try layer.adapt(try golden["data"])
            expectClose(try output(of: layer, try golden["x"]), try golden["output"], "output")
        } else {
            let layer = Discretization(numBins: try #require(a.numBins), epsilon: try #require(a.epsilon))
            try layer.adapt(try golden["data"])
            expectClose(layer.boundaries.value, try golden["boundaries"], "boundaries", absolute: 1e-5)
            #expect(try output(of: layer, try golden["x"]) == golden["output"])
        }
    }
}
