import Testing

@testable import Cognitron

@Suite("Layers give what those of Keras and PyTorch give")
struct LayerGoldenTests {
    @Test("Dense, on any number of axes and with each activation", arguments: try GoldenCase.all("dense"))
    func dense(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var units: Int
            var activation: String
            var useBias: Bool
        }
        let a = try golden.configuration(Arguments.self)
        let layer = Dense(
            a.units, activation: try ActivationFunction(keras: a.activation), useBias: a.useBias)
        try expectGolden(layer, golden)
    }

    @Test(
        "Conv2D, for kernels × strides × padding × dilation × sizes", arguments: try GoldenCase.all("conv2d"))
    func convolution(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var filters: Int
            var kernelSize: [Int]
            var strides: [Int]
            var padding: String
            var paddingAmount: Int?
            var dilationRate: [Int]
            var groups: Int?
            var useBias: Bool
            var activation: String
        }
        let a = try golden.configuration(Arguments.self)
        let layer = Conv2D(
            a.filters, kernelSize: a.kernelSize, strides: a.strides,
            padding: try Padding(keras: a.padding, amount: a.paddingAmount), dilationRate: a.dilationRate,
            groups: a.groups ?? 1, activation: try ActivationFunction(keras: a.activation), useBias: a.useBias
        )
        try expectGolden(layer, golden)
    }

    @Test(
        "DepthwiseConv2D, for kernels × strides × padding × dilation × multipliers",
        arguments: try GoldenCase.all("depthwise_conv2d"))
    func depthwiseConvolution(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var kernelSize: [Int]
            var strides: [Int]
            var padding: String
            var depthMultiplier: Int
            var dilationRate: [Int]
            var useBias: Bool
            var activation: String
        }
        let a = try golden.configuration(Arguments.self)
        let layer = DepthwiseConv2D(
            kernelSize: a.kernelSize, strides: a.strides, padding: try Padding(keras: a.padding, amount: nil),
            depthMultiplier: a.depthMultiplier, dilationRate: a.dilationRate,
            activation: try ActivationFunction(keras: a.activation), useBias: a.useBias)
        try expectGolden(layer, golden)
    }

    @Test("Pooling: windows, strides, padding, ties, whole images", arguments: try GoldenCase.all("pooling"))
    func pooling(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var layer: String
            var p: Float?
            var poolSize: [Int]?
            var strides: [Int]?
            var padding: String?
            var paddingAmount: Int?
        }
        let a = try golden.configuration(Arguments.self)
        let padding = try Padding(keras: a.padding ?? "valid", amount: a.paddingAmount)
        let layer: any AnyLayer =
            switch a.layer {
            case "GlobalMaxPooling2D": GlobalMaxPooling2D()
            case "GlobalAveragePooling2D": GlobalAveragePooling2D()
            case "MaxPooling2D":
                MaxPooling2D(poolSize: try #require(a.poolSize), strides: a.strides, padding: padding)
            case "AveragePooling2D":
                AveragePooling2D(poolSize: try #require(a.poolSize), strides: a.strides, padding: padding)
            default:
                LpPooling2D(
                    p: try #require(a.p), poolSize: try #require(a.poolSize), strides: a.strides,
                    padding: padding)
            }
        try expectGolden(layer, golden)
    }

    @Test(
        "BatchNormalization, in training and in inference, and how its moving statistics move",
        arguments: try GoldenCase.all("normalization"))
    func normalization(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var momentum: Float?
            var epsilon: Float?
            var center: Bool?
            var scale: Bool?
        }
        let a = try golden.configuration(Arguments.self)
        let defaults = BatchNormalization()
        let layer = BatchNormalization(
            momentum: a.momentum ?? defaults.momentum, epsilon: a.epsilon ?? defaults.epsilon,
            center: a.center ?? defaults.center, scale: a.scale ?? defaults.scale)
        // Where the mean is a hundred times the deviation, the inputs keep two digits less of what is
        // normalised. Keras's own error with 32 bits is 2.4·10⁻⁵ there.
        try expectGolden(layer, golden, tolerance: golden.name.hasPrefix("offset") ? 5e-5 : 1e-5)
    }

    @Test("ZeroPadding2D, Flatten, Reshape, Concatenate and Add", arguments: try GoldenCase.all("shaping"))
    func shaping(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var layer: String
            var padding: [[Int]]?
            var targetShape: [Int]?
            var axis: Int?
        }
        let a = try golden.configuration(Arguments.self)
        let layer: any AnyLayer =
            switch a.layer {
            case "Flatten": Flatten()
            case "Add": Add()
            case "Reshape": Reshape(Shape(try #require(a.targetShape)))
            case "Concatenate": Concatenate(axis: try #require(a.axis))
            default:
                try {
                    let p = try #require(a.padding)
                    return ZeroPadding2D(top: p[0][0], bottom: p[0][1], left: p[1][0], right: p[1][1])
                }()
            }
        // Numbers are moved, or two or three of them added.
        try expectGolden(layer, golden, tolerance: 1e-7)
    }
}
