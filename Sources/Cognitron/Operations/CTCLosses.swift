import CognitronKernels

extension Tensor {
    /// The losses of connectionist temporal classification: −ln of the probability that these logits spell
    /// the labels, summed over all alignments.
    ///
    ///     let (losses, gradient) = logits.ctcLosses(labels, labelLengths: [3, 1], logitLengths: [9, 7])
    ///
    /// - Parameters:
    ///   - labels: class numbers `(N, L)`; what lies past a label's length does not count.
    ///   - labelLengths: one a sample; by default the number of labels that are not blank.
    ///   - logitLengths: one a sample; by default all steps.
    ///   - blankIndex: the class that separates labels.
    /// - Returns: losses `(N)`, ∞ where the steps are too few for the labels, and the gradient of their sum
    ///   with respect to the logits `(N, T, C)`.
    /// - Source: Keras `ops.ctc_loss`; Graves et al., "Connectionist Temporal Classification" (2006).
    public func ctcLosses(
        _ labels: Tensor, labelLengths: [Int]? = nil, logitLengths: [Int]? = nil, blankIndex: Int = 0
    ) -> (losses: Tensor, gradient: Tensor) {
        require(
            rank == 3 && labels.rank == 2 && labels.shape[0] == shape[0],
            "ctcLosses of logits of shape \(shape) and labels of shape \(labels.shape)")
        let (batch, steps, classes) = (shape[0], shape[1], shape[2])
        require(
            [labelLengths, logitLengths].allSatisfy { $0.map { $0.count == batch } ?? true }
                && logitLengths?.allSatisfy { (0...steps).contains($0) } ?? true,
            "ctcLosses takes one length a sample, at most \(steps) of logits")
        let spelled = labels.spelledLabels(blank: blankIndex, lengths: labelLengths)
        var losses = Tensor.zeros([batch])
        var gradient = Tensor.zeros(shape)
        let (result, dx) = (losses.mutablePointer, gradient.mutablePointer)
        WorkerPool.shared.run(total: batch, grain: 1) { range, _ in
            for sample in range {
                let at = sample * steps * classes
                result[sample] = CTCKernel.evaluate(
                    pointer + at, steps: logitLengths?[sample] ?? steps, classes: classes,
                    labels: spelled[sample], blank: blankIndex, gradient: dx + at)
            }
        }
        withExtendedLifetime((self, losses, gradient)) {}
        return (losses, gradient)
    }

    /// The class numbers of every row: the first of each, as many as `lengths` says, by default as many as
    /// are not blank.
    func spelledLabels(blank: Int, lengths: [Int]? = nil) -> [[Int]] {
        let width = shape.last ?? 0
        return withUnsafeScalars { scalars in
            (0..<shape[0]).map { sample in
                let row = scalars[sample * width..<(sample + 1) * width]
                let length = lengths?[sample] ?? row.count { $0 != Float(blank) }
                return row.prefix(length).map { Int($0) }
            }
        }
    }
}
