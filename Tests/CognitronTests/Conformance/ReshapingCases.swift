import CognitronTesting

@testable import Cognitron

private let image: Shape = [2, 6, 5, 3]

extension ConformanceCase {
    static let reshaping: [ConformanceCase] = [
        ConformanceCase("flatten", image) { Flatten() },
        ConformanceCase("reshape", image) { Reshape([3, -1]) },
        ConformanceCase("permutation", [2, 3, 4, 5]) { Permute([2, 3, 1]) },
        ConformanceCase("repetition", [2, 5]) { RepeatVector(3) },
        ConformanceCase("cropping of sequences", [2, 5, 3]) { Cropping1D([2, 1]) },
        ConformanceCase("cropping", image) { Cropping2D([[1, 0], [2, 1]]) },
        ConformanceCase("cropping of volumes", [2, 3, 4, 3, 2]) { Cropping3D([[1, 0], [0, 2], [1, 1]]) },
        ConformanceCase("cropping to the size of others", image, [2, 4, 2, 1]) { CropToMatch2D() },
        ConformanceCase("cropping from an offset", image, [2, 3, 3, 1]) { CropToMatch2D(offset: 2) },
        ConformanceCase("the size of others", image, [2, 4, 9, 1]) { ResizeToMatch2D() },
        ConformanceCase("zero padding", image) { ZeroPadding2D([1, 2]) },
        ConformanceCase("padding of sequences", [2, 5, 3]) { ZeroPadding1D([2, 1]) },
        ConformanceCase("padding by reflection", image) {
            ZeroPadding2D([[3, 1], [2, 3]], mode: .reflect)
        },
        ConformanceCase("padding by the edge", [2, 2, 3, 2, 2]) { ZeroPadding3D(2, mode: .edge) },
        ConformanceCase("padding with a constant", [2, 5, 3]) { ZeroPadding1D(1, mode: .constant(3)) },
        ConformanceCase("up-sampling 1D", [2, 3, 2]) { UpSampling1D(3) },
        ConformanceCase("up-sampling 2D", [2, 3, 2, 3]) { UpSampling2D([2, 1]) },
        ConformanceCase("up-sampling 3D", [2, 2, 3, 2, 2]) { UpSampling3D([2, 1, 2]) },
        ConformanceCase("bicubic up-sampling", [2, 4, 3, 9]) { UpSampling2D(2, interpolation: .bicubic) },
        ConformanceCase("depth to space", [2, 2, 3, 8]) { DepthToSpace(2) },
        ConformanceCase("space to depth", [2, 4, 6, 2]) { SpaceToDepth(2) },
    ]
}
