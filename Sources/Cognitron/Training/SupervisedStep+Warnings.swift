import CognitronKernels

// Losses that do not fit the last layer: training runs and learns nothing.

extension SupervisedStep {
    /// Warns on standard error where a loss reads an output as something else than its last layer makes.
    ///
    /// - Parameter shapes: of one sample of each value.
    func warnOfMismatches(_ model: Model, _ shapes: [Shape]) {
        for (index, objective) in objectives.enumerated() {
            guard let loss = objective.loss, let wanted = loss.probabilities else { continue }
            let found = model.graph.activation(ofOutput: index, shapes)
            let problem = Self.mismatch(
                loss, wanted.activation, fromLogits: wanted.fromLogits, found,
                units: shapes[model.graph.outputs[index]].last)
            if let problem { Host.warn("\(model.displayName), output \(objective.name): \(problem)") }
        }
    }

    /// - Parameters:
    ///   - found: the activation function that the output ends in; nil where it is not known.
    ///   - units: the size of the output's last axis; nil of a scalar.
    static func mismatch(
        _ loss: Loss, _ wanted: ActivationFunction, fromLogits: Bool, _ found: ActivationFunction?,
        units: Int?
    ) -> String? {
        if found == .softmax && units == 1 {
            return "a softmax of one unit is always 1; use a sigmoid with binaryCrossentropy"
        }
        if fromLogits, found == .softmax || found == .sigmoid {
            return "\(loss.name)(fromLogits: true) takes probabilities for logits; "
                + "leave out the last activation or fromLogits"
        }
        if !fromLogits, found == .linear {
            return "\(loss.name) takes the last layer's numbers for probabilities; "
                + "end in an activation or use fromLogits: true"
        }
        if !fromLogits, found == nil {
            return "\(loss.name) is computed from probabilities that may have been rounded to 0 or 1; "
                + "end in the activation, or use fromLogits: true without it"
        }
        return nil
    }
}
