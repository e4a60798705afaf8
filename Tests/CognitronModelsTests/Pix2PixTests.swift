import Cognitron
import CognitronModels
import Foundation
import Testing

@Suite("pix2pix's networks are the paper's")
struct Pix2PixTests {
    @Test("The published discriminator's logits see 70×70 pixels, 8 apart")
    func patches() throws {
        let field = try #require(patchDiscriminator(filters: 2, layers: 3).receptiveField())
        #expect(field.size == [70, 70])
        #expect(try patchDiscriminator().outputShape == [14, 14, 1])
        let published = try patchDiscriminator(filters: 1, layers: 3, inputShape: [256, 256, 3])
        #expect(published.outputShape == [30, 30, 1])
    }

    @Test("The encoder halves pictures until one pixel is left, and no more than eight times")
    func levels() throws {
        for (size, last) in [(32, "down5"), (64, "down6"), (256, "down8"), (512, "down8")] {
            let model = try pix2pixGenerator(filters: 1, inputShape: [size, size, 1])
            #expect(model.outputShape == [size, size, 3])
            let convolutions = model.layers.compactMap(\.name).filter { $0.hasPrefix("down") }
            #expect(convolutions.last == "\(last).conv")
        }
        #expect(
            try pix2pixGenerator(filters: 2, levels: 2, inputShape: [12, 20, 3]).outputShape == [12, 20, 3])
    }

    @Test("Pictures that cannot be halved so often are refused with the sizes that can")
    func refusals() throws {
        let odd = #expect(throws: CognitronError.self) { try pix2pixGenerator(inputShape: [100, 64, 3]) }
        #expect(odd?.kind == .shape && odd?.expected?.contains("multiples of 16") == true)
        let few = #expect(throws: CognitronError.self) { try pix2pixGenerator(levels: 1) }
        #expect(few?.description.contains("too few levels") == true)
        let small = #expect(throws: CognitronError.self) { try patchDiscriminator(inputShape: [8, 8, 3]) }
        #expect(small?.description.contains("at least 12 × 12") == true)
        #expect(throws: CognitronError.self) { try patchDiscriminator(layers: 0) }
    }

    @Test("With the same weights they give what PyTorch's do, to 1e-4")
    func peers() throws {
        let file = try #require(
            Bundle.module.url(forResource: "pix2pix", withExtension: "json", subdirectory: "Fixtures"))
        let expected = try JSONDecoder().decode([String: [Float]].self, from: Data(contentsOf: file))
        let pictures = Tensor(Numbers(of: "pictures", count: 2 * 64 * 64 * 6).map { $0 + 0.5 })
            .reshaped([2, 64, 64, 6])
        let (first, second) = (pictures.slice(axis: 3, 0..<3), pictures.slice(axis: 3, 3..<6))

        let generator = try pix2pixGenerator(dropout: 0)
        prepare(generator, [first])
        let made = try generator.predict(first).scalars
        let kept = stride(from: 0, to: made.count, by: 61).map { made[$0] }
        #expect(Tensor(kept).maximumDifference(from: Tensor(try #require(expected["generator"]))) < 1e-4)

        let discriminator = try patchDiscriminator()
        prepare(discriminator, [first, second])
        let logits = try discriminator.predict([first, second])[0]
        let wanted = Tensor(try #require(expected["discriminator"]), shape: logits.shape)
        #expect(logits.maximumDifference(from: wanted) < 1e-4)
    }

    /// Sets the weights by the formula of the fixtures, and the statistics to those of the batch.
    private func prepare(_ model: Model, _ inputs: [Tensor]) {
        for parameter in model.parameters {
            let path = parameter.name.split(separator: "/").map(String.init)
            let (layer, own) = (path[path.count - 2], path[path.count - 1])
            let shape = parameter.shape
            guard !parameter.isStatistic else {
                parameter.value = .zeros(shape)
                continue
            }
            let name = "\(layer).\(["bias", "beta"].contains(own) ? "bias" : "weight")"
            let numbers = Tensor(Array(Numbers(of: name, count: shape.elementCount)))
            if shape.rank == 4 {
                // PyTorch has (out, in, KH, KW), transposed (in, out, KH, KW): ours from the end.
                let scale = (24 / Float(shape.dropLast().reduce(1, *))).squareRoot()
                parameter.value =
                    (numbers * scale).reshaped([shape[3], shape[2], shape[0], shape[1]]).permuted([
                        2, 3, 1, 0,
                    ])
            } else {
                parameter.value = own == "gamma" ? numbers * 0.4 + 1 : numbers * 0.2
            }
        }
        _ = model.forward(inputs: inputs, .training)
        // A step moves them from 0 by a tenth of the way.
        for parameter in model.parameters where parameter.isStatistic { parameter.value *= 10 }
    }

    @Test("As in training, each run drops others: the paper's noise")
    func dropout() throws {
        let model = try pix2pixGenerator(filters: 4, inputShape: [32, 32, 3])
        let x = Tensor.randomUniform([2, 32, 32, 3], in: 0..<1, seed: 3)
        let (a, b) = (model.forward(x, .training).output, model.forward(x, .training).output)
        #expect(a != b)
        #expect(try model.predict(x) == model.predict(x))
    }

    @Test("Their gradients agree with finite differences", arguments: ["generator", "discriminator"])
    func gradients(_ name: String) throws {
        let shape: Shape = [16, 16, 3]
        let model: Model
        if name == "generator" {
            model = try pix2pixGenerator(filters: 2, levels: 3, dropout: 0.3, inputShape: shape)
        } else {
            let input = Input(shape: shape)
            model = try Model(
                inputs: input,
                outputs: patchDiscriminator(filters: 2, layers: 1, inputShape: shape)(input, input))
        }
        let x = Tensor.randomUniform(shape.batched(8), in: 0..<1, seed: 3)
        let report = try GradientChecker.check(model, input: x, directions: 8)
        #expect(report.findings.count == 1 + model.allParameters.filter(\.isTrainable).count)
        #expect(report.largestError < 0.1, "\(report)")
        // The estimates are no zeros, which would agree with anything small.
        let sizes = report.findings.map { abs($0.estimate) }.sorted()
        #expect(sizes[sizes.count / 2] > 1e-4, "\(report)")
    }
}
