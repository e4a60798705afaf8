import CognitronKernels

/// The weights with which the pixels along one axis are averaged into fewer or more pixels.
///
///     y[i] = Σ_t weights[i][t] · x[starts[i] + t]
///
/// The filter lies centred on each pixel. Where the picture shrinks it is widened, so that all pixels count
/// ("antialias"). Weights are in units of 2⁻²², so that results are Pillow's and torchvision's to the bit.
///
/// - Source: Pillow, `Resample.c`, `precompute_coeffs`.
struct PictureAxis {
    static let precision = 22

    let count: Int
    /// Weights for each result; unused ones are 0.
    let taps: Int
    let starts: [Int]
    let counts: [Int]
    /// (count, taps)
    let weights: [Int32]

    init(_ filter: ResamplingFilter, from size: Int, to count: Int) {
        let scale = Double(size) / Double(count)
        let width = max(scale, 1)
        let support = filter.radius * width
        let taps = Int(support.rounded(.up)) * 2 + 1
        var starts = [Int](repeating: 0, count: count)
        var counts = starts
        var weights = [Int32](repeating: 0, count: count * taps)
        var row = [Double](repeating: 0, count: taps)
        for i in 0..<count {
            let center = (Double(i) + 0.5) * scale
            let start = max(0, Int(center - support + 0.5))
            let end = min(size, Int(center + support + 0.5))
            var sum = 0.0
            for t in 0..<end - start {
                row[t] = filter.value(abs((Double(t + start) - center + 0.5) * (1 / width)))
                sum += row[t]
            }
            for t in 0..<end - start {
                let weight = row[t] / sum * Double(1 << Self.precision)
                weights[i * taps + t] = Int32(weight.rounded(.toNearestOrAwayFromZero))
            }
            (starts[i], counts[i]) = (start, end - start)
        }
        (self.count, self.taps, self.starts, self.counts, self.weights) = (
            count, taps, starts, counts, weights
        )
    }
}
