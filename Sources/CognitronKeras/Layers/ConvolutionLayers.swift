import Cognitron

extension KerasLayer {
    /// The arguments that all convolutions have.
    private static func window(_ rank: Int) -> [KerasArgument] {
        [
            .required("kernel_size", .window(rank)), .argument("strides", .window(rank)),
            .argument("padding", .padding), .argument("dilation_rate", .window(rank)),
            .argument("activation", .activation), .argument("use_bias"),
            .argument("activity_regularizer", .regularizer),
        ] + .rules("bias")
    }

    private static func convolution(
        _ name: String, _ rank: Int, _ standard: @escaping @Sendable () -> any AnyLayer & Encodable
    ) -> KerasLayer {
        layer(
            name, standard,
            [.required("filters"), .argument("groups", .groups)] + window(rank) + .rules("kernel"),
            channels: true)
    }

    private static func transposed(
        _ name: String, _ rank: Int, _ standard: @escaping @Sendable () -> any AnyLayer & Encodable
    ) -> KerasLayer {
        layer(
            name, standard,
            [.required("filters"), .argument("output_padding", .window(rank))] + window(rank)
                + .rules("kernel"), channels: true)
    }

    private static func depthwise(
        _ name: String, _ rank: Int, _ standard: @escaping @Sendable () -> any AnyLayer & Encodable
    ) -> KerasLayer {
        layer(
            name, standard, [.argument("depth_multiplier")] + window(rank) + .rules("depthwise"),
            channels: true)
    }

    private static func separable(
        _ name: String, _ rank: Int, _ standard: @escaping @Sendable () -> any AnyLayer & Encodable
    ) -> KerasLayer {
        layer(
            name, standard,
            [.required("filters"), .argument("depth_multiplier")] + window(rank) + .rules("depthwise")
                + .rules("pointwise"), channels: true)
    }

    static let convolutions: [KerasLayer] = [
        convolution("Conv1D", 1) { Conv1D(1, kernelSize: 1) },
        convolution("Conv2D", 2) { Conv2D(1, kernelSize: 1) },
        convolution("Conv3D", 3) { Conv3D(1, kernelSize: 1) },
        transposed("Conv1DTranspose", 1) { Conv1DTranspose(1, kernelSize: 1) },
        transposed("Conv2DTranspose", 2) { Conv2DTranspose(1, kernelSize: 1) },
        transposed("Conv3DTranspose", 3) { Conv3DTranspose(1, kernelSize: 1) },
        depthwise("DepthwiseConv1D", 1) { DepthwiseConv1D(kernelSize: 1) },
        depthwise("DepthwiseConv2D", 2) { DepthwiseConv2D(kernelSize: 1) },
        separable("SeparableConv1D", 1) { SeparableConv1D(1, kernelSize: 1) },
        separable("SeparableConv2D", 2) { SeparableConv2D(1, kernelSize: 1) },
    ]
}

extension KerasForm {
    /// One group goes without saying here.
    fileprivate static let groups: KerasForm = KerasForm(write: { $0 }, read: { $0 }, absent: 1)
}
