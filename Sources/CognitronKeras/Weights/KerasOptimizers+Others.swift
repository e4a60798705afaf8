import Cognitron

// Optimizers that are seldom used.

extension KerasOptimizer {
    static let adagrad = KerasOptimizer(
        name: "Adagrad",
        arguments: {
            ($0 as? Adagrad).map {
                [
                    number("initial_accumulator_value", $0.initialAccumulatorValue),
                    number("epsilon", $0.epsilon), number("weight_decay", $0.weightDecay),
                ]
            }
        },
        make: { c in
            let o = c.options
            return Adagrad(
                learningRate: c.rate, initialAccumulatorValue: c.number("initial_accumulator_value", 0.1),
                epsilon: c.number("epsilon", 1e-7), weightDecay: c.number("weight_decay", 0),
                clipnorm: o.clipnorm, clipvalue: o.clipvalue, globalClipnorm: o.globalClipnorm,
                useEma: o.useEma, emaMomentum: o.emaMomentum, emaOverwriteFrequency: o.emaOverwriteFrequency,
                gradientAccumulationSteps: o.gradientAccumulationSteps)
        },
        slots: { c, shape in
            [[Slot("accumulator", shape, initial: c.number("initial_accumulator_value", 0.1))]]
        })

    static let adadelta = KerasOptimizer(
        name: "Adadelta",
        arguments: {
            ($0 as? Adadelta).map {
                [
                    number("rho", $0.rho), number("epsilon", $0.epsilon),
                    number("weight_decay", $0.weightDecay),
                ]
            }
        },
        make: { c in
            let o = c.options
            return Adadelta(
                learningRate: c.rate, rho: c.number("rho", 0.95), epsilon: c.number("epsilon", 1e-7),
                weightDecay: c.number("weight_decay", 0), clipnorm: o.clipnorm, clipvalue: o.clipvalue,
                globalClipnorm: o.globalClipnorm, useEma: o.useEma, emaMomentum: o.emaMomentum,
                emaOverwriteFrequency: o.emaOverwriteFrequency,
                gradientAccumulationSteps: o.gradientAccumulationSteps)
        },
        slots: { _, shape in
            [[Slot("square", shape), Slot("stepSquare", shape)]]
        })

    static let adamax = KerasOptimizer(
        name: "Adamax",
        arguments: {
            ($0 as? Adamax).map {
                [
                    number("beta_1", $0.beta1), number("beta_2", $0.beta2), number("epsilon", $0.epsilon),
                    number("weight_decay", $0.weightDecay),
                ]
            }
        },
        make: { c in
            let o = c.options
            return Adamax(
                learningRate: c.rate, beta1: c.number("beta_1", 0.9), beta2: c.number("beta_2", 0.999),
                epsilon: c.number("epsilon", 1e-7), weightDecay: c.number("weight_decay", 0),
                clipnorm: o.clipnorm, clipvalue: o.clipvalue, globalClipnorm: o.globalClipnorm,
                useEma: o.useEma, emaMomentum: o.emaMomentum, emaOverwriteFrequency: o.emaOverwriteFrequency,
                gradientAccumulationSteps: o.gradientAccumulationSteps)
        },
        slots: { _, shape in
            [[Slot("mean", shape), Slot("largest", shape)]]
        })

    static let nadam = KerasOptimizer(
        name: "Nadam",
        arguments: {
            ($0 as? Nadam).map {
                [
                    number("beta_1", $0.beta1), number("beta_2", $0.beta2), number("epsilon", $0.epsilon),
                    number("weight_decay", $0.weightDecay),
                ]
            }
        },
        make: { c in
            let o = c.options
            return Nadam(
                learningRate: c.rate, beta1: c.number("beta_1", 0.9), beta2: c.number("beta_2", 0.999),
                epsilon: c.number("epsilon", 1e-7), weightDecay: c.number("weight_decay", 0),
                clipnorm: o.clipnorm, clipvalue: o.clipvalue, globalClipnorm: o.globalClipnorm,
                useEma: o.useEma, emaMomentum: o.emaMomentum, emaOverwriteFrequency: o.emaOverwriteFrequency,
                gradientAccumulationSteps: o.gradientAccumulationSteps)
        },
        slots: { _, shape in
            [[Slot("mean", shape), Slot("square", shape)]]
        })

