import CognitronKernels

// Losses that ask no more than a margin. Targets are −1 and 1, or 0 and 1.

extension Loss {
    /// mean max(1 − target·prediction, 0), of targets −1 and 1; a target of 0 counts as −1.
    public static let hinge = hinge()
    public static func hinge(reduction: Reduction = .sumOverBatchSize) -> Loss {
        Loss("hinge", LossRows.hinge, reduction)
    }

    /// mean max(1 − target·prediction, 0)², of targets −1 and 1; a target of 0 counts as −1.
    public static let squaredHinge = squaredHinge()
    public static func squaredHinge(reduction: Reduction = .sumOverBatchSize) -> Loss {
        Loss("squared_hinge", LossRows.squaredHinge, reduction)
    }

    /// max(1 + the largest prediction of a wrong class − that of the right class, 0), of one-hot targets.
    public static let categoricalHinge = categoricalHinge()
    public static func categoricalHinge(reduction: Reduction = .sumOverBatchSize) -> Loss {
        Loss("categorical_hinge", LossRows.categoricalHinge, reduction)
    }

    /// mean of d² for similar pairs (target 1) and of max(margin − d, 0)² for others (target 0), of
    /// predicted distances d.
    ///
    /// - Source: TensorFlow Addons `ContrastiveLoss`; Hadsell, Chopra and LeCun, "Dimensionality Reduction by
    ///   Learning an Invariant Mapping" (2006).
    public static let contrastive = contrastive()
    public static func contrastive(margin: Float = 1, reduction: Reduction = .sumOverBatchSize) -> Loss {
        Loss("contrastive_loss", LossRows.contrastive(margin), reduction)
    }
}
