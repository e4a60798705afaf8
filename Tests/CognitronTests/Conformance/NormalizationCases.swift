import CognitronTesting

@testable import Cognitron

private let image: Shape = [2, 6, 5, 3]

extension ConformanceCase {
    static let normalization: [ConformanceCase] = [
        ConformanceCase("batch norm", image) { BatchNormalization() },
        ConformanceCase("batch norm, rows", [7, 10]) { BatchNormalization(center: false, scale: false) },
        ConformanceCase("batch norm over rows of images", image) { BatchNormalization(axis: 1) },
        ConformanceCase("batch renormalisation", image, excluding: [.gradients]) {
            BatchNormalization(renorm: true, renormClipping: RenormClipping(rmin: 0.5, rmax: 2, dmax: 1))
        },
        ConformanceCase("layer norm", [4, 3, 11]) { LayerNormalization() },
        ConformanceCase("layer norm, several axes", image) {
            LayerNormalization(axis: [1, 3], center: false)
        },
        ConformanceCase("layer norm, last axes", image) { LayerNormalization(axis: [-2, -1], scale: false) },
        ConformanceCase("group norm", [2, 3, 4, 6]) { GroupNormalization(groups: 3) },
        ConformanceCase("instance norm", image) { GroupNormalization(groups: -1, center: false) },
        ConformanceCase("group norm of rows", image) { GroupNormalization(groups: 2, axis: 1) },
        ConformanceCase("RMS norm", [4, 3, 11]) { RMSNormalization() },
        ConformanceCase("RMS norm, several axes", image) { RMSNormalization(axis: [1, 2]) },
        ConformanceCase("unit norm", [4, 11]) { UnitNormalization() },
        ConformanceCase("unit norm, several axes", image) { UnitNormalization(axis: [1, -1]) },
        ConformanceCase("local response norm", [2, 3, 2, 11]) {
            LocalResponseNormalization(size: 5, alpha: 0.5)
        },
        ConformanceCase("local response norm, even size", [3, 4]) {
            LocalResponseNormalization(size: 2, alpha: 1, beta: 0.6, k: 2)
        },
        // Each pass in training divides the kernel, so finite differences see another one each time.
        ConformanceCase("spectral norm", image, excluding: [.gradients]) {
            SpectralNormalization(Conv2D(4, kernelSize: 3), powerIterations: 2)
        },
    ]
}