    static let lamb = KerasOptimizer(
        name: "Lamb",
        arguments: {
            ($0 as? Lamb).map {
                [
                    number("beta_1", $0.beta1), number("beta_2", $0.beta2), number("epsilon", $0.epsilon),
                    number("weight_decay", $0.weightDecay),
                ]
            }
        },
        make: { c in
            let o = c.options
            return Lamb(
                learningRate: c.rate, beta1: c.number("beta_1", 0.9), beta2: c.number("beta_2", 0.999),
                epsilon: c.number("epsilon", 1e-7), weightDecay: c.number("weight_decay", 0),
                clipnorm: o.clipnorm, clipvalue: o.clipvalue, globalClipnorm: o.globalClipnorm,
                useEma: o.useEma, emaMomentum: o.emaMomentum, emaOverwriteFrequency: o.emaOverwriteFrequency,
                gradientAccumulationSteps: o.gradientAccumulationSteps)
        },
        slots: { _, shape in
            [[Slot("mean", shape), Slot("square", shape)]]
        })

    static let lion = KerasOptimizer(
        name: "Lion",
        arguments: {
            ($0 as? Lion).map {
                [
                    number("beta_1", $0.beta1), number("beta_2", $0.beta2),
                    number("weight_decay", $0.weightDecay),
                ]
            }
        },
        make: { c in
            let o = c.options
            return Lion(
                learningRate: c.rate, beta1: c.number("beta_1", 0.9), beta2: c.number("beta_2", 0.99),
                weightDecay: c.number("weight_decay", 0), clipnorm: o.clipnorm, clipvalue: o.clipvalue,
                globalClipnorm: o.globalClipnorm, useEma: o.useEma, emaMomentum: o.emaMomentum,
                emaOverwriteFrequency: o.emaOverwriteFrequency,
                gradientAccumulationSteps: o.gradientAccumulationSteps)
        },
        slots: { _, shape in
            [[Slot("mean", shape)]]
        })

    static let adafactor = KerasOptimizer(
        name: "Adafactor",
        arguments: {
            ($0 as? Adafactor).map {
                [
                    number("beta_2_decay", $0.beta2Decay), number("epsilon_1", $0.epsilon1),
                    number("epsilon_2", $0.epsilon2), number("clip_threshold", $0.clipThreshold),
                    .init("relative_step", .flag($0.relativeStep)), number("weight_decay", $0.weightDecay),
                ]
            }
        },
        make: { c in
            let o = c.options
            return Adafactor(
                learningRate: c.rate, beta2Decay: c.number("beta_2_decay", -0.8),
                epsilon1: c.number("epsilon_1", 1e-30), epsilon2: c.number("epsilon_2", 1e-3),
                clipThreshold: c.number("clip_threshold", 1), relativeStep: c.json["relative_step"] != false,
                weightDecay: c.number("weight_decay", 0), clipnorm: o.clipnorm, clipvalue: o.clipvalue,
                globalClipnorm: o.globalClipnorm, useEma: o.useEma, emaMomentum: o.emaMomentum,
                emaOverwriteFrequency: o.emaOverwriteFrequency,
                gradientAccumulationSteps: o.gradientAccumulationSteps)
        },
        slots: { _, shape in
            shape.rank < 2
                ? [[Slot(nil, []), Slot(nil, []), Slot("square", shape)]]
                : [
                    [
                        Slot("rows", Shape(shape.dropLast())),
                        Slot("columns", Shape(Array(shape.dropLast(2)) + shape.suffix(1))), Slot(nil, shape),
                    ]
                ]
        })

    static let scheduleFree = KerasOptimizer(
        name: "ScheduleFreeAdamW",
        arguments: {
            ($0 as? ScheduleFreeAdamW).map {
                [
                    number("beta_1", $0.beta1), number("beta_2", $0.beta2), number("epsilon", $0.epsilon),
                    .init("warmup_steps", .integer($0.warmupSteps)), number("weight_decay", $0.weightDecay),
                ]
            }
        },
        make: { c in
            let o = c.options
            return ScheduleFreeAdamW(
                learningRate: c.rate, beta1: c.number("beta_1", 0.9), beta2: c.number("beta_2", 0.999),
                epsilon: c.number("epsilon", 1e-8), warmupSteps: c.int("warmup_steps") ?? 0,
                weightDecay: c.number("weight_decay", 0), clipnorm: o.clipnorm, clipvalue: o.clipvalue,
                globalClipnorm: o.globalClipnorm, useEma: o.useEma, emaMomentum: o.emaMomentum,
                emaOverwriteFrequency: o.emaOverwriteFrequency,
                gradientAccumulationSteps: o.gradientAccumulationSteps)
        },
        slots: { _, shape in
            [[Slot("iterate", shape), Slot("square", shape)]]
        })
}
