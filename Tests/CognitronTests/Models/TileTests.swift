import Cognitron
import Testing

@Suite("Pictures of any size in tiles")
struct TileTests {
    private func network(_ input: Input, _ padding: Padding) throws -> Model {
        let model = Sequential {
            input
            Conv2D(3, kernelSize: 3, padding: padding, activation: .tanh)
            Conv2D(2, kernelSize: 3, padding: padding)
        }
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 3)
        return model
    }

    @Test(
        "Without padding they give what the mirrored picture gives as a whole",
        arguments: [(20, 25), (5, 7), (1, 3), (6, 6), (12, 12)])
    func unpadded(_ height: Int, _ width: Int) throws {
        let model = try network(Input(10, 10, 1), .valid)
        let picture = Tensor.randomUniform([height, width, 1], seed: 1)
        let answer = try model.predict(tilesOf: picture, batchSize: 3)
        #expect(answer.shape == [height, width, 2])

        func mirrored(_ size: Int) -> [Int] {
            (-2..<size + 2).map { place in
                var place = place
                while !(0..<size).contains(place) {
                    place = size == 1 ? 0 : place < 0 ? -place : 2 * (size - 1) - place
                }
                return place
            }
        }
        let whole = try network(Input(nil, nil, 1), .valid)
        for (own, other) in zip(whole.parameters, model.parameters) { own.value = other.value }
        let framed = picture.gathering(mirrored(height), axis: 0).gathering(mirrored(width), axis: 1)
        let expected = try whole.predict(Tensor.stacked([framed]))[0]
        #expect(answer.isClose(to: expected, absolute: 1e-5))
    }

    @Test("With padding the margin hides it: inside the picture they give what the whole gives")
    func padded() throws {
        let model = try network(Input(12, 16, 1), .same)
        let picture = Tensor.randomUniform([30, 21, 1], seed: 2)
        let answer = try model.predict(tilesOf: picture, margin: 2)
        let whole = try network(Input(nil, nil, 1), .same)
        for (own, other) in zip(whole.parameters, model.parameters) { own.value = other.value }
        let expected = try whole.predict(Tensor.stacked([picture]))[0]
        func inner(_ x: Tensor) -> Tensor { x.slice(axis: 0, 2..<28).slice(axis: 1, 2..<19) }
        #expect(inner(answer).isClose(to: inner(expected), absolute: 1e-5))
        // A network with free axes is told the tiles.
        let told = try whole.predict(tilesOf: picture, tileSize: (height: 12, width: 16), margin: 2)
        #expect(told.isClose(to: answer, absolute: 1e-6))
    }

    @Test("Networks and margins that do not fit are refused")
    func refusals() throws {
        let picture = Tensor.zeros([4, 4, 1])
        let model = try network(Input(8, 8, 1), .same)
        #expect(throws: CognitronError.self) { try model.predict(tilesOf: picture, margin: 4) }
        #expect(throws: CognitronError.self) { try model.predict(tilesOf: Tensor.zeros([1, 4, 4, 1])) }
        #expect(throws: CognitronError.self) { try model.predict(tilesOf: Tensor.zeros([4, 4, 3])) }
        let free = try network(Input(nil, nil, 1), .same)
        let error = #expect(throws: CognitronError.self) { try free.predict(tilesOf: picture) }
        #expect(error?.advice == "give the tileSize")
    }
}
