import Testing

@testable import Cognitron

@Suite("Optimizers take Keras's steps")
struct OptimizerGoldenTests {
    struct Arguments: Decodable {
        var optimizer: String
        var learningRates: [Float]
        var learningRate: Float?
        var weightDecay: Float?
        var momentum: Float?
        var nesterov: Bool?
        var beta1: Float?
        var beta2: Float?
        var amsgrad: Bool?
        var rho: Float?
        var epsilon: Float?
        var centered: Bool?
        var initialAccumulatorValue: Float?
        var warmupSteps: Int?
        var beta2Decay: Float?
        var epsilon2: Float?
        var clipThreshold: Float?
        var relativeStep: Bool?
        var nsSteps: Int?
        var rmsRate: Float?
        var excludeLayers: [String]?
        var muonA: Float?
        var muonB: Float?
        var muonC: Float?
        var adamLrRatio: Float?
        var adamBeta1: Float?
        var adamBeta2: Float?
        var adamWeightDecay: Float?
        var clipnorm: Float?
        var clipvalue: Float?
        var globalClipnorm: Float?
        var useEma: Bool?
        var emaMomentum: Float?
        var emaOverwriteFrequency: Int?
        var gradientAccumulationSteps: Int?

        /// The optimizer with the arguments that Keras was given; the others have our defaults.
        func make() throws -> any Optimizer {
            switch optimizer {
            case "SGD":
                let d = SGD()
                return SGD(
                    learningRate: learningRate ?? d.learningRate, momentum: momentum ?? d.momentum,
                    nesterov: nesterov ?? d.nesterov, weightDecay: weightDecay ?? d.weightDecay,
                    clipnorm: clipnorm, clipvalue: clipvalue, globalClipnorm: globalClipnorm,
                    useEma: useEma ?? false, emaMomentum: emaMomentum ?? d.state.options.emaMomentum,
                    emaOverwriteFrequency: emaOverwriteFrequency,
                    gradientAccumulationSteps: gradientAccumulationSteps)
            case "RMSprop":
                let d = RMSprop()
                return RMSprop(
                    learningRate: learningRate ?? d.learningRate, rho: rho ?? d.rho,
                    momentum: momentum ?? d.momentum, epsilon: epsilon ?? d.epsilon,
                    centered: centered ?? d.centered, weightDecay: weightDecay ?? d.weightDecay)
            case "Adam":
                let d = Adam()
                return Adam(
                    learningRate: learningRate ?? d.learningRate, beta1: beta1 ?? d.beta1,
                    beta2: beta2 ?? d.beta2, epsilon: epsilon ?? d.epsilon, amsgrad: amsgrad ?? d.amsgrad,
                    weightDecay: weightDecay ?? d.weightDecay, globalClipnorm: globalClipnorm,
                    gradientAccumulationSteps: gradientAccumulationSteps)
            case "AdamW":
                let d = AdamW()
                return AdamW(
                    learningRate: learningRate ?? d.learningRate, weightDecay: weightDecay ?? d.weightDecay,
                    beta1: beta1 ?? d.beta1, beta2: beta2 ?? d.beta2, epsilon: epsilon ?? d.epsilon,
                    amsgrad: amsgrad ?? d.amsgrad)
            case "Muon":
                let d = Muon()
                return Muon(
                    learningRate: learningRate ?? d.learningRate, adamBeta1: adamBeta1 ?? d.adamBeta1,
                    adamBeta2: adamBeta2 ?? d.adamBeta2,
                    adamWeightDecay: adamWeightDecay ?? d.adamWeightDecay, epsilon: epsilon ?? d.epsilon,
                    weightDecay: weightDecay ?? d.weightDecay,
                    excludeLayers: excludeLayers ?? d.excludeLayers, muonA: muonA ?? d.muonA,
                    muonB: muonB ?? d.muonB, muonC: muonC ?? d.muonC,
                    adamLrRatio: adamLrRatio ?? d.adamLrRatio, momentum: momentum ?? d.momentum,
                    nsSteps: nsSteps ?? d.nsSteps, nesterov: nesterov ?? d.nesterov,
                    rmsRate: rmsRate ?? d.rmsRate)
            default: return try makeFurther()
            }
        }

