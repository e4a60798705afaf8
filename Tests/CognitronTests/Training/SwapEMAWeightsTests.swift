import Testing

@testable import Cognitron

@Suite("SwapEMAWeights")
struct SwapEMAWeightsTests {
    private let x = Tensor.randomNormal([12, 2], seed: 1)
    private let y = Tensor.randomNormal([12, 1], seed: 2)

    private func model(useEma: Bool = true) throws -> Model {
        let model = Sequential([Input(2), Dense(1)])
        try model.compile(
            optimizer: SGD(learningRate: 0.1, useEma: useEma, emaMomentum: 0.5), loss: .meanSquaredError,
            seed: 1)
        return model
    }

    @Test("The averages are measured and saved, and training goes on with the weights")
    func swaps() throws {
        let folder = try TemporaryFolder()
        // fit ends with the averages in the model.
        let averages = try (1...2).map { epochs in
            let model = try model()
            try model.fit(x, y, batchSize: 4, epochs: epochs, verbose: .silent)
            return model
        }
        let (plain, swapped) = (try model(), try model())
        let plainHistory = try plain.fit(
            x, y, batchSize: 4, epochs: 2, validationData: (x, y), verbose: .silent)
        let history = try swapped.fit(
            x, y, batchSize: 4, epochs: 2, validationData: (x, y),
            callbacks: [SwapEMAWeights(swapOnEpoch: true), ModelCheckpoint(folder.file("{epoch}"))],
            verbose: .silent)
        #expect(history.loss == plainHistory.loss, "the training is the same")
        #expect(history["val_loss"] != plainHistory["val_loss"])
        #expect(try history["val_loss"] == averages.map { try $0.evaluate(x, y).loss })
        #expect(swapped.parameters.map(\.value) == averages[1].parameters.map(\.value))
        for (index, model) in averages.enumerated() {
            let saved = try Model.load(folder.file("\(index + 1)")) as Model
            #expect(try saved.predict(x) == model.predict(x))
        }
    }

    @Test("evaluate and predict use the averages, and leave the weights as they were")
    func measures() throws {
        let model = try model()
        for _ in 0..<3 { try model.trainOnBatch(x, y) }
        let before = model.parameters.map(\.value)
        let own = (try model.evaluate(x, y), try model.predict(x))
        let averaged = (
            try model.evaluate(x, y, callbacks: [SwapEMAWeights()]),
            try model.predict(x, callbacks: [SwapEMAWeights()])
        )
        #expect(averaged.0 != own.0 && averaged.1 != own.1)
        #expect(model.parameters.map(\.value) == before)
        model.trainer?.finalizeWeights()
        #expect(try model.evaluate(x, y) == averaged.0 && model.predict(x) == averaged.1)
    }

    @Test("An optimizer without averages is refused")
    func refused() throws {
        let model = try model(useEma: false)
        let text = errorText { try model.fit(x, y, callbacks: [SwapEMAWeights()], verbose: .silent) }
        #expect(
            text.contains("SGD keeps no averages of the weights; expected an optimizer with useEma: true"))
    }
}
