import Cognitron

extension KerasLayer {
    private static func augmentation(
        _ name: String, _ standard: @escaping @Sendable () -> any AnyLayer & Encodable,
        _ arguments: [KerasArgument]
    ) -> KerasLayer { layer(name, standard, arguments, channels: true) }

    private static func plain(_ names: String...) -> [KerasArgument] { names.map { .argument($0) } }

    private static let valueRange: [KerasArgument] = [.argument("value_range")]
    private static let zero: [KerasArgument] = [.argument("factor", .fromZero)]
    private static let both: [KerasArgument] = [.argument("factor", .aboutZero)]

    /// They change what is trained on; predictions pass through them.
    static let augmentation: [KerasLayer] = [
        augmentation(
            "AugMix", { AugMix() },
            zero + valueRange + plain("num_chains", "chain_depth", "alpha", "all_ops", "interpolation")),
        augmentation("AutoContrast", { AutoContrast() }, valueRange),
        augmentation("CutMix", { CutMix() }, zero),
        augmentation("Equalization", { Equalization() }, valueRange + plain("bins")),
        augmentation("MixUp", { MixUp() }, plain("alpha")),
        augmentation("RandAugment", { RandAugment() }, zero + valueRange + plain("num_ops", "interpolation")),
        augmentation("RandomBrightness", { RandomBrightness(0) }, both + valueRange),
        augmentation(
            "RandomColorDegeneration", { RandomColorDegeneration(0) },
            [.argument("factor", .positive)] + valueRange),
        augmentation(
            "RandomColorJitter", { RandomColorJitter() },
            ["brightness_factor", "contrast_factor", "saturation_factor", "hue_factor"].map { .argument($0) }
                + valueRange),
        augmentation("RandomContrast", { RandomContrast(0) }, [.argument("factor", .twice)] + valueRange),
        augmentation("RandomCrop", { RandomCrop(1, 1) }, [.required("height"), .required("width")]),
        augmentation(
            "RandomElasticTransform", { RandomElasticTransform() },
            zero + valueRange + [.argument("scale", .fromZero)]
                + plain("interpolation", "fill_mode", "fill_value")
        ),
        augmentation(
            "RandomErasing", { RandomErasing() }, zero + valueRange + plain("scale", "fill_value")),
        augmentation("RandomFlip", { RandomFlip() }, [.argument("mode", .word)]),
        augmentation(
            "RandomGaussianBlur", { RandomGaussianBlur() },
            zero + valueRange + [.argument("kernel_size", .window(2)), .argument("sigma", .fromZero)]),
        augmentation("RandomGrayscale", { RandomGrayscale() }, plain("factor")),
        augmentation("RandomHue", { RandomHue(0) }, zero + valueRange),
        augmentation("RandomInvert", { RandomInvert() }, zero + valueRange),
        augmentation(
            "RandomPerspective", { RandomPerspective() },
            zero + plain("scale", "interpolation", "fill_value")),
        augmentation(
            "RandomPosterization", { RandomPosterization(8) }, [.argument("factor", .twice)] + valueRange),
        augmentation(
            "RandomRotation", { RandomRotation(0) },
            both + plain("fill_mode", "fill_value", "interpolation")),
        augmentation(
            "RandomSaturation", { RandomSaturation(0) }, [.argument("factor", .positive)] + valueRange),
        augmentation("RandomSharpness", { RandomSharpness(0) }, zero + valueRange),
        augmentation(
            "RandomShear", { RandomShear() },
            [.argument("x_factor", .symmetric), .argument("y_factor", .symmetric)]
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
            [.argument("addition_factor", .fromZero), .argument("threshold_factor", .fromZero)] + valueRange),
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

    /// One number there means a range about 0; two from 0 on are a range here.
    fileprivate static let symmetric: KerasForm = KerasForm(
        write: { $0 },
        read: { value in
            guard let ends = value.list?.compactMap(\.double), ends.count == 2, ends[0] == -ends[1] else {
                return value
            }
            return .number(ends[1])
        }, absent: .null)
    /// From 0; Keras keeps a range about 0 where one number was given.
    fileprivate static let positive: KerasForm = KerasForm(
        write: fromZero.write,
        read: { $0.list.map { .list($0.map { .number(max(0, $0.double ?? 0)) }) } ?? $0 }, absent: .null)
    fileprivate static let fromZero: KerasForm = range { [min(0, $0), max(0, $0)] }
    fileprivate static let aboutZero: KerasForm = range { [-abs($0), abs($0)] }
    fileprivate static let twice: KerasForm = range { [$0, $0] }
}
