import CognitronTesting
import Testing

@testable import Cognitron

/// A layer with inputs, for the checks that every layer must pass.
struct ConformanceCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let make: @Sendable () throws -> any AnyLayer
    let inputs: [Tensor]
    let excluded: Set<ConformanceCheck>
    let inputsHaveGradients: Bool
    let step: Float
    let tolerance: Float

    /// - Parameters:
    ///   - inputs: numbers of the case's own, for layers that want tokens, say.
    init(
        _ description: String, inputs: [Tensor], inputsHaveGradients: Bool = true,
        excluding excluded: Set<ConformanceCheck> = [], step: Float = 0.01, tolerance: Float = 5e-3,
        make: @escaping @Sendable () throws -> any AnyLayer
    ) {
        testDescription = description
        self.inputs = inputs
        self.inputsHaveGradients = inputsHaveGradients
        self.excluded = excluded
        self.step = step
        self.tolerance = tolerance
        self.make = make
    }

    /// On normal random numbers.
    init(
        _ description: String, _ shapes: Shape..., excluding excluded: Set<ConformanceCheck> = [],
        step: Float = 0.01, tolerance: Float = 5e-3, make: @escaping @Sendable () throws -> any AnyLayer
    ) {
        let inputs = shapes.enumerated().map {
            Tensor.randomNormal($1, key: RandomKey(seed: 5).folding($0))
        }
        self.init(
            description, inputs: inputs, excluding: excluded, step: step, tolerance: tolerance, make: make)
    }

    /// On numbers that are all different and none of them zero, by 0.02 or more: for layers with kinks, which
    /// choose among their inputs or look at their signs.
    static func choosing(
        _ description: String, _ shape: Shape, excluding excluded: Set<ConformanceCheck> = [],
        make: @escaping @Sendable () throws -> any AnyLayer
    ) -> ConformanceCase {
        let order = Tensor.randomUniform(shape, seed: 3).scalars.enumerated().sorted {
            $0.element < $1.element
        }
        var numbers = [Float](repeating: 0, count: order.count)
        for (rank, place) in order.enumerated() {
            numbers[place.offset] = 0.02 * (Float(rank - order.count / 2) + 0.5)
        }
        return ConformanceCase(
            description, inputs: [Tensor(numbers, shape: shape)], excluding: excluded, step: 0.002, make: make
        )
    }

    /// All cases, family by family. Each registered layer has one at least.
    static let all: [ConformanceCase] = [
        core, activations, attention, convolution, pooling, normalization, recurrent, regularization,
        regionsOfImages, reshaping,
        merging, preprocessing, augmentation, models,
    ].flatMap { $0 }
}
