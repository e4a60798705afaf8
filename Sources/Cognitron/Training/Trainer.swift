import CognitronKernels

/// Trains one or several networks: with a training step, optimizers, and transforms of the gradients.
///
///     let trainer = Trainer(
///         networks: ["generator": g, "discriminator": d],
///         optimizers: ["generator": Adam(), "discriminator": Adam()], step: AdversarialStep())
///     try trainer.fit(source, epochs: 20, callbacks: […])
///
/// `Model.compile` makes one for its model, with a `SupervisedStep`.
///
/// `@unchecked Sendable`: one thread trains; the threads that prepare batches call the step's `validate`
/// only.
public final class Trainer: @unchecked Sendable {
    public let networks: Named<Model>
    public let optimizers: Named<any Optimizer>
    public let step: any TrainingStep
    /// The losses and metrics given to `compile`; nil of a trainer that you make yourself, whose compiled
    /// networks have one each: `networks["student"].supervisedStep`.
    public let supervisedStep: SupervisedStep?
    /// Set by a callback to end `fit` after the current batch or epoch.
    public var stopTraining = false
    /// The number of epochs trained by all calls of `fit`. Each shuffles the samples differently.
    public internal(set) var epochsTrained = 0
    /// The number of steps taken by all calls of `fit`.
    public internal(set) var stepsTaken = 0
    /// The key of the training's random numbers. A step that draws some uses `stepKey`.
    var key: RandomKey
    /// The position of the running `fit`; nil while none runs.
    var run: RunPosition?
    /// Takes callbacks' messages; nil to print them.
    var announcing: ((String) -> Void)?
    /// The next sample's number of a source of unknown length.
    var sourcePosition = 0
    /// Measures the parts of training steps; nil where they are not measured.
    package var profile: StepProfile?
    /// Records steps; nil where none does.
    var recorder: FlightRecorder?
    /// Looks for the first number that is not finite while a failed step is run again; then weights are not
    /// updated.
    var finder: NonFiniteFinder?
    /// The loss of the last step where the step's scores are totals.
    var lossOfStep: Float?
    /// How the ranks of `.allReduce` share each batch; nil where a single process trains.
    let ranks: RankPlan?
    /// The share of the current batch that this rank computes.
    var shareOfRank: Float = 1
    /// Whether the ranks have agreed to stop.
    var hasAgreedToStop = false
    /// The transforms of each network's gradients, with their state.
    private(set) var transforms: [String: [any GradientTransform]]
    /// Retains the networks of a trainer that `compile` did not make.
    private let retained: [Model]
    private var isValidated = false

    /// A trainer of networks that are trained together.
    ///
    /// - Parameters:
    ///   - networks: the networks, by the names that the step uses.
    ///   - optimizers: the optimizers, by the names of their networks. A network without one is not trained.
    ///   - step: trains on one batch.
    ///   - gradients: transforms of each network's gradients, before its optimizer.
    ///   - seed: the seed of all random numbers; the same seed gives the same weights, bit for bit. Without
    ///     one, every run differs.
    public convenience init(
        networks: KeyValuePairs<String, Model>, optimizers: KeyValuePairs<String, any Optimizer>,
        step: any TrainingStep, gradients: [any GradientTransform] = [], seed: UInt64? = nil
    ) {
        self.init(
            networks: networks.map { ($0.key, $0.value) }, optimizers: optimizers.map { ($0.key, $0.value) },
            step: step, gradients: gradients, seed: seed)
    }

    /// A trainer of networks whose names are known when the program runs.
    ///
    /// Parameters are as above.
    public init(
        networks: [(name: String, network: Model)], optimizers: [(name: String, optimizer: any Optimizer)],
        step: any TrainingStep, gradients: [any GradientTransform] = [], seed: UInt64? = nil
    ) {
        self.networks = Named(networks.map { entry in (entry.name, { entry.network }) })
        self.optimizers = Named(optimizers.map { entry in (entry.name, { entry.optimizer }) })
        self.step = step
        supervisedStep = nil
        retained = networks.map(\.network)
        key = seed.map(RandomKey.init(seed:)) ?? RandomKey.system()
        transforms = Dictionary(networks.map { ($0.name, gradients) }) { $1 }
        ranks = gradients.lazy.compactMap { $0 as? AllReduce }.first.map(RankPlan.init)
        for (name, model) in networks {
            model.initialize(key.folding("network").folding(name))
            // Makes the parameters readable. An error is thrown again by `validate`, when training begins.
            try? (model as? Sequential)?.buildFromInput()
        }
    }

    /// The trainer that a model's `compile` makes. The model retains it, so it must not retain the model.
    init(
        compiled model: Model, _ optimizer: any Optimizer, _ step: SupervisedStep,
        _ gradients: [any GradientTransform], _ key: RandomKey,
        wrapping: ((SupervisedStep) -> any TrainingStep)?
    ) {
        networks = Named([(Self.soleName, { [unowned model] in model })])
        optimizers = Named([(Self.soleName, { optimizer })])
        self.step = wrapping?(step) ?? step
        supervisedStep = step
        self.key = key
        retained = []
        transforms = [Self.soleName: gradients]
        ranks = gradients.lazy.compactMap { $0 as? AllReduce }.first.map(RankPlan.init)
    }

