import Foundation
import Testing

@testable import Cognitron

/// What a layer gives for some inputs.
func output(of layer: any AnyLayer, _ inputs: Tensor..., pass: Pass = .inference) throws -> Tensor {
    let symbols = inputs.map { Input(shape: $0.shape.sample) }
    let model = try Model(inputs: symbols, outputs: layer(symbols))
    return model.forward(inputs: inputs, pass).outputs[0]
}

/// What a layer's `build` says about inputs of these shapes.
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
