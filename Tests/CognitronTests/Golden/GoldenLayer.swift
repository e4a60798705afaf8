import Testing

@testable import Cognitron

/// Runs a layer on a case's input with its parameters, and expects its outputs and all gradients.
///
/// The layer runs twice: on tensors that others hold, which it must not change, and on tensors of its own,
/// where it may work in place.
///
/// - Parameter tolerance: the error that is allowed, as a share of each tensor's largest magnitude.
func expectGolden(_ layer: any AnyLayer, _ golden: GoldenCase, tolerance: Float = 1e-5) throws {
    func expect(_ value: Tensor, _ thing: String) throws {
        expectClose(value, try golden[thing], thing, absolute: tolerance * (try golden[thing].largest))
    }
    struct Run: Decodable { var training: Bool }
    let pass = try golden.configuration(Run.self).training ? Pass.training : .inference
    let names =
        golden.tensors["x"] != nil
        ? ["x"] : golden.tensors.keys.filter { $0.wholeMatch(of: /x\d/) != nil }.sorted()
    let inputs = try names.map { try golden[$0] }

    let symbols = inputs.map { Input(shape: $0.shape.sample) }
    let model = try Model(inputs: symbols, outputs: layer(symbols))
    for parameter in layer.parameters { parameter.value = try golden[parameter.ownName] }
    #expect(try model.outputShape == golden["output"].shape.sample)

    let (outputs, pullback) = model.forward(inputs: inputs, pass)
    let gradients = pullback([try golden["weighting"]])
    try expect(outputs[0], "output")
    for (name, gradient) in zip(names, gradients) { try expect(gradient, "gradient_\(name)") }
    for parameter in layer.trainableParameters {
        try expect(parameter.gradient, "gradient_\(parameter.ownName)")
    }
    for statistic in layer.parameters where statistic.isStatistic && pass.isTraining {
        // A mean near zero is a sum in which all cancels: its error is that of the inputs, near 1.
        let thing = "\(statistic.ownName)_after"
        expectClose(statistic.value, try golden[thing], thing, relative: 1e-5, absolute: 1e-7)
    }
    let once = layer.trainableParameters.map(\.gradient)
    // Renormalisation reads the statistics that the first run has moved.
    for statistic in layer.parameters where statistic.isStatistic {
        statistic.value = try golden[statistic.ownName]
    }
    let (ownOutputs, ownPullback) = model.forward(inputs: inputs.map(ownCopy), pass)
    let ownGradients = ownPullback([ownCopy(try golden["weighting"])])
    #expect(ownOutputs == outputs, "outputs differ in place")
    #expect(ownGradients == gradients, "gradients differ in place")
    for (parameter, gradient) in zip(layer.trainableParameters, once) {
        expectClose(parameter.gradient, gradient * 2, "gradient of \(parameter.ownName), gathered twice")
    }
}

private func ownCopy(_ tensor: Tensor) -> Tensor { Tensor(tensor.scalars, shape: tensor.shape) }

extension ActivationFunction {
    /// The function of that name in Keras.
    init(keras name: String) throws {
        let functions: [String: ActivationFunction] = [
            "linear": .linear, "relu": .relu, "sigmoid": .sigmoid, "tanh": .tanh, "softmax": .softmax,
            "elu": .elu,
            "softplus": .softplus, "swish": .swish, "silu": .silu, "gelu": .gelu, "leaky_relu": .leakyRelu,
            "relu6": .relu6, "selu": .selu, "exponential": .exponential, "hard_sigmoid": .hardSigmoid,
            "hard_silu": .hardSilu, "hard_tanh": .hardTanh, "log_sigmoid": .logSigmoid, "mish": .mish,
            "softsign": .softsign, "sparse_plus": .sparsePlus, "sparse_sigmoid": .sparseSigmoid,
            "tanh_shrink": .tanhShrink,
        ]
        self = try #require(functions[name], "no activation function \(name)")
    }
}

extension Padding {
    init(keras name: String, amount: Int?) throws {
        switch name {
        case "valid": self = .valid
        case "same": self = .same
        default: self = .explicit(try #require(amount, "padding \(name) without an amount"))
        }
    }
}
