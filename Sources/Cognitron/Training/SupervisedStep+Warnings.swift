import CognitronKernels

// Losses and last layers that do not go together: nothing fails, and nothing is learned.

extension SupervisedStep {
    /// Says on standard error, once, where an output's numbers are not what its loss takes them for.
    func warnOfMismatches(model: Model) {
        guard let shapes = model.valueShapes else { return }
        for (index, objective) in objectives.enumerated() {
            guard let loss = objective.loss, let wanted = loss.probabilities else { continue }
            let found = model.graph.activation(ofOutput: index, shapes)
            let problem = Self.mismatch(
                loss, wanted.activation, fromLogits: wanted.fromLogits, found,
                units: shapes[model.graph.outputs[index]].last ?? 1)
            if let problem { Host.warn("\(model.displayName), output \(objective.name): \(problem)") }
        }
    }

    /// - Parameter found: the activation function that the output ends in; nil where it is not known.
    static func mismatch(
        _ loss: Loss, _ wanted: ActivationFunction, fromLogits: Bool, _ found: ActivationFunction?, units: Int
    ) -> String? {
        if found == .softmax && units == 1 {
            return "a softmax of one unit is always 1; use a sigmoid with binaryCrossentropy"
        }
        if fromLogits, found == .softmax || found == .sigmoid {
            return
                "\(loss.name)(fromLogits: true) takes probabilities for logits; leave out the last activation or fromLogits"
        }
        if !fromLogits, found == .linear {
            return
                "\(loss.name) takes the last layer's numbers for probabilities; end in an activation or use fromLogits: true"
        }
        if !fromLogits, found == nil {
            return
                "\(loss.name) is computed from probabilities that may have been rounded to 0 or 1; end in the activation, "
                + "or use fromLogits: true without it"
        }
        return nil
    }
}
