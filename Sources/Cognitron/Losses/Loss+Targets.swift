import CognitronKernels

// What targets and weights a loss takes.

extension Loss {
    /// The shape of one number for each row of a prediction.
    private func rowShape(_ prediction: Shape) -> Shape {
        var sizes = Array(prediction)
        let axis = axis < 0 ? axis + sizes.count : axis
        if sizes.indices.contains(axis) { sizes.remove(at: axis) }
        return Shape(sizes)
    }

    /// Whether the targets are one number for each row.
    private var isOfRows: Bool { targets == .classes || targets == .labels }

    /// Targets in the form that a loss or a metric computes with: in the prediction's shape, or of one class
    /// number for each of its rows; as they are where neither fits.
    func aligned(_ target: Tensor, to prediction: Shape) -> Tensor {
        let shape = aligned(target.shape, to: prediction)
        return shape == target.shape ? target : target.reshaped(shape)
    }

    func aligned(_ target: Shape, to prediction: Shape) -> Shape {
        if case .sequences = targets { return target }
        if targets == .any || target == prediction { return target }
        let count = target.elementCount
        if !isOfRows, count == prediction.elementCount { return prediction }
        let rows = rowShape(prediction)
        return count == rows.elementCount ? rows : target
    }

    /// What is wrong with weights of this shape; nil where they are one a sample or one a row.
    static func weightProblem(_ weights: Shape, _ prediction: Shape) -> String? {
        if weights.rank >= 1, weights.rank <= max(1, prediction.rank - 1),
            weights.elementsEqual(prediction.prefix(weights.rank))
        {
            return nil
        }
        return "sample weights of shape \(weights), expected one a sample or one a row of \(prediction)"
    }

    /// What is wrong with targets of this shape for predictions of that one; nil where they fit.
    func mismatch(_ prediction: Shape, _ target: Shape) -> CognitronError? {
        if targets == .any { return nil }
        let axes = (axis == -1 ? [] : [axis]) + spannedAxes
        if let axis = axes.first(where: { !(-prediction.rank..<prediction.rank).contains($0) }) {
            return CognitronError(
                .argument, name, "the model's output has no such axis", expected: "one of \(prediction.rank)",
                got: "axis \(axis)")
        }
        if case .sequences = targets { return sequenceMismatch(prediction, target) }
        let expected = isOfRows ? rowShape(prediction) : prediction
        let squeezed = target.last == 1 ? Shape(target.dropLast()) : nil
        if target == expected || squeezed == expected
            || expected.last == 1 && target == Shape(expected.dropLast())
        {
            return nil
        }
        let classes = prediction.last ?? 1
        let advice =
            switch targets {
            case .classes:
                "give one class number a sample, or use categoricalCrossentropy for one-hot targets"
            case .labels: "give one whole number a sample, equal for samples that belong together"
            default:
                target.elementCount == expected.elementCount / max(1, classes)
                    ? "for class numbers use sparseCategoricalCrossentropy, or "
                        + "toCategorical(_:classCount: \(classes))"
                    : "give the model's last layer as many outputs as a target has numbers"
            }
        return CognitronError(
            .shape, name, "targets do not fit the model's output", expected: "shape \(expected)",
            got: "\(target)",
            advice: advice)
    }

    private func sequenceMismatch(_ prediction: Shape, _ target: Shape) -> CognitronError? {
        guard prediction.rank == 3 else {
            return CognitronError(
                .shape, name, "the model's output is not a sequence", expected: "shape (N, steps, classes)",
                got: "\(prediction)")
        }
        guard target.rank != 2 || target[0] != prediction[0] else { return nil }
        return CognitronError(
            .shape, name, "targets do not fit the model's output",
            expected: "shape \(prediction[0]) × labels",
            got: "\(target)", advice: "pad the labels of all samples to one length with the blank")
    }

    /// Whether each output is a yes or no of its own.
    var isBinary: Bool { probabilities?.activation == .sigmoid }

    /// What a yes or no is told by: one half of probabilities, 0 of logits.
    var logitThreshold: Float { probabilities?.fromLogits == true ? 0 : 0.5 }

    /// Throws where an argument is outside what it may be. Called by `compile`.
    func validate() throws { if let problem { throw problem } }

    /// Throws where a target cannot be learned: not finite, not a whole number, not one of the classes, or
    /// longer than the output.
    ///
    /// - Parameter samples: the numbers that messages give to the samples; by default from 0.
    func validate(_ target: Tensor, output: Shape, _ samples: [Int]? = nil) throws {
        let classCount = output.isEmpty ? 1 : output[axis < 0 ? axis + output.rank : axis]
        let numbersPerSample = max(1, target.count / max(1, target.shape.first ?? 1))
        if targets == .values || targets == .any, target.isFinite { return }
        let bad = target.withUnsafeScalars { scalars in
            scalars.firstIndex { !isValid($0, classCount) }
        }
        guard let bad else { return try validateLengths(target, output, samples) }
        let value = target.withUnsafeScalars { $0[bad] }
        let text = value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : value.text
        let row = bad / numbersPerSample
        let place = "\(name): target of sample \(samples?[row] ?? row)"
        if !value.isFinite {
            throw CognitronError(
                .data, place, "is not finite", expected: "numbers", got: text,
                advice: "clean the data before training")
        }
        if targets == .labels {
            throw CognitronError(.data, place, "is not a label", expected: "a whole number", got: text)
        }
        throw CognitronError(
            .data, place, "is not one of the model's classes",
            expected: "a whole number from 0 to \(classCount - 1)",
            got: text,
            advice: "correct the label, or give the last layer as many outputs as there are classes")
    }

    private func isValid(_ value: Float, _ classCount: Int) -> Bool {
        switch targets {
        case .values, .any: return value.isFinite
        case .labels: return value.isFinite && value == value.rounded()
        case .classes, .sequences:
            return value >= 0 && value < Float(classCount) && value == value.rounded()
                || ignoredClass.map { value == Float($0) } ?? false
        }
    }

    private func validateLengths(_ target: Tensor, _ output: Shape, _ samples: [Int]?) throws {
        guard case .sequences(let blank) = targets else { return }
        let labels = target.spelledLabels(blank: blank)
        guard let long = labels.firstIndex(where: { !CTCKernel.fits($0, steps: output[1]) }) else { return }
        throw CognitronError(
            .data, "\(name): target of sample \(samples?[long] ?? long)", "is too long for the output",
            expected: "at most \(output[1]) labels, less one for each that equals the one before",
            got: "\(labels[long].count)", advice: "give the model longer sequences, or shorten the labels")
    }
}
