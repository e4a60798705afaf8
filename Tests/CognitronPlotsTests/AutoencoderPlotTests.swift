import Cognitron
import Testing

@testable import CognitronPlots

@Suite("Drawings of autoencoders")
struct AutoencoderPlotTests {
    /// Codes of so many numbers, of pictures of 2×2: their first pixels.
    private func autoencoder(codeSize: Int) throws -> Model {
        let encoder = Sequential(
            [Input(2, 2, 1), Flatten(), Dense(codeSize, useBias: false)], name: "encoder")
        let decoder = Sequential(
            [Input(codeSize), Dense(4, useBias: false), Reshape([2, 2, 1])], name: "decoder")
        let input = Input(2, 2, 1)
        let model = try Model(inputs: input, outputs: decoder(encoder(input)))
        let identity = (0..<4).flatMap { row in (0..<codeSize).map { Float($0 == row ? 1 : 0) } }
        let kernel = Tensor(identity, shape: [4, codeSize])
        (model.parameters[0].value, model.parameters[1].value) = (kernel, kernel.transposed)
        return model
    }

    private let pictures = Tensor.randomUniform([20, 2, 2, 1], seed: 1)

    @Test("Reconstructions have a picture and what is given back, with its error")
    func reconstructions() throws {
        let reader = try check(
            Plot.reconstructions(of: pictures[0..<10], by: autoencoder(codeSize: 3)))
        #expect(reader.images.count == 20)
        // The last pixel is lost.
        let lost = pictures[0].scalars[3]
        #expect(reader.contents.contains(Double(lost * lost / 4).significant(2)))
        let classifier = Sequential([Input(2, 2, 1), Flatten(), Dense(2)])
        try classifier.build([2, 2, 1])
        let error = try #require(throws: CognitronError.self) {
            try Plot.reconstructions(of: pictures, by: classifier)
        }
        #expect(error.problem == "does not give back its pictures")
    }

    @Test("A line of codes runs from one picture to the other")
    func interpolation() throws {
        let model = try autoencoder(codeSize: 4)
        let reader = try check(
            Plot.interpolation(
                between: [(pictures[0], pictures[1]), (pictures[2], pictures[3])], by: model, steps: 5))
        #expect(reader.images.count == 2 * (5 + 2))
        // With nothing lost, the ends are the pictures themselves.
        #expect(reader.images[0] == reader.images[1] && reader.images[5] == reader.images[6])
    }

    @Test("The plane is the latent space of two numbers, else that of the principal components")
    func plane() throws {
        let flat = try LatentPlane(of: autoencoder(codeSize: 2), pictures)
        #expect(flat.places == pictures.reshaped([20, 4]).slice(axis: 1, 0..<2))
        #expect(try flat.samples(at: [[0.25, 0.5]]) == Tensor([0.25, 0.5, 0, 0], shape: [1, 2, 2, 1]))
        let found = try LatentPlane(of: autoencoder(codeSize: 4), pictures)
        let components = try PrincipalComponents(of: pictures.reshaped([20, 4]))
        #expect(found.places.isClose(to: components.transform(pictures.reshaped([20, 4])), absolute: 1e-5))
        #expect(
            try found.samples(at: [[0, 0]]).isClose(
                to: components.mean.reshaped([1, 2, 2, 1]), absolute: 1e-5))
        let error = try #require(throws: CognitronError.self) {
            try LatentPlane(of: autoencoder(codeSize: 1), pictures)
        }
        #expect(error.expected == "codes of two numbers or more")
        let wide = try #require(throws: CognitronError.self) {
            try PrincipalComponents(of: .zeros([2, 10_001]))
        }
        #expect(wide.advice == "name a layer with fewer outputs")
        let unknown = try #require(throws: CognitronError.self) {
            try LatentPlane(of: autoencoder(codeSize: 2), pictures * .nan)
        }
        #expect(unknown.description.contains("not finite"))
    }

    @Test("The map is one picture; codes have a colour for each class")
    func map() throws {
        let model = try autoencoder(codeSize: 2)
        #expect(try check(Plot.latentGrid(of: pictures, by: model, count: 5)).images.count == 1)
        let labels = Tensor((0..<20).map { $0 % 2 })
        let reader = try check(
            Plot.latent(of: pictures, labels: labels, classNames: ["even", "odd"], by: model))
        #expect(reader.contents.contains("even") && reader.contents.contains("odd"))
    }
}
