import CognitronKernels

/// A loss that is computed from several outputs at once.
///
///     JointLoss("contrast") { outputs, targets in (loss: …, gradients: […]) }
public struct JointLoss: Sendable {
    public let name: String
    let function: @Sendable (_ outputs: [Tensor], _ targets: [Tensor]) -> (loss: Float, gradients: [Tensor])

    /// - Parameter function: computes the loss of the batch and its gradients with respect to the outputs,
    ///   from all outputs and the batch's targets: one for each output, or only those of the outputs with a
    ///   loss or metrics, as `fit` was given them.
    public init(
        _ name: String,
        _ function:
            @escaping @Sendable (_ outputs: [Tensor], _ targets: [Tensor]) -> (
                loss: Float, gradients: [Tensor]
            )
    ) {
        self.name = name
        self.function = function
    }
}

extension JointLoss {
    /// mean max(margin + |anchor − positive| − |anchor − negative|, 0), for a model whose three outputs are
    /// the embeddings of anchors, of samples of the same kind, and of samples of other kinds. Targets are not
    /// read.
    ///
    /// - Source: PyTorch `TripletMarginLoss`; Schroff et al., "FaceNet" (2015).
    public static func tripletMargin(margin: Float = 1) -> JointLoss {
        JointLoss("triplet_margin") { outputs, _ in
            require(
                outputs.count == 3,
                "tripletMargin takes the outputs anchor, positive and negative, got \(outputs.count)")
            /// The distances of rows (N, 1), and their slope by the first.
            func distance(_ a: Tensor, _ b: Tensor) -> (d: Tensor, slope: Tensor) {
                let difference = a - b + 1e-6  // keeps the distance of equal rows from 0, as in PyTorch
                let d = difference.squared.sum(axis: 1, keepingDimensions: true).squareRoot
                return (d, difference / d)
            }
            let (near, nearSlope) = distance(outputs[0], outputs[1])
            let (far, farSlope) = distance(outputs[0], outputs[2])
            let gaps = (near - far + margin).maximum(0)
            let share = (gaps .> 0) / Float(gaps.count)
            return (
                gaps.mean(),
                [share * (nearSlope - farSlope), share * -nearSlope, share * farSlope]
            )
        }
    }

    /// A joint loss with a margin of 1.
    public static let tripletMargin = tripletMargin()

    /// The contrastive loss of pairs with a temperature of 0.07.
    public static let contrastivePairs = contrastivePairs()

    /// The mean of −ln softmax(a · bᵀ / temperature) at the diagonal, over the rows and over the columns, for
    /// a model whose two outputs (N, D) are embeddings of length 1 of N pairs, such as pictures and their
    /// texts: each should be nearest to its partner. Two pairs of a batch should not mean the same. Targets
    /// are not read.
    ///
    /// - Source: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision"
    ///   (2021).
    public static func contrastivePairs(temperature: Float = 0.07) -> JointLoss {
        JointLoss("contrastive_pairs") { outputs, _ in
            require(
                outputs.count == 2 && outputs[0].rank == 2 && outputs[0].shape == outputs[1].shape,
                "contrastivePairs takes two outputs (N, D), got \(outputs.map(\.shape))")
            let (a, b) = (outputs[0], outputs[1])
            let scores = a.matmul(b, transposingOther: true) / temperature  // (N, N)
            let count = scores.shape[0]
            let own = Tensor(0..<count).oneHot(classCount: count)
            let rows = scores.logSumExp(axis: 1).sum() + scores.logSumExp(axis: 0).sum()
            let slope =
                (scores.softmax(axis: 1) + scores.softmax(axis: 0) - 2 * own)
                / (2 * Float(count) * temperature)
            return (
                (rows - 2 * (scores * own).sum()) / (2 * Float(count)),
                [slope.matmul(b), slope.transposed.matmul(a)]
            )
        }
    }
}
