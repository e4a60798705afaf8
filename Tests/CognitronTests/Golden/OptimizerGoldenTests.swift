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
        var rho: Float?
        var epsilon: Float?
        var centered: Bool?
        var nsSteps: Int?
        var rmsRate: Float?
        var excludeLayers: [String]?
        var adamBeta1: Float?
        var adamBeta2: Float?
        var adamWeightDecay: Float?

        /// The optimizer with the arguments that Keras was given; the others have our defaults.
        func make() -> any Optimizer {
            switch optimizer {
            case "SGD":
                let d = SGD()
                return SGD(
                    learningRate: learningRate ?? d.learningRate, momentum: momentum ?? d.momentum,
                    nesterov: nesterov ?? d.nesterov, weightDecay: weightDecay ?? d.weightDecay)
            case "RMSprop":
                let d = RMSprop()
                return RMSprop(
                    learningRate: learningRate ?? d.learningRate, rho: rho ?? d.rho,
                    momentum: momentum ?? d.momentum,
                    epsilon: epsilon ?? d.epsilon, centered: centered ?? d.centered,
                    weightDecay: weightDecay ?? d.weightDecay)
            case "Muon":
                let d = Muon()
                return Muon(
                    learningRate: learningRate ?? d.learningRate, weightDecay: weightDecay ?? d.weightDecay,
                    momentum: momentum ?? d.momentum, nesterov: nesterov ?? d.nesterov,
                    steps: nsSteps ?? d.steps, rmsRate: rmsRate ?? d.rmsRate,
                    excludeLayers: excludeLayers ?? d.excludeLayers, adamBeta1: adamBeta1 ?? d.adamBeta1,
                    adamBeta2: adamBeta2 ?? d.adamBeta2, epsilon: epsilon ?? d.epsilon,
                    adamWeightDecay: adamWeightDecay ?? d.adamWeightDecay)
            default:
                let d = optimizer == "AdamW" ? AdamW() : Adam()
                let (rate, decay) = (learningRate ?? d.learningRate, weightDecay ?? d.weightDecay)
                let (beta1, beta2, epsilon) = (beta1 ?? d.beta1, beta2 ?? d.beta2, epsilon ?? d.epsilon)
                return optimizer == "AdamW"
                    ? AdamW(
                        learningRate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: decay)
                    : Adam(
                        learningRate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: decay)
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
        let optimizer = arguments.make()
        try optimizer.validate()
        if arguments.learningRate == nil && Set(arguments.learningRates).count == 1 {
            #expect(optimizer.learningRate == arguments.learningRates[0], "the default learning rate")
        }
        let start = try golden["start"]
        let parameter = Parameter()
        #expect(
            parameter.declare(
                .init(name: "kernel", shape: start.shape, initializer: .zeros, isStatistic: false)))
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
