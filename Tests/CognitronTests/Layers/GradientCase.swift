import Foundation
import Testing

@testable import Cognitron

/// A layer and the shapes of its inputs, whose backward pass is compared with finite differences.
struct GradientCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let make: @Sendable () -> any AnyLayer
    let shapes: [Shape]

    init(_ description: String, _ shapes: Shape..., make: @escaping @Sendable () -> any AnyLayer) {
        testDescription = description
        self.make = make
        self.shapes = shapes
    }

    /// Expects the gradients of the training pass and of inference to be those of finite differences.
    func check(step: Float = 0.01, tolerance: Float = 5e-3) throws {
        for pass in [Pass.training, .inference] {
            let inputs = shapes.enumerated().map {
                Tensor.randomNormal($1, key: RandomKey(seed: 5).folding($0))
            }
            let report = try GradientChecker.check(make(), inputs: inputs, pass: pass, step: step)
            #expect(report.largestError < tolerance, "\(report)")
        }
    }
}

/// The numbers of a layer for one input.
func output(of layer: any AnyLayer, _ inputs: Tensor..., pass: Pass = .inference) throws -> Tensor {
    let symbols = inputs.map { Input(shape: $0.shape.sample) }
    let model = try Model(inputs: symbols, outputs: layer(symbols))
    return model.forward(inputs: inputs, pass).outputs[0]
}

/// What a layer's `build` says about an input of that shape; empty where it takes it.
func buildError(_ layer: any AnyLayer, _ shapes: Shape...) -> String {
    errorText {
        let symbols = shapes.map { Input(shape: $0) }
        _ = try Model(inputs: symbols, outputs: layer(symbols))
    }
}

/// The layer as a file gives it back.
func reloaded<L: AnyLayer & Codable>(_ layer: L) throws -> L {
    let saved = try JSONEncoder().encode(SavedLayer(layer))
    return try #require(try JSONDecoder().decode(SavedLayer.self, from: saved).layer as? L)
}
