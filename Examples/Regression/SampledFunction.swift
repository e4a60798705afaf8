import Cognitron

/// A function of one number and its values at points of equal distance.
struct SampledFunction: Sendable {
    let function: @Sendable (Double) -> Double
    let range: ClosedRange<Double>
    /// The points, shape (N, 1).
    let inputs: Tensor
    /// The values there, shape (N, 1).
    let targets: Tensor

    init(in range: ClosedRange<Double>, count: Int, _ function: @escaping @Sendable (Double) -> Double) {
        let points = (0..<count).map {
            range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(count - 1)
        }
        (self.function, self.range) = (function, range)
        inputs = Tensor(points.map { Float($0) }, shape: [count, 1])
        targets = Tensor(points.map { Float(function($0)) }, shape: [count, 1])
    }
}
