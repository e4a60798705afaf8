import Testing

@testable import Cognitron

@Suite("Layers that move or resize give what Keras's give")
struct ReshapingGoldenTests {
    @Test(
        "Cropping, padding and its modes, permutation, repetition, up-sampling, blocks",
        arguments: try GoldenCase.all("reshaping"))
    func reshaping(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var layer: String
            var amounts: [[Int]]?
            var mode: String?
            var dims: [Int]?
            var n: Int?
            var size: [Int]?
            var interpolation: Interpolation?
            var blockSize: Int?
        }
        let a = try golden.configuration(Arguments.self)
        let amounts = a.amounts ?? []
        let mode: PaddingMode =
            switch a.mode {
            case "reflect": .reflect
            case "edge": .edge
            case "constant": .constant(1.5)
            default: .zeros
            }
        let layer: any AnyLayer =
            switch a.layer {
            case "Cropping1D": Cropping1D(amounts)
            case "Cropping2D": Cropping2D(amounts)
            case "Cropping3D": Cropping3D(amounts)
            case "ZeroPadding1D": ZeroPadding1D(amounts, mode: mode)
            case "ZeroPadding2D": ZeroPadding2D(amounts, mode: mode)
            case "ZeroPadding3D": ZeroPadding3D(amounts, mode: mode)
            case "Permute": Permute(try #require(a.dims))
            case "RepeatVector": RepeatVector(try #require(a.n))
            case "UpSampling1D": UpSampling1D(try #require(a.size))
            case "UpSampling2D":
                UpSampling2D(try #require(a.size), interpolation: a.interpolation ?? .nearest)
            case "UpSampling3D": UpSampling3D(try #require(a.size))
            case "DepthToSpace": DepthToSpace(try #require(a.blockSize))
            default: SpaceToDepth(try #require(a.blockSize))
            }
        try expectGolden(layer, golden, tolerance: a.interpolation == nil ? 1e-6 : 1e-5)
    }

    @Test(
        "Resizing and CenterCrop: every interpolation, larger and smaller, with ratios kept",
        arguments: try GoldenCase.all("resizing"))
    func resizing(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var layer: String
            var height: Int
            var width: Int
            var interpolation: Interpolation?
            var cropToAspectRatio: Bool?
            var padToAspectRatio: Bool?
            var fillValue: Float?
            var antialias: Bool?
        }
        let a = try golden.configuration(Arguments.self)
        let layer: any AnyLayer =
            a.layer == "CenterCrop"
            ? CenterCrop(a.height, a.width)
            : Resizing(
                a.height, a.width, interpolation: a.interpolation ?? .bilinear,
                cropToAspectRatio: a.cropToAspectRatio ?? false,
                padToAspectRatio: a.padToAspectRatio ?? false, fillValue: a.fillValue ?? 0,
                antialias: a.antialias ?? false)
        try expectGolden(layer, golden, tolerance: 1e-5)
    }
}
