import Cognitron

/// The layer that is checked, and how it runs.
struct Subject {
    let make: () throws -> any AnyLayer
    let inputs: [Tensor]
    let inputsHaveGradients: Bool
    let step: Float
    let tolerance: Float

    /// A new layer in a model of its own, and that model. Equal calls give equal parameters.
    func build() throws -> (layer: any AnyLayer, model: Model) {
        let layer = try make()
        let symbols = inputs.map { Input(shape: $0.shape.sample) }
        let model = try Model(inputs: symbols, outputs: layer.outputs(of: symbols))
        try initialize(model)
        return (layer, model)
    }

    /// Gives the parameters numbers, none of which are all zeros or ones, as those of biases and scales are.
    func initialize(_ model: Model) throws {
        let loss = Loss("none", targets: .any) { prediction, _ in
            (Tensor.zeros([prediction.shape[0]]), Tensor.zeros(prediction.shape))
        }
        try model.compile(
            optimizer: SGD(), losses: Array(repeating: loss, count: model.outputCount), seed: 1)
        for (index, parameter) in model.allParameters.enumerated() where !parameter.isStatistic {
            let noise = Tensor.randomNormal(parameter.shape, seed: UInt64(index)) * 0.1
            parameter.value = parameter.value + noise
        }
    }

    /// Weights of the outputs in a sum, other ones for each output.
    func weightings(_ outputs: [Tensor]) -> [Tensor] {
        outputs.enumerated().map {
            Tensor.randomUniform($1.shape, in: -1..<1, seed: UInt64(100 + $0))
        }
    }

    /// What a forward and a backward pass give.
    struct Run: Equatable {
        var outputs: [Tensor]
        var inputGradients: [Tensor]
        var parameterGradients: [Tensor]

        /// The first difference that is more than rounding; nil where there is none.
        func difference(from other: Run, relative: Float = 0) -> String? {
            let groups = [
                ("output", outputs, other.outputs),
                ("gradient of input", inputGradients, other.inputGradients),
                ("gradient of parameter", parameterGradients, other.parameterGradients),
            ]
            for (name, mine, others) in groups {
                for (index, (a, b)) in zip(mine, others).enumerated() where !a.agrees(with: b, relative) {
                    return "\(name) \(index) differs by \(a.difference(from: b))"
                }
            }
            return nil
        }
    }

    /// - Parameters:
    ///   - isOwn: whether the gradients of the outputs are tensors that nobody else holds.
    ///   - between: called after the forward and before the backward pass.
    func run(
        _ model: Model, _ inputs: consuming [Tensor], _ pass: Pass, isOwn: Bool = false,
        between: () -> Void = {}
    ) -> Run {
        for parameter in model.allParameters { parameter.clearGradient() }
        let (outputs, pullback) = model.forward(inputs: inputs, pass)
        between()
        let weightings = weightings(outputs)
        let gradients = isOwn ? pullback(weightings.map(\.copied)) : pullback(weightings)
        return Run(
            outputs: outputs, inputGradients: inputsHaveGradients ? gradients : [],
            parameterGradients: model.trainableParameters.map(\.gradient))
    }
}

extension Tensor {
    /// Equality of bits where `relative` is 0, NaN being equal to itself; otherwise each element may differ
    /// by so large a share of the largest one.
    func agrees(with other: Tensor, _ relative: Float) -> Bool {
        guard shape == other.shape else { return false }
        if relative == 0 {
            return zip(scalars, other.scalars).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
        }
        let largest = Swift.max(1, scalars.reduce(0) { Swift.max($0, abs($1)) })
        return isClose(to: other, absolute: relative * largest, relative: 0)
    }

    func difference(from other: Tensor) -> String {
        shape == other.shape ? "\(maximumDifference(from: other))" : "shapes \(shape) and \(other.shape)"
    }

    /// The same numbers in memory that nobody else holds.
    var copied: Tensor { Tensor(scalars, shape: shape) }
}