    /// The name under which random changes of samples draw their key.
    static let augmentationKey = "augmentation"

    /// The name of the network of a trainer that has one.
    static let soleName = "model"

    /// The loss of one batch by itself; NaN where the step measures none.
    func lossOfBatch(_ scores: Scores) -> Float { step.scoresAreTotals ? lossOfStep ?? .nan : scores.loss }

    /// The progress of the running `fit`; nil while none runs.
    package var status: TrainingStatus? { run?.progress.status }

    /// Ends the line that `fit` rewrites on a terminal, so that other output starts on a new line.
    package func interruptProgress() { run?.progress.interrupted() }

    /// The model that holds all networks, where `Model.compile` was given this trainer. Not retained: it
    /// retains the trainer.
    weak var whole: Model?

    /// The model that callbacks get: the one that holds the networks, else the first of them.
    var model: Model { whole ?? networks[0].value }

    /// The key for the random numbers of the current step, such as a generator's noise.
    public var stepKey: RandomKey {
        let key = key.folding("step").folding(stepsTaken)
        guard let rank = ranks?.rank, rank > 0 else { return key }
        return key.folding("shard").folding(rank)
    }

    /// Updates a network's weights: transforms its gradients, runs its optimizer and clears the gradients. A
    /// network without any gradient is left as it is. Where several ranks train, a step must update the same
    /// networks in the same order on all of them, whatever their samples are.
    ///
    /// - Throws: `CognitronError` where a gradient or a statistic is not finite; no weight has changed then.
    public func update(_ name: String) throws {
        let parameters = networks[name].parameters
        recorder?.updating(name, self)
        try Self.requireFinite(parameters)
        if finder != nil { return parameters.forEach { $0.clearGradient() } }
        profile?.lap(.check)
        guard var transforms = transforms[name] else { fail("no transforms of network \(name)") }
        var isDue = true
        for index in transforms.indices where isDue {
            isDue = try transforms[index].apply(to: parameters)
            // Another rank's gradient may not be finite.
            if transforms[index] is AllReduce { try Self.requireFinite(parameters) }
        }
        self.transforms[name] = transforms
        isDue = isDue && parameters.contains(where: \.hasGradient)
        if isDue, optimizers.names.contains(name) { optimizers[name].step(parameters) }
        for parameter in parameters { parameter.clearGradient() }
        profile?.lap(.optimizer)
    }

    /// Lets the optimizers give the weights their final values.
    func finalizeWeights() {
        for (name, optimizer) in optimizers {
            optimizer.finalizeVariableValues(networks[name].parameters)
        }
    }

    /// Throws where a gradient or a moving statistic is not finite: a finite loss can have such a gradient.
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

    /// Throws where optimizers, transforms, names or networks are invalid. Called before the first step.
    func validate() throws {
        guard !isValidated else { return }
        for names in [networks.names, optimizers.names] {
            if let repeated = Dictionary(grouping: names, by: { $0 }).first(where: { $1.count > 1 })?.key {
                throw CognitronError(
                    .argument, "Trainer", "two networks or two optimizers are called \(repeated)")
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
        for own in transforms.values {
            let positions = own.indices.filter { own[$0] is AllReduce }
            guard positions.isEmpty || positions == [0] else {
                throw CognitronError(
                    .argument, "gradients", "allReduce is not the first transform",
                    expected: "gradients: [.allReduce(…), …], once",
                    advice: "other transforms change the gradients of all ranks together, after it")
            }
        }
        // Throws the error of a network with an Input; in a step's forward pass it would stop the program.
        for (_, network) in networks { try (network as? Sequential)?.buildFromInput() }
        isValidated = true
    }

    /// Changes the first transform of a type of a network's gradients; nil where there is none.
    func withTransform<T: GradientTransform, Result>(
        _ type: T.Type, of name: String, _ body: (inout T) -> Result
    ) -> Result? {
        guard let index = transforms[name]?.firstIndex(where: { $0 is T }),
            var transform = transforms[name]?[index] as? T
        else { return nil }
        defer { transforms[name]?[index] = transform }
        return body(&transform)
    }

    func restoreTransforms(_ name: String, _ states: [StateTree]) throws {
        guard var own = transforms[name] else { fail("no transforms of network \(name)") }
        let kept = own.indices.filter { own[$0].isKept }
        guard kept.count == states.count else {
            throw CognitronError(
                .file, "state", "the number of gradient transforms differs", expected: "\(kept.count)",
                got: "\(states.count)", advice: "compile the model as it was")
        }
        for (index, state) in zip(kept, states) { try own[index].restore(state) }
        transforms[name] = own
    }
}

extension CognitronError {
    package static func notFinite(_ place: String, _ problem: String, isTraining: Bool) -> CognitronError {
        CognitronError(
            .notFinite, place, problem, expected: "finite numbers",
            advice: isTraining
                ? "the step was not taken; lower the learning rate, or check the data for extreme values"
                : "the weights or the data hold extreme values: lower the learning rate, or check the data")
    }
}
