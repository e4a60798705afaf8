/// What trains one or several networks: the step, the optimizers, and what stands between gradients and
/// optimizers.
///
///     let trainer = Trainer(
///         networks: ["generator": g, "discriminator": d],
///         optimizers: ["generator": Adam(), "discriminator": Adam()], step: AdversarialStep())
///     try trainer.fit(source, epochs: 20, callbacks: […])
///
/// `Model.compile` makes one for its model, with a `SupervisedStep`.
///
/// `@unchecked Sendable`: one thread trains; the threads that make batches only call the step's `validate`.
public final class Trainer: @unchecked Sendable {
    public let networks: Named<Model>
    public let optimizers: Named<any Optimizer>
    public let step: any TrainingStep
    /// Set by a callback to end `fit` after the current batch or epoch.
    public var stopTraining = false
    /// Epochs trained so far, over all fits: every one shuffles in another way.
    public internal(set) var epochsTrained = 0
    /// Steps taken so far, over all fits.
    public internal(set) var stepsTaken = 0
    /// Where the random numbers of the training come from. A step that draws takes `stepKey`.
    var key: RandomKey
    /// The `fit` that is running.
    var run: RunPosition?
    /// Where a source of unknown length goes on.
    var sourcePosition = 0
    /// What is told where the time of training steps goes, if that is measured.
    package var profile: StepProfile?
    /// The transforms of each network's gradients, with what they keep.
    private(set) var transforms: [String: [any GradientTransform]]
    /// Networks that nobody else need hold.
    private let held: [Model]
    private var isValidated = false

    /// A trainer of networks that are trained together.
    ///
    /// - Parameters:
    ///   - networks: by the names that the step knows them by.
    ///   - optimizers: by the names of the networks they move. A network without one is not trained.
    ///   - step: what is done with a batch.
    ///   - gradients: what happens to the gradients of each network before its optimizer sees them.
    ///   - seed: where the random numbers come from; the same seed gives the same weights, bit for bit.
    ///     Without one, every run differs.
    public init(
        networks: KeyValuePairs<String, Model>, optimizers: KeyValuePairs<String, any Optimizer>,
        step: any TrainingStep, gradients: [any GradientTransform] = [], seed: UInt64? = nil
    ) {
        self.networks = Named(networks.map { entry in (entry.key, { entry.value }) })
        self.optimizers = Named(optimizers.map { entry in (entry.key, { entry.value }) })
        self.step = step
        held = networks.map(\.value)
        key = seed.map(RandomKey.init(seed:)) ?? RandomKey.system()
        transforms = Dictionary(networks.map { ($0.key, gradients) }) { $1 }
        for (name, model) in networks {
            model.initialize(key.folding("network").folding(name))
            // So that the parameters can be looked at. What keeps the network from being built is thrown by
            // fit.
            try? (model as? Sequential)?.buildFromStart()
        }
    }

    /// The trainer that a model's `compile` makes. The model holds it, so that it must not hold the model.
    init(
        compiled model: Model, _ optimizer: any Optimizer, _ step: SupervisedStep,
        _ gradients: [any GradientTransform], _ key: RandomKey
    ) {
        networks = Named([(Self.soleName, { [unowned model] in model })])
        optimizers = Named([(Self.soleName, { optimizer })])
        self.step = step
        self.key = key
        held = []
        transforms = [Self.soleName: gradients]
    }

    /// The name of the network of a trainer that has one.
    static let soleName = "model"

    /// The first network: what callbacks are given.
    var model: Model { networks[0].value }

    /// The key for the random numbers of the current step, such as a generator's noise.
    public var stepKey: RandomKey { key.folding("step").folding(stepsTaken) }

    /// Ends a network's step: its gradients go through the transforms, then the optimizer moves its weights,
    /// and the gradients are forgotten.
    ///
    /// - Throws: `CognitronError` where a gradient or a statistic is not finite; nothing has moved then.
    public func update(_ name: String) throws {
        let parameters = networks[name].parameters
        try Self.requireFinite(parameters)
        profile?.lap(.check)
        guard var transforms = transforms[name] else { return }
        var isDue = true
        for index in transforms.indices where isDue { isDue = try transforms[index].apply(to: parameters) }
        self.transforms[name] = transforms
        if isDue, optimizers.names.contains(name) { optimizers[name].step(parameters) }
        for parameter in parameters { parameter.clearGradient() }
        profile?.lap(.optimizer)
    }

    /// Throws where a gradient, or a statistic that the step gathered, is not finite: a loss can be finite
    /// and its gradient not.
    private static func requireFinite(_ parameters: [Parameter]) throws {
        guard
            let wrong = parameters.first(where: {
                $0.isStatistic ? !$0.value.isFinite : !$0.hasFiniteGradient
            })
        else { return }
        throw CognitronError.notFinite(
            wrong.name, "\(wrong.isStatistic ? "the statistic" : "the gradient") is not finite",
            isTraining: true)
    }

    /// Throws where optimizers, transforms, names or networks do not fit. Before the first step.
    func validate() throws {
        guard !isValidated else { return }
        for names in [networks.names, optimizers.names] {
            if let twice = Dictionary(grouping: names, by: { $0 }).first(where: { $1.count > 1 })?.key {
                throw CognitronError(
                    .argument, "Trainer", "two networks or two optimizers are called \(twice)")
            }
        }
        for (name, optimizer) in optimizers {
            guard networks.names.contains(name) else {
                throw CognitronError(
                    .argument, "Trainer", "an optimizer is for \(name), which is no network",
                    expected: "one of \(networks.names.joined(separator: ", "))", got: name)
            }
            try optimizer.validate()
        }
        for transform in transforms.values.joined() { try transform.validate() }
        // Here an error of a network that knows its input is thrown; a step's forward pass would stop the
        // program.
        for (_, network) in networks { try (network as? Sequential)?.buildFromStart() }
        isValidated = true
    }

    func restoreTransforms(_ name: String, _ states: [StateTree]) throws {
        guard var own = transforms[name], own.count == states.count else {
            throw CognitronError(
                .file, "state", "the gradients' transforms differ",
                expected: "\(transforms[name]?.count ?? 0)",
                got: "\(states.count)")
        }
        for (index, state) in states.enumerated() { try own[index].restore(state) }
        transforms[name] = own
    }
}

extension CognitronError {
    static func notFinite(_ place: String, _ problem: String, isTraining: Bool) -> CognitronError {
        CognitronError(
            .notFinite, place, problem, expected: "finite numbers",
            advice: isTraining
                ? "the step was not taken; lower the learning rate, or check the data for extreme values"
                : "the weights or the data hold extreme values")
    }
}
