import Testing

@testable import Cognitron

@Suite("The layers of LeNet-5")
struct LeNetLayerTests {
    @Test("Sub-sampling begins as the mean, and scales and shifts the sum of a window")
    func subsampling() throws {
        let layer = Subsampling2D()
        let model = Sequential([Input(2, 4, 1), layer])
        let x = Tensor([1, 2, 5, 6, 3, 4, 7, 8], shape: [1, 2, 4, 1])
        #expect(try model.predict(x).scalars == [2.5, 6.5])
        layer.parameters[0].value = [2]
        layer.parameters[1].value = [1]
        #expect(try model.predict(x).scalars == [21, 53])
    }

    @Test("A table of all connections is a convolution; a missing one is a weight of zero")
    func connections() throws {
        let x = Tensor.randomNormal([2, 5, 4, 3], seed: 1)
        let map = ConvolutionMap2D([[0, 1, 2], [0, 2]], kernelSize: 2)
        let convolution = Conv2D(2, kernelSize: 2)
        let (a, b) = (Sequential([Input(5, 4, 3), map]), Sequential([Input(5, 4, 3), convolution]))
        _ = (try a.predict(x), try b.predict(x))
        #expect(map.parameters[0].shape == [2, 2, 5])
        // Connections in the order (filter, channel): (0, 0) (0, 1) (0, 2) (1, 0) (1, 2).
        var kernel = Tensor.zeros([2, 2, 3, 2])
        for (place, (filter, channel)) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 2)].enumerated() {
            let weights = map.parameters[0].value.slice(axis: 2, place)
            for row in 0..<2 {
                for column in 0..<2 { kernel[row, column, channel, filter] = weights[row, column] }
            }
        }
        convolution.kernel.value = kernel
        let difference = (try a.predict(x) - b.predict(x)).map(abs).max()
        #expect(difference < 1e-5)
    }

    @Test(
        "Connections must name channels that are there, once each",
        arguments: [[[0, 3]], [[1, 1]], [[]], []])
    func badConnections(_ table: [[Int]]) {
        let layer = ConvolutionMap2D(table, kernelSize: 2)
        #expect(throws: CognitronError.self) {
            try Sequential([Input(5, 4, 3), layer]).predict(Tensor.zeros([1, 5, 4, 3]))
        }
    }

    @Test("The nearest centre has the largest output")
    func radialBasis() throws {
        let model = Sequential([Input(2), RadialBasis(centres: [[1, 0], [0, 0], [3, 4]])])
        let x = Tensor([1, 0, 3, 4], shape: [2, 2])
        #expect(try model.predict(x).scalars == [0, -1, -20, -20, -25, 0])
        #expect(throws: CognitronError.self) {
            try Sequential([Input(3), RadialBasis(centres: [[1, 0]])]).predict(Tensor.zeros([1, 3]))
        }
    }

    @Test("The scaled tangent is 1 at 1 and −1 at −1, and flat beyond")
    func scaledTanh() {
        let y = ActivationFunction.scaledTanh(Tensor([1, -1, 0, 100])).scalars
        #expect(abs(y[0] - 1) < 1e-4 && abs(y[1] + 1) < 1e-4 && y[2] == 0 && abs(y[3] - 1.7159) < 1e-4)
    }
}
