import Cognitron

// The classes of optimizers that both have.

extension KerasOptimizer {
    static func number(_ name: String, _ value: Float) -> JSONValue.Member {
        .init(name, .number(Double("\(value)") ?? Double(value)))
    }

    private static func adam(_ c: Config, _ shape: Shape) -> [[Slot]] {
        [[Slot("mean", shape), Slot("square", shape)]]
            + (c.flag("amsgrad") ? [[Slot("largestSquare", shape)]] : [])
    }

    /// A subclass comes before its class.
    static let all: [KerasOptimizer] = [
        sgd, rmsprop, adamW, adam, adagrad, adadelta, adamax, nadam, lamb, lion, adafactor, scheduleFree,
    ]

    private static let sgd = KerasOptimizer(
        name: "SGD",
        arguments: {
            ($0 as? SGD).map {
                [
                    number("momentum", $0.momentum), .init("nesterov", .flag($0.nesterov)),
                    number("weight_decay", $0.weightDecay),
                ]
            }
        },
        make: { c in
            let o = c.options
            return SGD(
                learningRate: c.rate, momentum: c.number("momentum", 0), nesterov: c.flag("nesterov"),
                weightDecay: c.number("weight_decay", 0), clipnorm: o.clipnorm, clipvalue: o.clipvalue,
                globalClipnorm: o.globalClipnorm, useEma: o.useEma, emaMomentum: o.emaMomentum,
                emaOverwriteFrequency: o.emaOverwriteFrequency,
                gradientAccumulationSteps: o.gradientAccumulationSteps)
        },
        slots: { c, shape in
            c.number("momentum", 0) == 0 ? [] : [[Slot("velocity", shape)]]
        })

    private static let rmsprop = KerasOptimizer(
        name: "RMSprop",
        arguments: {
            ($0 as? RMSprop).map {
                [
                    number("rho", $0.rho), number("momentum", $0.momentum), number("epsilon", $0.epsilon),
                    .init("centered", .flag($0.centered)), number("weight_decay", $0.weightDecay),
                ]
            }
        },
        make: { c in
            let o = c.options
            return RMSprop(
                learningRate: c.rate, rho: c.number("rho", 0.9), momentum: c.number("momentum", 0),
                epsilon: c.number("epsilon", 1e-7), centered: c.flag("centered"),
                weightDecay: c.number("weight_decay", 0), clipnorm: o.clipnorm, clipvalue: o.clipvalue,
                globalClipnorm: o.globalClipnorm, useEma: o.useEma, emaMomentum: o.emaMomentum,
                emaOverwriteFrequency: o.emaOverwriteFrequency,
                gradientAccumulationSteps: o.gradientAccumulationSteps)
        },
        slots: { c, shape in
            [[Slot("square", shape)]] + (c.number("momentum", 0) > 0 ? [[Slot("velocity", shape)]] : [])
                + (c.flag("centered") ? [[Slot("mean", shape)]] : [])
        })

    private static let adamW = KerasOptimizer(
        name: "AdamW",
        arguments: {
            ($0 as? AdamW).map {
                [
                    number("weight_decay", $0.weightDecay), number("beta_1", $0.beta1),
                    number("beta_2", $0.beta2), number("epsilon", $0.epsilon),
                    .init("amsgrad", .flag($0.amsgrad)),
                ]
            }
        },
        make: { c in
            let o = c.options
            return AdamW(
                learningRate: c.rate, weightDecay: c.number("weight_decay", 0.004),
                beta1: c.number("beta_1", 0.9), beta2: c.number("beta_2", 0.999),
                epsilon: c.number("epsilon", 1e-7), amsgrad: c.flag("amsgrad"), clipnorm: o.clipnorm,
                clipvalue: o.clipvalue, globalClipnorm: o.globalClipnorm, useEma: o.useEma,
                emaMomentum: o.emaMomentum, emaOverwriteFrequency: o.emaOverwriteFrequency,
                gradientAccumulationSteps: o.gradientAccumulationSteps)
        },
        slots: { c, shape in
            adam(c, shape)
        })

    private static let adam = KerasOptimizer(
        name: "Adam",
        arguments: {
            ($0 as? Adam).map {
                [
                    number("beta_1", $0.beta1), number("beta_2", $0.beta2), number("epsilon", $0.epsilon),
                    .init("amsgrad", .flag($0.amsgrad)), number("weight_decay", $0.weightDecay),
                ]
            }
        },
        make: { c in
            let o = c.options
            return Adam(
                learningRate: c.rate, beta1: c.number("beta_1", 0.9), beta2: c.number("beta_2", 0.999),
                epsilon: c.number("epsilon", 1e-7), amsgrad: c.flag("amsgrad"),
                weightDecay: c.number("weight_decay", 0), clipnorm: o.clipnorm, clipvalue: o.clipvalue,
                globalClipnorm: o.globalClipnorm, useEma: o.useEma, emaMomentum: o.emaMomentum,
                emaOverwriteFrequency: o.emaOverwriteFrequency,
                gradientAccumulationSteps: o.gradientAccumulationSteps)
        },
        slots: { c, shape in
            adam(c, shape)
        })
}
