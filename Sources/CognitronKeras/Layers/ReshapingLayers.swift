import Cognitron

extension KerasLayer {
    static let regularization: [KerasLayer] = [
        layer("ActivityRegularization", { ActivityRegularization() }, [.argument("l1"), .argument("l2")]),
        layer("AlphaDropout", { AlphaDropout(0.5) }, [.required("rate"), .argument("noise_shape")]),
        layer("Dropout", { Dropout(0.5) }, [.required("rate"), .argument("noise_shape")]),
        layer("GaussianDropout", { GaussianDropout(0.5) }, [.required("rate")]),
        layer("GaussianNoise", { GaussianNoise(0.5) }, [.required("stddev")]),
        layer("SpatialDropout1D", { SpatialDropout1D(0.5) }, [.required("rate")]),
        layer("SpatialDropout2D", { SpatialDropout2D(0.5) }, [.required("rate")], channels: true),
        layer("SpatialDropout3D", { SpatialDropout3D(0.5) }, [.required("rate")], channels: true),
    ]

    static let reshaping: [KerasLayer] = [
        layer("Cropping1D", { Cropping1D() }, [.argument("cropping", .margins(1))]),
        layer("Cropping2D", { Cropping2D() }, [.argument("cropping", .margins(2))], channels: true),
        layer("Cropping3D", { Cropping3D() }, [.argument("cropping", .margins(3))], channels: true),
        layer("Flatten", { Flatten() }, channels: true),
        layer("Permute", { Permute([1]) }, [.required("dims", .list)]),
        layer("RepeatVector", { RepeatVector(1) }, [.required("n")]),
        layer("Reshape", { Reshape([1]) }, [.required("target_shape", .list)]),
        layer("UpSampling1D", { UpSampling1D() }, [.argument("size", .firstSize)]),
        layer(
            "UpSampling2D", { UpSampling2D() }, [.argument("size", .window(2)), .argument("interpolation")],
            channels: true),
        layer("UpSampling3D", { UpSampling3D() }, [.argument("size", .window(3))], channels: true),
        layer("ZeroPadding1D", { ZeroPadding1D() }, [.argument("padding", .margins(1))], channels: true),
        KerasLayer(
            name: "ZeroPadding2D", standard: { ZeroPadding2D() },
            arguments: [KerasArgument(name: "padding", own: [], form: .sides)], fixed: [channelsLast]),
        layer("ZeroPadding3D", { ZeroPadding3D() }, [.argument("padding", .margins(3))], channels: true),
    ]

    static let merging: [KerasLayer] = [
        layer("Add", { Add() }), layer("Average", { Average() }),
        layer("Concatenate", { Concatenate() }, [.argument("axis")]),
        layer("Dot", { Dot(axes: 1) }, [.required("axes", .pair), .argument("normalize")]),
        layer("Maximum", { Maximum() }), layer("Minimum", { Minimum() }), layer("Multiply", { Multiply() }),
        layer("Subtract", { Subtract() }),
    ]
}

extension KerasForm {
    /// A number there, a list of one here.
    fileprivate static let firstSize: KerasForm = KerasForm(
        write: { $0.list?.first ?? $0 }, read: { $0.list == nil ? [$0] : $0 })
    /// One axis for both inputs, or two.
    fileprivate static let pair: KerasForm = KerasForm(
        write: { $0 }, read: { $0.list == nil ? [$0, $0] : $0 })
}
