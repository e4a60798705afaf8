import Cognitron
import CognitronModels
import Foundation

/// An optimizer of the command line, with its defaults.
struct OptimizerName: NamedValue {
    static let table = NameTable(
        "optimizer",
        [
            sgd, adam, adamw, rmsprop, muon, nadam, adamax, adagrad, adadelta, adafactor, lamb, lion,
            scheduleFree, airbench, adversarial,
        ])

    let name: String
    private let maker: @Sendable (_ request: Request) -> any Optimizer

    /// What an optimizer is made for.
    struct Request {
        let model: Model
        /// Nil for the optimizer's own.
        let learningRate: Float?
        let weightDecay: Float?
        /// Samples per step, and steps of the training.
        let batchSize: Int
        let steps: Int
    }

    private init(_ name: String, _ make: @escaping @Sendable (_ request: Request) -> any Optimizer) {
        (self.name, maker) = (name, make)
    }

    /// Returns the optimizer with the given learning rate and weight decay, or its defaults.
    ///
    /// - Parameter ema: the decay rate of the moving averages that it is to keep of the weights.
    func make(_ request: Request, ema: Float? = nil) -> any Optimizer {
        let optimizer = maker(request)
        if let ema { (optimizer as? any SlotOptimizer)?.keepAverages(momentum: ema) }
        return optimizer
    }

    /// Throws where averages are asked for of an optimizer made of several.
    func requireAverages(_ ema: Float?, _ request: Request) throws {
        guard ema != nil, !(maker(request) is any SlotOptimizer) else { return }
        throw CognitronError(
            .argument, "--ema", "\(name) keeps no averages of the weights",
            expected: "an optimizer such as adam or sgd", got: name)
    }

    /// The name of an optimizer that takes both arguments alike for every model.
    private init(
        _ name: String, rate: Float = 0.001, decay: Float = 0,
        _ make: @escaping @Sendable (_ learningRate: Float, _ weightDecay: Float) -> any Optimizer
    ) {
        self.init(name) { make($0.learningRate ?? rate, $0.weightDecay ?? decay) }
    }

    static let sgd = OptimizerName("sgd", rate: 0.01) {
        SGD(learningRate: $0, momentum: 0.9, weightDecay: $1)
    }
    static let adam = OptimizerName("adam") { Adam(learningRate: $0, weightDecay: $1) }
    static let adamw = OptimizerName("adamw", decay: 0.004) { AdamW(learningRate: $0, weightDecay: $1) }
    static let rmsprop = OptimizerName("rmsprop") { RMSprop(learningRate: $0, weightDecay: $1) }
    static let nadam = OptimizerName("nadam") { Nadam(learningRate: $0, weightDecay: $1) }
    static let adamax = OptimizerName("adamax") { Adamax(learningRate: $0, weightDecay: $1) }
    static let adagrad = OptimizerName("adagrad", rate: 0.01) { Adagrad(learningRate: $0, weightDecay: $1) }
    /// With the paper's learning rate: Keras's 0.001 hardly moves the weights.
    static let adadelta = OptimizerName("adadelta", rate: 1) { Adadelta(learningRate: $0, weightDecay: $1) }
    static let adafactor = OptimizerName("adafactor", rate: 0.01) {
        Adafactor(learningRate: $0, weightDecay: $1)
    }
    static let lamb = OptimizerName("lamb") { Lamb(learningRate: $0, weightDecay: $1) }
    /// A tenth of Adam's learning rate: each step moves every weight by all of it.
    static let lion = OptimizerName("lion", rate: 0.0001) { Lion(learningRate: $0, weightDecay: $1) }
    /// Needs no schedule.
    static let scheduleFree = OptimizerName("schedule-free", rate: 0.0025) {
        ScheduleFreeAdamW(learningRate: $0, weightDecay: $1)
    }

    /// Updates the convolutions only: with it, wide dense layers overfit (docs/RESULTS.md). AdamW updates all
    /// other weights, with the same weight decay per step.
    static let muon = OptimizerName("muon") { request in
        let weightDecay = request.weightDecay ?? 0.004
        return Muon(
            learningRate: request.learningRate ?? 0.001, adamWeightDecay: weightDecay,
            weightDecay: weightDecay, excludeLayers: denseKernels(of: request.model), adamLrRatio: adamRatio)
    }

    /// That of the network airbench94, with its own schedules.
    static let airbench = OptimizerName("airbench") {
        airBenchOptimizer(
            learningRate: $0.learningRate ?? 0.24, weightDecay: $0.weightDecay ?? 2e-6,
            batchSize: $0.batchSize, steps: $0.steps)
    }

    /// DCGAN's, for networks that learn from each other: Adam with a shorter mean of the gradients.
    static let adversarial = OptimizerName("adversarial", rate: 0.0002) {
        Adam(learningRate: $0, beta1: 0.5, weightDecay: $1)
    }

    /// Ratio of AdamW's learning rate to Muon's.
    private static let adamRatio: Float = 0.15

    /// Patterns of the paths of kernels (inputs, units).
    private static func denseKernels(of model: Model) -> [String] {
        model.parameters.filter { $0.shape.count == 2 }.map {
            "^\(NSRegularExpression.escapedPattern(for: $0.name))$"
        }
    }
}
