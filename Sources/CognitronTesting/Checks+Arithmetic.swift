import Cognitron

// What a layer computes.

extension Subject {
    func checkShapes() throws -> [String] {
        var problems: [String] = []
        let (layer, model) = try build()
        for samples in [1, inputs[0].shape[0]] {
            let batch = inputs.map { $0[0..<samples] }
            for pass in [Pass.training, .inference] {
                let (outputs, pullback) = model.forward(inputs: batch, pass)
                if outputs.count != layer.outputCount {
                    problems.append("\(outputs.count) outputs, outputCount says \(layer.outputCount)")
                }
                for (output, shape) in zip(outputs, model.outputShapes ?? [])
                where output.shape != shape.batched(samples) {
                    problems.append(
                        "an output of shape \(output.shape), build says \(shape) for each of \(samples)")
                }
                let gradients = pullback(weightings(outputs))
                for (gradient, input) in zip(gradients, batch)
                where inputsHaveGradients && gradient.shape != input.shape {
                    problems.append("a gradient of shape \(gradient.shape) for an input of \(input.shape)")
                }
            }
        }
        return problems
    }

    func checkGradients() throws -> [String] {
        try [Pass.training, .inference].flatMap { pass in
            let report = try GradientChecker.check(
                make(), inputs: inputs, pass: pass, step: step, elements: 24,
                checksInputs: inputsHaveGradients)
            return report.findings
                .filter { !($0.largestError < tolerance) }
                .map { "\(pass.isTraining ? "training" : "inference"), \($0)" }
        }
    }

    func checkSharedTensors() throws -> [String] {
        let before = inputs.map(\.copied)
        var problems: [String] = []
        for pass in [Pass.training, .inference] {
            let shared = run(try build().model, inputs, pass)
            for (index, (input, copy)) in zip(inputs, before).enumerated() where !input.agrees(with: copy, 0)
            {
                problems.append("input \(index) was changed, though others hold it")
            }
            let own = run(try build().model, before.map(\.copied), pass, isOwn: true)
            if let difference = own.difference(from: shared) {
                problems.append("\(difference) where tensors are not shared")
            }
        }
        return problems
    }

    func checkLaterPullback() throws -> [String] {
        let (_, model) = try build()
        let expected = run(model, inputs, .inference)
        let later = run(model, inputs, .inference) {
            for parameter in model.trainableParameters { parameter.value = parameter.value * 1.5 }
        }
        return later.difference(from: expected).map {
            ["\($0) where parameters change between the forward and the backward pass"]
        } ?? []
    }

    /// Layers that read no mask pass the check.
    func checkMasks() throws -> [String] {
        guard inputs[0].rank >= 3 else { return [] }
        let steps = Tensor.ones(Shape(inputs[0].shape.prefix(2)))
        var masks = [Tensor?](repeating: nil, count: inputs.count)
        masks[0] = steps
        var problems: [String] = []
        let (layer, model) = try build()
        let plain = run(model, inputs, .inference)
        let pass = Pass.inference.masking(masks)
        let (outputs, pullback) = layer.forward(inputs: inputs, pass)
        let masked = Run(
            outputs: outputs, inputGradients: inputsHaveGradients ? pullback(weightings(outputs)) : [],
            parameterGradients: [])
        if let difference = masked.difference(from: plain, relative: 1e-6) {
            problems.append("\(difference) with a mask in which all steps count")
        }
        let outputMasks = layer.outputMasks(inputs, masks)
        if !outputMasks.isEmpty && outputMasks.count != outputs.count {
            problems.append("\(outputMasks.count) masks for \(outputs.count) outputs")
        }
        return problems
    }
}
