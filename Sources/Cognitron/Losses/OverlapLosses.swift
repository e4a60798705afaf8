// Losses of regions: how little the predicted one covers the right one.

extension Loss {
    /// 1 − 2·Σ t·p / (Σ t + Σ p + 10⁻⁷), the sums over the whole batch.
    public static let dice = dice()

    /// 1 − (2·Σ t·p + smooth) / (Σ t + Σ p + smooth + 10⁻⁷)
    ///
    /// - Parameters:
    ///   - smooth: keeps small regions from mattering too much; 0 in Keras.
    ///   - axis: the axes that the sums go over; nil for all, which gives one loss for the batch. `[1, 2, 3]`
    ///     gives one for each of a batch of images.
    /// - Source: Keras `Dice`; Milletari et al., "V-Net" (2016).
    public static func dice(
        smooth: Float = 0, axis: [Int]? = nil, reduction: Reduction = .sumOverBatchSize
    ) -> Loss {
        // Half of everything: then false positives and false negatives count ½ each.
        overlap("dice", 0.5, 0.5, smooth, smooth / 2, epsilon: 0.5e-7, axis, reduction)
    }

    /// 1 − Σ t·p / (Σ t·p + ½·Σ t·(1 − p) + ½·Σ (1 − t)·p + 10⁻⁷)
    public static let tversky = tversky()

    /// 1 − (Σ t·p + smooth) / (Σ t·p + alpha·Σ t·(1 − p) + beta·Σ (1 − t)·p + smooth + 10⁻⁷)
    ///
    /// - Parameters:
    ///   - alpha: what a missed number counts.
    ///   - beta: what a number predicted in the wrong place counts.
    ///   - smooth, axis: as those of `dice`.
    /// - Source: Keras `Tversky`, which calls what is missed false positives; Salehi et al., "Tversky Loss
    ///   Function for Image Segmentation Using 3D Fully Convolutional Deep Networks" (2017).
    public static func tversky(
        alpha: Float = 0.5, beta: Float = 0.5, smooth: Float = 0, axis: [Int]? = nil,
        reduction: Reduction = .sumOverBatchSize
    ) -> Loss {
        overlap("tversky", alpha, beta, smooth, smooth, epsilon: 1e-7, axis, reduction)
    }

    private static func overlap(
        _ name: String, _ alpha: Float, _ beta: Float, _ smooth: Float, _ offset: Float, epsilon: Float,
        _ axes: [Int]?, _ reduction: Reduction
    ) -> Loss {
        let whole: Whole = { p, t, _ in
            let axes = axes ?? Array(0..<p.rank)
            func sum(_ x: Tensor) -> Tensor { x.sum(axes: axes, keepingDimensions: true) }
            let shared = sum(t * p)
            let (missed, wrong) = (sum(t) - shared, sum(p) - shared)
            let divisor = shared + alpha * missed + beta * wrong + (offset + epsilon)
            let share = (shared + offset) / divisor
            return WholeLosses(losses: (1 - share).squeezed(axes)) { gradient in
                // share = (shared + offset) / divisor; of shared the slope is t, of divisor as below.
                let slope = t * (1 - alpha - beta) + beta
                return (share * slope - t) / divisor * gradient.reshaped(share.shape)
            }
        }
        return Loss(
            name, .values, .whole(whole), reduction, spannedAxes: axes ?? [],
            problem: .notNegative(name, "alpha", alpha) ?? .notNegative(name, "beta", beta)
                ?? .notNegative(name, "smooth", smooth))
    }
}

extension Tensor {
    /// Without these axes of size 1.
    fileprivate func squeezed(_ axes: [Int]) -> Tensor { reshaped(shape.removing(axes.map(shape.resolve))) }
}
