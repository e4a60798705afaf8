/// The smooth L1 loss of four offsets, summed, and its gradient.
///
///     loss = Σ d² / (2 · beta)  where |d| < beta,  |d| − beta / 2  beyond
///
/// That is `Loss.huber(delta: beta)` over beta, not averaged.
///
/// - Parameter difference: the predicted offsets less the true ones.
/// - Source: Girshick, "Fast R-CNN" (2015), with beta 1; torchvision's region proposals have beta 1/9.
public func smoothL1(_ difference: SIMD4<Float>, beta: Float = 1) -> (loss: Float, gradient: SIMD4<Float>) {
    precondition(beta > 0, "smooth L1 has a beta of \(beta), expected one above 0")
    let sign = SIMD4<Float>(repeating: 1).replacing(with: -1, where: difference .< 0)
    let size = difference * sign
    let isSmall = size .< beta
    return (
        (size - beta / 2).replacing(with: size * size / (2 * beta), where: isSmall).sum(),
        sign.replacing(with: difference / beta, where: isSmall)
    )
}
