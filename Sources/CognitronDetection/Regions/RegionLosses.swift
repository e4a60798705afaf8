import Cognitron

/// The losses of two-stage detectors, each with its gradient with respect to what the network answered.
///
/// Offsets cost smooth L1: of a difference d, d² / 2β where |d| < β, and |d| − β/2 beyond.
///
/// - Source: Girshick, "Fast R-CNN" (2015), equations 1 to 3; torchvision's `rpn.compute_loss`,
///   `fastrcnn_loss` and `maskrcnn_loss`, whose β is 1/9.
enum RegionLosses {
    typealias Part = (loss: Float, gradient: Tensor)

    private static let beta: Float = 1 / 9

    /// The mean binary cross-entropy of some anchors.
    ///
    /// - Parameters:
    ///   - objectness: logits, flat.
    ///   - positives: the numbers of anchors that hold objects; `negatives` of such that do not.
    static func objectness(_ objectness: Tensor, positives: [Int], negatives: [Int]) -> Part {
        let chosen = positives + negatives
        guard !chosen.isEmpty else { return (0, .zeros(objectness.shape)) }
        let wanted = positives.map { _ in Float(1) } + negatives.map { _ in 0 }
        let (loss, gradient) = Loss.binaryCrossentropy(fromLogits: true)(
            objectness.gathering(chosen, axis: 0).reshaped([chosen.count, 1]),
            Tensor(wanted, shape: [chosen.count, 1]))
        return (
            loss,
            Tensor.zeros(objectness.shape).scatteringAdd(
                gradient.reshaped([chosen.count]), at: chosen, axis: 0)
        )
    }

    /// Σ smooth L1 of some rows of offsets over `count`.
    ///
    /// - Parameters:
    ///   - offsets: (R, 4).
    ///   - rows: the numbers of the rows that count.
    ///   - wanted: what each of them should be.
    static func offsets(_ offsets: Tensor, rows: [Int], wanted: [SIMD4<Float>], count: Int) -> Part {
        guard !rows.isEmpty else { return (0, .zeros(offsets.shape)) }
        // Huber's loss is β times smooth L1, and the mean of a row's four numbers.
        let (loss, gradient) = Loss.huber(delta: beta, reduction: .sum)(
            offsets.gathering(rows, axis: 0), Tensor(wanted))
        let factor = 4 / beta / Float(count)
        return (
            loss * factor,
            Tensor.zeros(offsets.shape).scatteringAdd(gradient * factor, at: rows, axis: 0)
        )
    }

    /// The mean cross-entropy of regions.
    ///
    /// - Parameters:
    ///   - logits: (R, 1 + classes).
    ///   - classes: of each region, 0 for background.
    static func classes(_ logits: Tensor, _ classes: [Int]) -> Part {
        Loss.sparseCategoricalCrossentropy(fromLogits: true)(logits, Tensor(classes))
    }

    /// The mean binary cross-entropy of the pixels of each region's mask, of its true class alone.
    ///
    /// - Parameters:
    ///   - logits: (R, m, m, 1 + classes).
    ///   - classes: of each region.
    ///   - wanted: (R, m, m, 1), from 0 to 1.
    static func masks(_ logits: Tensor, _ classes: [Int], _ wanted: Tensor) -> Part {
        let ownClass = Tensor(classes).oneHot(classCount: logits.shape[3])
            .reshaped([classes.count, 1, 1, logits.shape[3]])
        let (loss, gradient) = Loss.binaryCrossentropy(fromLogits: true)(
            (logits * ownClass).sum(axis: 3, keepingDimensions: true), wanted)
        return (loss, gradient * ownClass)
    }
}
