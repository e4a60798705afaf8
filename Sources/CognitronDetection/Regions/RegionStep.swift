import Cognitron

/// One step of a two-stage detector: proposals, classes, boxes and masks are learnt together.
///
///     let step = RegionStep(settings)
///     let trainer = Trainer(networks: ["backbone": b, "rpn": r, "box_head": h], optimizers: …, step: step)
///
/// | score | of | what it is |
/// |---|---|---|
/// | `objectness_loss` | anchors | binary cross-entropy: does it hold an object? |
/// | `proposal_loss` | anchors with objects | smooth L1 of the offsets to the object's box |
/// | `class_loss` | regions | cross-entropy of the class, background among them |
/// | `box_loss` | regions with objects | smooth L1 of the offsets for the true class |
/// | `mask_loss` | regions with objects | binary cross-entropy of the true class's mask |
/// | `loss` | | their sum, and the penalties of regularizers |
///
/// Regions are the networks' proposals and the true boxes; no gradient passes through their places. The
/// gradients of features pass from all parts into the backbone. A validation draws the same anchors and
/// regions in every epoch.
///
/// - Targets: boxes (N, M, 5), rows in `BoxRow`'s form, and with masks the number of each pixel's object
///   (N, H, W). Boxes are clipped to their picture and dropped where nothing is left; there may be none.
/// - Throws: from fit and evaluate, `CognitronError` where batches and networks do not fit each other, a box
///   is not finite, a class is unknown, or a loss is not finite.
/// - Source: Ren et al., "Faster R-CNN" (2015), section 3.2; He et al., "Mask R-CNN" (2017); torchvision
///   `GeneralizedRCNN`.
public final class RegionStep: TrainingStep {
    public let settings: RegionSettings

    /// The regions from outside that are known already.
    private let searched = SearchedRegions()

    /// The number of batches measured since the pass began, which numbers their random choices.
    private var measured = 0

    public init(_ settings: RegionSettings) { self.settings = settings }

    public func beginPass() { measured = 0 }

    public var directions: [String: Direction] {
        let names = ["loss", "objectness_loss", "proposal_loss", "class_loss", "box_loss", "mask_loss"]
        return Dictionary(uniqueKeysWithValues: names.map { ($0, .minimize) })
    }

    public func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        let networks = try RegionNetworks(of: trainer)
        var run = try RegionRun(settings, networks, batch, .training, searched: searched)
        let (losses, pullback) = run.losses(trainer.stepKey.folding("regions"))
        pullback()
        let penalties = networks.named.reduce(0) { $0 + SupervisedStep.regularize($1.network.parameters) }
        let scores = try Self.scores(losses, penalties, isTraining: true)
        // Without an object in the whole batch the mask head has learnt nothing; `update` leaves it as it is.
        for (name, _) in networks.named { try trainer.update(name) }
        return scores
    }

    public func test(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        let networks = try RegionNetworks(of: trainer)
        measured += 1
        var run = try RegionRun(settings, networks, batch, .prediction, searched: searched)
        let (losses, _) = run.losses(RandomKey(seed: 1).folding("regions").folding(measured))
        let penalties = networks.named.reduce(0) { $0 + SupervisedStep.penalty($1.network.parameters) }
        return try Self.scores(losses, penalties, isTraining: false)
    }

    private static func scores(
        _ losses: [(name: String, loss: Float)], _ penalties: Float, isTraining: Bool
    ) throws -> Scores {
        for (name, loss) in losses where !loss.isFinite {
            throw CognitronError.notFinite(name, "the loss is \(loss)", isTraining: isTraining)
        }
        var scores: Scores = ["loss": losses.reduce(penalties) { $0 + $1.loss }]
        for (name, loss) in losses { scores[name] = loss }
        return scores
    }
}

extension RegionNetworks {
    /// The networks of a trainer.
    init(of trainer: Trainer) throws {
        try self.init("RegionStep") { trainer.networks.names.contains($0) ? trainer.networks[$0] : nil }
    }
}
