/// The limits of batch renormalisation's corrections; nil for none.
///
///     r = clip(σ / σ_moving, rmin, rmax)
///     d = clip((mean − mean_moving) / σ_moving, −dmax, dmax)
///
/// - Source: Keras `renorm_clipping`; Ioffe, "Batch Renormalization" (2017).
public struct RenormClipping: Codable, Hashable, Sendable {
    public var rmin: Float?
    public var rmax: Float?
    public var dmax: Float?

    public init(rmin: Float? = nil, rmax: Float? = nil, dmax: Float? = nil) {
        self.rmin = rmin
        self.rmax = rmax
        self.dmax = dmax
    }

    func check(_ context: BuildContext) throws {
        let isValid =
            [rmin, rmax, dmax].allSatisfy { $0.map { $0 >= 0 && $0.isFinite } ?? true }
            && (rmin ?? 0) <= (rmax ?? .infinity)
        guard isValid else {
            func text(_ value: Float?) -> String { value.map(\.text) ?? "nil" }
            throw context.error(
                .argument, "invalid renormClipping", expected: "numbers of at least 0, rmin up to rmax",
                got: "rmin \(text(rmin)), rmax \(text(rmax)), dmax \(text(dmax))")
        }
    }
}

/// The statistics of batch renormalisation beside the moving mean and variance.
struct RenormStatistics: Sendable {
    private let movingDeviation = Parameter()
    private let mean = Parameter()
    private let deviation = Parameter()
    /// In Keras's order.
    var parameters: [Parameter] { [movingDeviation, mean, deviation] }

    /// The deviations start as the square roots of what the moving variance's initializer gives, where that
    /// is a constant; others start as 1.
    func declare(_ channels: Int, _ a: BatchNormalizationArguments, _ context: BuildContext) throws {
        let variance = a.movingVarianceInitializer.make([2], key: RandomKey(seed: 0)).scalars
        let root = variance[0] == variance[1] && variance[0] >= 0 ? variance[0].squareRoot() : 1
        let deviations = Initializer.constant(root)
        try context.declare(movingDeviation, "moving_stddev", [channels], deviations, isStatistic: true)
        try context.declare(mean, "renorm_mean", [channels], a.movingMeanInitializer, isStatistic: true)
        try context.declare(deviation, "renorm_stddev", [channels], deviations, isStatistic: true)
    }

    /// The corrections of a batch, by the statistics before it.
    func correction(of batch: ChannelStatistics, _ a: BatchNormalizationArguments) -> RenormCorrection {
        let known = deviation.value.maximum(a.epsilon.squareRoot())
        var r = (batch.variance + a.epsilon).squareRoot / known
        var d = (batch.mean - mean.value) / known
        if let rmin = a.renormClipping?.rmin { r = r.maximum(rmin) }
        if let rmax = a.renormClipping?.rmax { r = r.minimum(rmax) }
        if let dmax = a.renormClipping?.dmax { d = d.clamped(to: -dmax...dmax) }
        return RenormCorrection(r: r, d: d)
    }

    /// Takes in a batch; returns the moving variance, the square of the moving deviation.
    func update(with batch: ChannelStatistics, _ a: BatchNormalizationArguments) -> Tensor {
        let own = (batch.variance + a.epsilon).squareRoot
        mean.value = mean.value * a.renormMomentum + batch.mean * (1 - a.renormMomentum)
        deviation.value = deviation.value * a.renormMomentum + own * (1 - a.renormMomentum)
        movingDeviation.value = movingDeviation.value * a.momentum + own * (1 - a.momentum)
        return (movingDeviation.value.squared - a.epsilon).maximum(0)
    }
}
