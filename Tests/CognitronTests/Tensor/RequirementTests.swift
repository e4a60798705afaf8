import Cognitron
import Testing

@Suite("What only code can do wrong stops the program with a message, in optimised builds too")
struct RequirementTests {
    @Test("A sum of shapes that do not combine")
    func sum() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]) + Tensor.ones([2])
        }
        expectMessage(result, "shapes 2 × 3 and 2 do not combine: sizes differ and neither is 1")
    }

    @Test("Another shape of another count")
    func reshaped() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).reshaped([4])
        }
        expectMessage(result, "a tensor of shape 2 × 3 cannot become 4: the element counts differ")
    }

    @Test("A product of matrices that do not fit")
    func matmul() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).matmul(Tensor.ones([2, 3]))
        }
        expectMessage(result, "matmul of shapes 2 × 3 and 2 × 3: the inner sizes 3 and 2 differ")
    }

    @Test("A loss of a label that is no class")
    func label() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Loss.sparseCategoricalCrossentropy([[0.5, 0.5]], [2])
        }
        expectMessage(result, "is not one of the model's classes; expected a whole number from 0 to 1, got 2")
    }

    @Test("A model run on inputs of another shape")
    func model() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Sequential {
                Input(4)
                Dense(2)
            }
            try model.compile(optimizer: SGD(), loss: .meanSquaredError)
            _ = model.forward(Tensor.ones([1, 5]), .inference)
        }
        expectMessage(result, "the data do not fit the model; expected samples of shape 4, got 5")
    }
}
