import Cognitron

extension KerasLayer {
    private static func pooling(
        _ name: String, _ rank: Int, _ standard: @escaping @Sendable () -> any AnyLayer & Encodable
    ) -> KerasLayer {
        layer(
            name, standard,
            [
                .required("pool_size", .window(rank)), .argument("strides", .window(rank)),
                .argument("padding", .padding),
            ], channels: true)
    }

    private static func adaptive(
        _ name: String, _ rank: Int, _ standard: @escaping @Sendable () -> any AnyLayer & Encodable
    ) -> KerasLayer {
        layer(name, standard, [.required("output_size", .window(rank))], channels: true)
    }

    private static func global(
        _ name: String, _ standard: @escaping @Sendable () -> any AnyLayer & Encodable
    ) -> KerasLayer {
        layer(name, standard, [.argument("keepdims", .flag)], channels: true)
    }

    static let poolings: [KerasLayer] = [
        pooling("AveragePooling1D", 1) { AveragePooling1D() },
        pooling("AveragePooling2D", 2) { AveragePooling2D() },
        pooling("AveragePooling3D", 3) { AveragePooling3D() },
        pooling("MaxPooling1D", 1) { MaxPooling1D() }, pooling("MaxPooling2D", 2) { MaxPooling2D() },
        pooling("MaxPooling3D", 3) { MaxPooling3D() },
        adaptive("AdaptiveAveragePooling1D", 1) { AdaptiveAveragePooling1D(outputSize: 1) },
        adaptive("AdaptiveAveragePooling2D", 2) { AdaptiveAveragePooling2D(outputSize: 1) },
        adaptive("AdaptiveAveragePooling3D", 3) { AdaptiveAveragePooling3D(outputSize: 1) },
        adaptive("AdaptiveMaxPooling1D", 1) { AdaptiveMaxPooling1D(outputSize: 1) },
        adaptive("AdaptiveMaxPooling2D", 2) { AdaptiveMaxPooling2D(outputSize: 1) },
        adaptive("AdaptiveMaxPooling3D", 3) { AdaptiveMaxPooling3D(outputSize: 1) },
        global("GlobalAveragePooling1D") { GlobalAveragePooling1D() },
        global("GlobalAveragePooling2D") { GlobalAveragePooling2D() },
        global("GlobalAveragePooling3D") { GlobalAveragePooling3D() },
        global("GlobalMaxPooling1D") { GlobalMaxPooling1D() },
        global("GlobalMaxPooling2D") { GlobalMaxPooling2D() },
        global("GlobalMaxPooling3D") { GlobalMaxPooling3D() },
    ]
}

extension KerasForm {
    /// False goes without saying here.
    static let flag: KerasForm = KerasForm(write: { $0 }, read: { $0 }, absent: false)
}
