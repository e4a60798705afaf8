// Normalisation of groups of channels in each sample of x (samples, pixels, channels).
//
// Wu and He, "Group Normalization" (2018); with a group for each channel, Ulyanov, Vedaldi and Lempitsky,
// "Instance Normalization" (2016).

package struct GroupwiseNormalization: Sendable {
    let samples: Int, pixels: Int, channels: Int
    let groups: Int
    let epsilon: Float
    /// Channels per group.
    private var size: Int { channels / groups }
    private var sampleSize: Int { pixels * channels }

    package init(samples: Int, pixels: Int, channels: Int, groups: Int, epsilon: Float) {
        require(channels % groups == 0, "\(channels) channels in \(groups) groups")
        (self.samples, self.pixels, self.channels) = (samples, pixels, channels)
        (self.groups, self.epsilon) = (groups, epsilon)
    }

    /// y ← (x − mean) · inverse · gamma + beta; mean, inverse (samples, channels) ← those of each channel's
    /// group.
    ///
    /// - Parameter gamma: (channels); nil for 1. `beta` likewise, nil for 0.
    package func forward(
        _ x: UnsafePointer<Float>, gamma: UnsafePointer<Float>?, beta: UnsafePointer<Float>?,
        into y: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>,
        inverse: UnsafeMutablePointer<Float>
    ) {
        forEachSample { n in
            let (mean, inverse) = (mean + n * channels, inverse + n * channels)
            BatchNormalizationKernels.statistics(
                x + n * sampleSize, rows: pixels, channels: channels, mean: mean, variance: inverse)
            joinGroups(mean: mean, inverse: inverse)
            let factors = ScratchArrays([channels, channels])
            let (scale, shift) = (factors[0], factors[1])
            for c in 0..<channels {
                scale[c] = inverse[c] * (gamma?[c] ?? 1)
                shift[c] = beta?[c] ?? 0
            }
            BatchNormalizationKernels.apply(
                x + n * sampleSize, rows: pixels, channels: channels,
                by: (UnsafePointer(mean), UnsafePointer(scale), UnsafePointer(shift)),
                into: y + n * sampleSize)
            withExtendedLifetime(factors) {}
        }
    }

    /// mean, inverse ← the mean and 1 / √(variance + epsilon) of each channel's group, from the channels' own
    /// means and variances.
    private func joinGroups(mean: UnsafeMutablePointer<Float>, inverse: UnsafeMutablePointer<Float>) {
        for group in 0..<groups {
            let range = group * size..<(group + 1) * size
            let center = range.reduce(0.0) { $0 + Double(mean[$1]) } / Double(size)
            let variance = range.reduce(0.0) { sum, c in
                let distance = Double(mean[c]) - center
                return sum + Double(inverse[c]) + distance * distance
            }
            let scale = 1 / (variance / Double(size) + Double(epsilon)).squareRoot()
            for c in range { (mean[c], inverse[c]) = (Float(center), Float(scale)) }
        }
    }

    /// dx ← inverse · (g − mean(g) − x̂ · mean(g · x̂)) with g = dy · gamma and x̂ = (x − mean) · inverse,
    /// each mean over a sample's group; dGamma (channels) ← Σ dy · x̂; dBeta ← Σ dy. dx may be dy.
    package func backward(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, gamma: UnsafePointer<Float>?,
        mean: UnsafePointer<Float>, inverse: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
        dGamma: UnsafeMutablePointer<Float>, dBeta: UnsafeMutablePointer<Float>
    ) {
        let sums = ScratchArrays([samples * channels, samples * channels])
        let (sumsOfProducts, sumsOfGradients) = (sums[0], sums[1])
        forEachSample { n in
            let (at, c) = (n * sampleSize, n * channels)
            BatchNormalizationKernels.gradientSums(
                x + at, dy + at, rows: pixels, channels: channels, mean: mean + c,
                inverseDeviation: inverse + c, sumDy: sumsOfGradients + c, sumDyX: sumsOfProducts + c)
            let factors = ScratchArrays([channels, channels, channels])
            inputFactors(
                factors, gamma, inverse + c, products: sumsOfProducts + c, gradients: sumsOfGradients + c)
            BatchNormalizationKernels.backward(
                x + at, dy + at, rows: pixels, channels: channels,
                by: (
                    mean + c, UnsafePointer(factors[0]), UnsafePointer(factors[1]), UnsafePointer(factors[2])
                ), into: dx + at)
            withExtendedLifetime(factors) {}
        }
        Reduction.sumRows(sumsOfProducts, rows: samples, columns: channels, into: dGamma)
        Reduction.sumRows(sumsOfGradients, rows: samples, columns: channels, into: dBeta)
        withExtendedLifetime(sums) {}
    }

    /// The factors a, b and d of dx = a · dy + b · (x − mean) + d, of one sample.
    private func inputFactors(
        _ factors: ScratchArrays, _ gamma: UnsafePointer<Float>?, _ inverse: UnsafePointer<Float>,
        products: UnsafePointer<Float>, gradients: UnsafePointer<Float>
    ) {
        let share = 1 / Double(pixels * size)
        for group in 0..<groups {
            let range = group * size..<(group + 1) * size
            let scale = inverse[range.lowerBound]
            let slope = range.reduce(0.0) { $0 + Double((gamma?[$1] ?? 1) * products[$1]) } * share
            let offset = range.reduce(0.0) { $0 + Double((gamma?[$1] ?? 1) * gradients[$1]) } * share
            for c in range {
                factors[0][c] = scale * (gamma?[c] ?? 1)
                factors[1][c] = -scale * scale * Float(slope)
                factors[2][c] = -scale * Float(offset)
            }
        }
    }

    private func forEachSample(_ body: (_ n: Int) -> Void) {
        let grain = max(1, Elementwise.grain / max(1, sampleSize))
        WorkerPool.shared.run(total: samples, grain: grain) { range, _ in
            for n in range { body(n) }
        }
    }
}
