import Cognitron

extension Loss {
    /// mean ln cosh(prediction − target)
    static let softDistance = Loss("soft_distance", targets: .any) { prediction, target in
        let distance = prediction - target.reshaped(prediction.shape)
        let size = distance.absolute
        // ln cosh d = |d| + ln(1 + e^(−2|d|)) − ln 2
        let losses = size + ((size * -2).exponential + 1).logarithm - 0.693_147_18
        return (losses.mean(axis: -1), distance.hyperbolicTangent / Float(prediction.shape.last ?? 1))
    }
}