        private func makeFurther() throws -> any Optimizer {
            switch optimizer {
            case "Adagrad":
                let d = Adagrad()
                return Adagrad(
                    learningRate: learningRate ?? d.learningRate,
                    initialAccumulatorValue: initialAccumulatorValue ?? d.initialAccumulatorValue,
                    epsilon: epsilon ?? d.epsilon, weightDecay: weightDecay ?? d.weightDecay)
            case "Adadelta":
                let d = Adadelta()
                return Adadelta(
                    learningRate: learningRate ?? d.learningRate, rho: rho ?? d.rho,
                    epsilon: epsilon ?? d.epsilon, weightDecay: weightDecay ?? d.weightDecay)
            case "Adamax":
                let d = Adamax()
                return Adamax(
                    learningRate: learningRate ?? d.learningRate, beta1: beta1 ?? d.beta1,
                    beta2: beta2 ?? d.beta2, epsilon: epsilon ?? d.epsilon,
                    weightDecay: weightDecay ?? d.weightDecay)
            case "Nadam":
                let d = Nadam()
                return Nadam(
                    learningRate: learningRate ?? d.learningRate, beta1: beta1 ?? d.beta1,
                    beta2: beta2 ?? d.beta2, epsilon: epsilon ?? d.epsilon,
                    weightDecay: weightDecay ?? d.weightDecay)
            case "Lamb":
                let d = Lamb()
                return Lamb(
                    learningRate: learningRate ?? d.learningRate, beta1: beta1 ?? d.beta1,
                    beta2: beta2 ?? d.beta2, epsilon: epsilon ?? d.epsilon,
                    weightDecay: weightDecay ?? d.weightDecay)
            case "Lion":
                let d = Lion()
                return Lion(
                    learningRate: learningRate ?? d.learningRate, beta1: beta1 ?? d.beta1,
                    beta2: beta2 ?? d.beta2, weightDecay: weightDecay ?? d.weightDecay)
            case "ScheduleFreeAdamW":
                let d = ScheduleFreeAdamW()
                return ScheduleFreeAdamW(
                    learningRate: learningRate ?? d.learningRate, beta1: beta1 ?? d.beta1,
                    beta2: beta2 ?? d.beta2, epsilon: epsilon ?? d.epsilon,
                    warmupSteps: warmupSteps ?? d.warmupSteps, weightDecay: weightDecay ?? d.weightDecay)
            default:
                try #require(optimizer == "Adafactor", "no optimizer is called \(optimizer)")
                let d = Adafactor()
                return Adafactor(
                    learningRate: learningRate ?? d.learningRate, beta2Decay: beta2Decay ?? d.beta2Decay,
                    epsilon2: epsilon2 ?? d.epsilon2, clipThreshold: clipThreshold ?? d.clipThreshold,
                    relativeStep: relativeStep ?? d.relativeStep, weightDecay: weightDecay ?? d.weightDecay)
            }
        }
    }

    // Six steps of a few roundings each, of weights near 1; and of each step as long as the learning rate
    // 10⁻⁵, because Keras rounds Adam's 0.999 to 32 bits in one of the two places where it has to cancel.
    // Muon's steps go over the squares of a matrix's singular values, of which the small ones have fewer
    // digits.
    @Test("Parameters after each of six steps", arguments: try GoldenCase.all("optimizers"))
    func steps(_ golden: GoldenCase) throws {
        let arguments = try golden.configuration(Arguments.self)
        let optimizer = try arguments.make()
        try optimizer.validate()
        if arguments.learningRate == nil && Set(arguments.learningRates).count == 1 {
            #expect(optimizer.learningRate == arguments.learningRates[0], "the default learning rate")
        }
        let start = try golden["start"]
        let parameter = Parameter()
        let name = golden.name == "muon-embeddings" ? "embeddings" : "kernel"
        #expect(
            parameter.declare(
                .init(name: name, shape: start.shape, initializer: .zeros, isStatistic: false)))
        parameter.value = start
        var way: Float = 0
        for (step, rate) in arguments.learningRates.enumerated() {
            if optimizer.learningRate != rate { optimizer.learningRate = rate }
            parameter.accumulate(try golden["gradients"][step])
            optimizer.step([parameter])
            way += rate
            expectClose(
                parameter.value, try golden["values"][step], "after step \(step + 1)", relative: 5e-7,
                absolute: 5e-7 + (arguments.optimizer == "Muon" ? 1e-4 : 1e-5) * way)
        }
    }
}
