import Testing

@testable import Cognitron

@Suite("Pooling of sequences and volumes gives what that of Keras and PyTorch gives")
struct PoolingGoldenTests {
    private struct Arguments: Decodable {
        var layer: String
        var poolSize: [Int]?
        var strides: [Int]?
        var padding: String?
        var keepdims: Bool?
        var outputSize: [Int]?
    }

    private static let pools: [String: any BasePooling.Type] = [
        "MaxPooling1D": MaxPooling1D.self, "MaxPooling3D": MaxPooling3D.self,
        "AveragePooling1D": AveragePooling1D.self, "AveragePooling3D": AveragePooling3D.self,
    ]
    private static let globals: [String: any BaseGlobalPooling.Type] = [
        "GlobalMaxPooling1D": GlobalMaxPooling1D.self, "GlobalMaxPooling2D": GlobalMaxPooling2D.self,
        "GlobalMaxPooling3D": GlobalMaxPooling3D.self, "GlobalAveragePooling1D": GlobalAveragePooling1D.self,
        "GlobalAveragePooling2D": GlobalAveragePooling2D.self,
        "GlobalAveragePooling3D": GlobalAveragePooling3D.self,
    ]
    private static let adaptive: [String: any BaseAdaptivePooling.Type] = [
        "AdaptiveMaxPooling1D": AdaptiveMaxPooling1D.self, "AdaptiveMaxPooling2D": AdaptiveMaxPooling2D.self,
        "AdaptiveMaxPooling3D": AdaptiveMaxPooling3D.self,
        "AdaptiveAveragePooling1D": AdaptiveAveragePooling1D.self,
        "AdaptiveAveragePooling2D": AdaptiveAveragePooling2D.self,
        "AdaptiveAveragePooling3D": AdaptiveAveragePooling3D.self,
    ]

    @Test(
        "Windows, strides, padding, all positions, adaptive windows", arguments: try GoldenCase.all("windows")
    )
    func pooling(_ golden: GoldenCase) throws {
        let a: Arguments = try golden.configuration()
        let layer: any AnyLayer
        if let size = a.outputSize {
            layer = try #require(Self.adaptive[a.layer]).init(
                AdaptivePoolingArguments(outputSize: WindowSize(axes: size)))
        } else if let size = a.poolSize {
            layer = try #require(Self.pools[a.layer]).init(
                PoolingArguments(
                    rank: size.count, poolSize: size, strides: a.strides,
                    padding: try Padding(keras: a.padding ?? "valid", amount: nil), name: nil))
        } else {
            layer = try #require(Self.globals[a.layer]).init(
                GlobalPoolingArguments(keepdims: a.keepdims ?? false, name: nil))
        }
        try expectGolden(layer, golden)
    }
}
