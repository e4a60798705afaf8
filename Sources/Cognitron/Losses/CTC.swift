extension Loss {
    /// Connectionist temporal classification with class 0 as blank.
    public static let ctc = ctc()

    /// −ln of the probability that a sequence of logits `(N, T, C)` spells the labels `(N, L)`, summed over
    /// all alignments: a label may last several steps, and blanks may lie between labels.
    ///
    /// Labels end where the blank begins to pad them. A model whose output has a mask spells with as many
    /// steps as it leaves; lengths of one's own take `Tensor.ctcLosses`.
    ///
    /// - Parameter blankIndex: the class that separates labels, and pads targets.
    /// - Source: Keras `CTC`; Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented
    ///   Sequence Data with Recurrent Neural Networks" (2006).
    public static func ctc(blankIndex: Int = 0, reduction: Reduction = .sumOverBatchSize) -> Loss {
        let whole: Whole = { logits, labels, mask in
            let lengths = mask.flatMap { mask in
                mask.rank == 2 ? mask.sum(axis: 1).scalars.map { Int($0) } : nil
            }
            let (losses, gradient) = logits.ctcLosses(labels, logitLengths: lengths, blankIndex: blankIndex)
            return WholeLosses(losses: losses, usesMask: lengths != nil) { gradient * $0.withAxes(3) }
        }
        return Loss(
            "ctc", .sequences(blank: blankIndex), .whole(whole), reduction,
            problem: blankIndex >= 0
                ? nil
                : CognitronError(
                    .argument, "ctc", "invalid blankIndex", expected: "a class number", got: "\(blankIndex)"))
    }
}
