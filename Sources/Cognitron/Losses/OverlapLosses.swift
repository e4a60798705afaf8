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
        let regions = Regions(alpha: alpha, beta: beta, offset: offset, epsilon: epsilon)
        let whole: Whole = { p, t, _ in
            let axes = axes ?? Array(0..<p.rank)
            let (losses, pullback) = regions.losses(p, t, axes)
            return WholeLosses(losses: losses.squeezed(axes)) { pullback($0.reshaped(losses.shape)) }
        }
        return Loss(
            name, .values, .whole(whole), reduction, spannedAxes: axes ?? [],
            problem: regions.problem(name) ?? .notNegative(name, "smooth", smooth))
    }
}

// MARK: - Of class numbers

extension Loss {
    /// 1 − mean over the classes of (2·Σ t·p + 1) / (Σ t + Σ p + 1): see `sparseDice(smooth:)`.
    public static let sparseDice = sparseDice()

    /// The mean over the classes of `dice`, of the number of the right class of each row.
    ///
    ///     1 − mean (2·Σ t·p + smooth) / (Σ t + Σ p + smooth + 10⁻⁷)
    ///
    /// The sums are those of a class over all rows of the batch: of a segmentation, over all pixels
    /// `(N, H, W)`. So each class counts alike, however few pixels it has. Sample weights scale the loss of
    /// the batch; rows that should not count have the ignored class.
    ///
    /// - Parameters:
    ///   - smooth: keeps classes that a batch does not have from mattering; at least 0.
    ///   - ignoreClass: the class whose rows do not count.
    public static func sparseDice(
        smooth: Float = 1, ignoreClass: Int? = nil, reduction: Reduction = .sumOverBatchSize
    ) -> Loss {
        let regions = Regions(alpha: 0.5, beta: 0.5, offset: smooth / 2, epsilon: 0.5e-7)
        return classes("sparse_dice", regions, smooth, ignoreClass, reduction)
    }

    /// The mean over the classes of `tversky`, of the number of the right class of each row; arguments as
    /// those of `tversky` and `sparseDice`.
    public static func sparseTversky(
        alpha: Float = 0.5, beta: Float = 0.5, smooth: Float = 1, ignoreClass: Int? = nil,
        reduction: Reduction = .sumOverBatchSize
    ) -> Loss {
        let regions = Regions(alpha: alpha, beta: beta, offset: smooth, epsilon: 1e-7)
        return classes("sparse_tversky", regions, smooth, ignoreClass, reduction)
    }

    private static func classes(
        _ name: String, _ regions: Regions, _ smooth: Float, _ ignoreClass: Int?, _ reduction: Reduction
    ) -> Loss {
        let whole: Whole = { p, t, mask in
            let counted = ignoreClass.map { (t .!= Float($0)).weighted(by: mask) } ?? mask
            // Rows that do not count have neither a class nor a prediction.
            let rows = counted?.spread(over: t.shape)
            let oneHot = (rows.map { t * $0 } ?? t).oneHot(classCount: p.shape.last ?? 1)
            let own = rows.map { $0.withAxes(p.rank) }
            let (losses, pullback) = regions.losses(
                own.map { p * $0 } ?? p, own.map { oneHot * $0 } ?? oneHot, Array(0..<p.rank - 1))
            let share = 1 / Float(losses.count)
            return WholeLosses(losses: Tensor(losses.mean()), usesMask: true) { gradient in
                let dp = pullback(Tensor(repeating: gradient.scalar * share, shape: losses.shape))
                return own.map { dp * $0 } ?? dp
            }
        }
        return Loss(
            name, .classes, .whole(whole), reduction, probabilities: (.softmax, false),
            ignoredClass: ignoreClass, problem: regions.problem(name) ?? .notNegative(name, "smooth", smooth))
    }
}

/// 1 − (Σ t·p + offset) / (Σ t·p + alpha·Σ t·(1 − p) + beta·Σ (1 − t)·p + offset + epsilon)
private struct Regions {
    let alpha, beta, offset, epsilon: Float

    /// The losses, with axes of size 1 where the sums went, and from their gradient that of p.
    func losses(
        _ p: Tensor, _ t: Tensor, _ axes: [Int]
    ) -> (losses: Tensor, pullback: (_ gradient: Tensor) -> Tensor) {
        func sum(_ x: Tensor) -> Tensor { x.sum(axes: axes, keepingDimensions: true) }
        let shared = sum(t * p)
        let (missed, wrong) = (sum(t) - shared, sum(p) - shared)
        let divisor = shared + alpha * missed + beta * wrong + (offset + epsilon)
        let share = (shared + offset) / divisor
        return (
            1 - share,
            { [alpha, beta] gradient in
                // share = (shared + offset) / divisor; of shared the slope is t, of divisor as below.
                let slope = t * (1 - alpha - beta) + beta
                return (share * slope - t) / divisor * gradient
            }
        )
    }

    func problem(_ name: String) -> CognitronError? {
        .notNegative(name, "alpha", alpha) ?? .notNegative(name, "beta", beta)
    }
}

extension Tensor {
    /// Without these axes of size 1.
    fileprivate func squeezed(_ axes: [Int]) -> Tensor { reshaped(shape.removing(axes.map(shape.resolve))) }
}
