import Cognitron

extension KerasLayer {
    private static func augmentation(
        _ name: String, _ standard: @escaping @Sendable () -> any AnyLayer & Encodable,
        _ arguments: [KerasArgument]
    ) -> KerasLayer { layer(name, standard, arguments, channels: true) }

    private static func plain(_ names: String...) -> [KerasArgument] { names.map { .argument($0) } }

    private static let range: [KerasArgument] = [.argument("value_range")]
    private static let zero: [KerasArgument] = [.argument("factor", .fromZero)]
    private static let both: [KerasArgument] = [.argument("factor", .aboutZero)]

    /// They change what is trained on; predictions pass through them.
    static let augmentation: [KerasLayer] = [
        augmentation(
            "AugMix", { AugMix() },
            zero + range + plain("num_chains", "chain_depth", "alpha", "all_ops", "interpolation")),
        augmentation("AutoContrast", { AutoContrast() }, range),
        augmentation("CutMix", { CutMix() }, zero),
        augmentation("Equalization", { Equalization() }, range + plain("bins")),
        augmentation("MixUp", { MixUp() }, plain("alpha")),
        augmentation("RandAugment", { RandAugment() }, zero + range + plain("num_ops", "interpolation")),
        augmentation("RandomBrightness", { RandomBrightness(0) }, both + range),
        augmentation(
            "RandomColorDegeneration", { RandomColorDegeneration(0) },
            [.argument("factor", .positive)] + range),
        augmentation(
            "RandomColorJitter", { RandomColorJitter() },
            ["brightness_factor", "contrast_factor", "saturation_factor", "hue_factor"].map { .argument($0) }
                + range),
        augmentation("RandomContrast", { RandomContrast(0) }, [.argument("factor", .twice)] + range),
        augmentation("RandomCrop", { RandomCrop(1, 1) }, [.required("height"), .required("width")]),
        augmentation(
            "RandomElasticTransform", { RandomElasticTransform() },
            zero + range + [.argument("scale", .fromZero)] + plain("interpolation", "fill_mode", "fill_value")
        ),
        augmentation(
            "RandomErasing", { RandomErasing() }, zero + range + plain("scale", "fill_value")),
        augmentation("RandomFlip", { RandomFlip() }, [.argument("mode", .word)]),
        augmentation(
            "RandomGaussianBlur", { RandomGaussianBlur() },
            zero + range + [.argument("kernel_size", .window(2)), .argument("sigma", .fromZero)]),
        augmentation("RandomGrayscale", { RandomGrayscale() }, plain("factor")),
        augmentation("RandomHue", { RandomHue(0) }, zero + range),
        augmentation("RandomInvert", { RandomInvert() }, zero + range),
        augmentation(
            "RandomPerspective", { RandomPerspective() },
            zero + plain("scale", "interpolation", "fill_value")),
        augmentation(
            "RandomPosterization", { RandomPosterization(8) }, [.argument("factor", .twice)] + range),
        augmentation(
            "RandomRotation", { RandomRotation(0) },
            both + plain("fill_mode", "fill_value", "interpolation")),
        augmentation("RandomSaturation", { RandomSaturation(0) }, [.argument("factor", .positive)] + range),
        augmentation("RandomSharpness", { RandomSharpness(0) }, zero + range),
        augmentation(
            "RandomShear", { RandomShear() },
            [.argument("x_factor", .aboutZero), .argument("y_factor", .aboutZero)]
                + plain("fill_mode", "fill_value", "interpolation")),
        augmentation(
            "RandomTranslation", { RandomTranslation(0, 0) },
            [.required("height_factor", .aboutZero), .required("width_factor", .aboutZero)]
                + plain("fill_mode", "fill_value", "interpolation")),
        augmentation(
            "RandomZoom", { RandomZoom(0) },
            [.required("height_factor", .aboutZero), .argument("width_factor", .aboutZero)]
                + plain("fill_mode", "fill_value", "interpolation")),
        augmentation(
            "Solarization", { Solarization() },
            [.argument("addition_factor", .fromZero), .argument("threshold_factor", .fromZero)] + range),
    ]
}

extension KerasForm {
    /// A range; one number stands for that from 0, or from its opposite, or for itself twice.
    private static func range(_ ends: @escaping @Sendable (Double) -> [Double]) -> KerasForm {
        KerasForm(
            write: { value in
                guard let number = value.double else { return value }
                return .list(
                    ends(number).map { end in Int(exactly: end).map { .integer($0) } ?? .number(end) })
            }, read: { $0 }, absent: .null)
    }

    /// From 0; Keras keeps a range about 0 where one number was given.
    fileprivate static let positive = KerasForm(
        write: fromZero.write,
        read: { $0.list.map { .list($0.map { .number(max(0, $0.double ?? 0)) }) } ?? $0 }, absent: .null)
    fileprivate static let fromZero = range { [min(0, $0), max(0, $0)] }
    fileprivate static let aboutZero = range { [-abs($0), abs($0)] }
    fileprivate static let twice = range { [$0, $0] }
}
