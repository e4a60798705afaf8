@testable import Cognitron

/// Every loss with predictions and targets that it takes, for tests of what all losses have in common.
struct LossCase: CustomStringConvertible, Sendable {
    let loss: Loss
    let prediction: Tensor
    let target: Tensor

    var description: String { loss.name }

    init(_ loss: Loss, _ prediction: Tensor, _ target: Tensor) {
        (self.loss, self.prediction, self.target) = (loss, prediction, target)
    }

    static let all: [LossCase] = {
        let values = Tensor.randomUniform([4, 5], in: 0.1..<0.9, seed: 1)
        let rows = values / values.sum(axis: 1, keepingDimensions: true)
        let logits = Tensor.randomNormal([4, 5], seed: 2)
        let targets = Tensor.randomUniform([4, 5], seed: 3)
        let bits: Tensor = [[0, 1, 1, 0, 1], [1, 0, 0, 0, 1], [1, 1, 0, 1, 0], [0, 0, 1, 0, 0]]
        let oneHot: Tensor = [[0, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 0, 1, 0, 0]]
        let classes: Tensor = [3, 0, 1, 2]
        let images = Tensor.randomUniform([4, 2, 2, 1], in: 0.1..<0.9, seed: 4)
        let masks = (Tensor.randomUniform([4, 2, 2, 1], seed: 5) .> 0.5)
        let embeddings = Tensor.randomNormal([4, 5], seed: 6)
        let unit = embeddings / embeddings.squared.sum(axis: 1, keepingDimensions: true).squareRoot
        let kinds: Tensor = [0, 1, 0, 1]
        let sequences = Tensor.randomNormal([4, 5, 3], seed: 7)
        return [
            LossCase(.meanSquaredError, logits, targets),
            LossCase(.meanAbsoluteError, logits, targets),
            LossCase(.meanAbsolutePercentageError, logits, targets),
            LossCase(.meanSquaredLogarithmicError, values, targets),
            LossCase(.huber(delta: 0.5), logits, targets),
            LossCase(.logCosh, logits, targets),
            LossCase(.poisson, values, targets),
            LossCase(.cosineSimilarity, logits, targets),
            LossCase(.hinge, logits, bits),
            LossCase(.squaredHinge, logits, bits),
            LossCase(.categoricalHinge, logits, oneHot),
            LossCase(.contrastive, values, bits),
            LossCase(.klDivergence, rows, targets),
            LossCase(.binaryCrossentropy, values, targets),
            LossCase(.binaryCrossentropy(fromLogits: true), logits, targets),
            LossCase(.binaryFocalCrossentropy(applyClassBalancing: true, gamma: 1.5), values, bits),
            LossCase(.binaryFocalCrossentropy(fromLogits: true), logits, targets),
            LossCase(.categoricalCrossentropy, rows, oneHot),
            LossCase(.categoricalCrossentropy(fromLogits: true, labelSmoothing: 0.1), logits, targets),
            LossCase(.categoricalFocalCrossentropy(gamma: 0.5), rows, oneHot),
            LossCase(.categoricalFocalCrossentropy(fromLogits: true), logits, targets),
            LossCase(.sparseCategoricalCrossentropy, rows, classes),
            LossCase(.sparseCategoricalCrossentropy(fromLogits: true, ignoreClass: 1), logits, classes),
            LossCase(.sparseCategoricalCrossentropy(classWeights: [1, 2, 0.5, 4, 3]), rows, classes),
            LossCase(.categoricalGeneralizedCrossEntropy, rows, classes),
            LossCase(.sparseDice(smooth: 0.5, ignoreClass: 1), rows, classes),
            LossCase(.sparseTversky(alpha: 0.3, beta: 0.7), rows, classes),
            LossCase(.dice(smooth: 1), images, masks),
            LossCase(.dice(axis: [1, 2, 3]), images, masks),
            LossCase(.tversky(alpha: 0.3, beta: 0.8, axis: [1, 2]), images, masks),
            LossCase(.circle(gamma: 2), unit, kinds),
            LossCase(.tripletSemiHard, unit, kinds),
            LossCase(.tripletHard, embeddings, kinds),
            LossCase(.tripletHard(soft: true), embeddings, kinds),
            LossCase(.prototypical, embeddings, kinds),
            LossCase(.ctc, sequences, [[1, 2, 0], [1, 1, 0], [2, 0, 0], [2, 1, 2]]),
            LossCase(
                Loss("cubes") { ((($0 - $1).squared * ($0 - $1)).sum(axis: 1), 3 * ($0 - $1).squared) },
                logits,
                targets),
        ]
    }()
}
