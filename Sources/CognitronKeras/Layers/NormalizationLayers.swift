import Cognitron

extension KerasLayer {
    private static let scaled: [KerasArgument] =
        [.argument("epsilon"), .argument("center"), .argument("scale")] + .rules("beta") + .rules("gamma")

    static let normalizations: [KerasLayer] = [
        layer(
            "BatchNormalization", { BatchNormalization() },
            [
                .argument("axis", .singleAxis), .argument("momentum"),
                .argument("moving_mean_initializer", .initializer),
                .argument("moving_variance_initializer", .initializer), .argument("renorm", .flag),
                .argument("renorm_clipping"), .argument("renorm_momentum", .kept),
            ] + scaled),
        layer(
            "GroupNormalization", { GroupNormalization() },
            [.argument("groups"), .argument("axis")] + scaled),
        layer("LayerNormalization", { LayerNormalization() }, [.argument("axis")] + scaled),
        layer("RMSNormalization", { RMSNormalization() }, [.argument("axis"), .argument("epsilon")]),
        layer("UnitNormalization", { UnitNormalization() }, [.argument("axis")]),
        KerasLayer(
            name: "SpectralNormalization", standard: { SpectralNormalization(Dense(1)) },
            arguments: [.argument("power_iterations")],
            inner: [Inner(name: "layer", own: "layer", child: "layer")]),
    ]
}

extension KerasForm {
    /// An axis, which Keras 2 writes as a list of one; the last goes without saying here.
    fileprivate static let singleAxis: KerasForm = KerasForm(
        write: { $0 },
        read: { value in
            guard let axes = value.list else { return value }
            guard axes.count == 1 else { throw KerasMisfit("several axes: \(value.brief)") }
            return axes[0]
        }, absent: -1)
    /// The standard value goes without saying here.
    fileprivate static let kept: KerasForm = KerasForm(write: { $0 }, read: { $0 })
}
