import Cognitron
import Foundation

// What becomes of a layer's parameters.

extension Subject {
    func checkSharing() throws -> [String] {
        let (_, single) = try build()
        let once = run(single, inputs, .inference)

        let layer = try make()
        let symbols = (inputs + inputs).map { Input(shape: $0.shape.sample) }
        let first = layer.outputs(of: Array(symbols[..<inputs.count]))
        let second = layer.outputs(of: Array(symbols[inputs.count...]))
        let model = try Model(inputs: symbols, outputs: first + second)
        try initialize(model)
        guard model.allParameters.count == single.allParameters.count else {
            return ["\(model.allParameters.count) parameters in a model that uses the layer twice"]
        }
        for (mine, other) in zip(model.allParameters, single.allParameters) { mine.value = other.value }
        let (outputs, pullback) = model.forward(inputs: inputs + inputs, .inference)
        _ = pullback(once.outputs.isEmpty ? [] : weightings(once.outputs) + weightings(once.outputs))
        let twice = Run(
            outputs: Array(outputs[..<once.outputs.count]), inputGradients: [],
            parameterGradients: model.trainableParameters.map { $0.gradient * 0.5 })
        return twice.difference(from: once, relative: 1e-5).map {
            ["\($0) in a model that uses the layer twice"]
        }
            ?? []
    }

    func checkFreezing() throws -> [String] {
        let (layer, model) = try build()
        let free = run(model, inputs, .inference)
        layer.isTrainable = false
        let frozen = run(model, inputs, .inference)
        var problems = model.allParameters.filter(\.hasGradient).map { "\($0.name) gathers a gradient" }
        if let difference = frozen.difference(from: free) {
            problems.append("\(difference) in a frozen layer")
        }
        layer.isTrainable = true
        let thawed = run(model, inputs, .inference)
        if let difference = thawed.difference(from: free) { problems.append("\(difference) after thawing") }
        return problems
    }

    func checkPrediction() throws -> [String] {
        let (_, model) = try build()
        let expected = model.forward(inputs: inputs, .inference).outputs
        let predicted = try model.predict(inputs)
        return zip(expected, predicted).filter { !$0.agrees(with: $1, 1e-5) }.map {
            "predict differs from inference by \($0.difference(from: $1))"
        }
    }

    func checkSaving() throws -> [String] {
        let (layer, model) = try build()
        if let type = type(of: layer) as? LayerRegistry.LayerType {
            LayerRegistry.register(type)
        } else if !(layer is Model) {
            return ["the layer is not Codable, so a model with it cannot be saved"]
        }
        // Statistics and states that a step changes are saved too.
        _ = model.forward(inputs: inputs, .training)
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("conformance-\(UUID().uuidString).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model.save(path)
        let loaded = try Model.load(path)
        let values = (model.allParameters.map(\.value), loaded.allParameters.map(\.value))
        guard values.0.count == values.1.count, zip(values.0, values.1).allSatisfy({ $0.agrees(with: $1, 0) })
        else {
            return ["the \(values.0.count) parameters are not the same after loading"]
        }
        return zip(try model.predict(inputs), try loaded.predict(inputs))
            .filter { !$0.agrees(with: $1, 0) }
            .map { "after loading, an output differs by \($0.difference(from: $1))" }
    }
}
