import Cognitron

extension KerasLayer {
    static let preprocessing: [KerasLayer] = [
        layer(
            "CategoryEncoding", { CategoryEncoding(1) },
            [.required("num_tokens"), .argument("output_mode", .word)]),
        layer("CenterCrop", { CenterCrop(1, 1) }, [.required("height"), .required("width")], channels: true),
        layer(
            "Discretization", { Discretization(numBins: 1) },
            [
                .argument("bin_boundaries"), .argument("num_bins"), .argument("epsilon"),
                .argument("output_mode", .word),
            ]),
        layer(
            "Normalization", { Normalization() },
            [
                .argument("axis", .axes, own: "axes"), .argument("mean", .numbers, own: "givenMean"),
                .argument("variance", .numbers, own: "givenVariance"), .argument("invert"),
            ]),
        KerasLayer(
            name: "Pipeline", standard: { Pipeline([]) },
            inner: [Inner(name: "layers", own: "layers", child: nil)], weights: Weights(container: "layers")),
        layer("Rescaling", { Rescaling(1) }, [.required("scale"), .argument("offset")]),
        layer(
            "Resizing", { Resizing(1, 1) },
            [
                .required("height"), .required("width"), .argument("interpolation"),
                .argument("crop_to_aspect_ratio"), .argument("pad_to_aspect_ratio"), .argument("fill_value"),
                .argument("antialias"),
            ], channels: true),
        layer(
            "MelSpectrogram", { MelSpectrogram() },
            [
                "fft_length", "sequence_stride", "sequence_length", "sampling_rate", "num_mel_bins",
                "min_freq", "max_freq", "power_to_db", "top_db", "mag_exp", "min_power", "ref_power",
            ].map { .argument($0, $0 == "sequence_length" || $0 == "max_freq" ? .given : .plain) } + [
                .argument("window", .window)
            ]),
        layer(
            "STFTSpectrogram", { STFTSpectrogram() },
            [
                "mode", "frame_length", "frame_step", "fft_length", "periodic", "scaling", "expand_dims",
            ].map { .argument($0, $0 == "frame_step" || $0 == "fft_length" ? .given : .plain) }
                + [.argument("window", .window), .argument("padding", .padding)], channels: true),
    ]
}

extension KerasForm {
    /// What has no standard value of its own: it follows from others.
    fileprivate static let given: KerasForm = KerasForm(write: { $0 }, read: { $0 })

    /// Axes; null there for none.
    fileprivate static let axes: KerasForm = KerasForm(
        write: { $0 == [] ? .null : $0 }, read: { $0.list == nil ? [$0] : $0 }, null: [])

    /// Numbers in lists of lists there, in a list here; one stands alone there.
    fileprivate static let numbers: KerasForm = KerasForm(
        write: { $0.list?.count == 1 ? $0.list?[0] ?? $0 : $0 },
        read: { value in
            func flat(_ value: JSONValue) -> [JSONValue] { value.list?.flatMap(flat) ?? [value] }
            return .list(flat(value))
        }, absent: .null)

    /// The window of a spectrum.
    fileprivate static let window: KerasForm = KerasForm(
        write: { value in
            guard let name = value.members?.first?.key, ["hann", "hamming"].contains(name) else {
                throw KerasMisfit("a window of numbers")
            }
            return .text(name)
        },
        read: { value in
            guard let name = value.string, ["hann", "hamming"].contains(name) else {
                throw KerasMisfit("\(value.brief), expected hann or hamming")
            }
            return .object([.init(name, [:])])
        }, absent: .null)
}
