/// The distribution of a tensor's elements over buckets of equal width.
///
/// Elements that are not finite are left out.
///
/// - Source: TensorFlow `tf.summary.histogram`, which has 30 buckets too.
struct Histogram {
    let count: Int
    let least: Double
    let greatest: Double
    let sum: Double
    let sumOfSquares: Double
    /// The upper limit of each bucket, and the number of elements in it.
    let limits: [Double]
    let counts: [Int]

    init(_ tensor: Tensor, bucketCount: Int = 30) {
        let scalars = tensor.scalars.filter(\.isFinite).map(Double.init)
        let (least, greatest) = (scalars.min() ?? 0, scalars.max() ?? 0)
        let width = (greatest - least) / Double(bucketCount)
        var counts = [Int](repeating: 0, count: width > 0 ? bucketCount : 1)
        for value in scalars {
            counts[width > 0 ? min(bucketCount - 1, Int((value - least) / width)) : 0] += 1
        }
        count = scalars.count
        (self.least, self.greatest, self.counts) = (least, greatest, counts)
        sum = scalars.reduce(0, +)
        sumOfSquares = scalars.reduce(0) { $0 + $1 * $1 }
        limits = counts.indices.map { $0 == counts.count - 1 ? greatest : least + width * Double($0 + 1) }
    }
}
