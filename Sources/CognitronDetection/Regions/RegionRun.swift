import Cognitron

/// A batch on its way through the networks of a two-stage detector, with the losses of all parts.
struct RegionRun {
    private let settings: RegionSettings
    private let networks: RegionNetworks
    private let pass: Pass
    private let searched: SearchedRegions
    private let pictures: PictureBatch
    private let truth: [RegionTruth]
    private let features: [Tensor]
    private let backbonePullback: MultiPullback
    private var losses: [(name: String, loss: Float)] = []

    /// The sums of the gradients with respect to the features of each level.
    private var gradients: [Tensor]

    /// Runs the backbone.
    ///
    /// - Throws: `CognitronError` where the boxes cannot be learnt.
    init(
        _ settings: RegionSettings, _ networks: RegionNetworks, _ batch: Batch, _ pass: Pass,
        searched: SearchedRegions = SearchedRegions()
    ) throws {
        self.searched = searched
        (self.settings, self.networks, self.pass) = (settings, networks, pass)
        pictures = settings.transform.batch(batch.inputs[0].unstacked())
        truth = try RegionTruth.pictures(
            of: batch, pictures, settings.transform, classCount: networks.classCount,
            withMasks: networks.maskHead != nil)
        (features, backbonePullback) = networks.backbone.forward(
            inputs: [pictures.pictures], pass.needingInputGradient(false))
        gradients = features.map { Tensor.zeros($0.shape) }
    }

    /// The losses by name. Pullbacks of the heads have run; the returned one runs the backbone's.
    mutating func losses(
        _ key: RandomKey
    ) -> (losses: [(name: String, loss: Float)], pullback: () -> Void) {
        let regions = regions(key.folding("anchors"))
        let samples = settings.samples(regions, truth, key.folding("samples"))
        learnBoxes(samples)
        if let maskHead = networks.maskHead {
            learnMasks(samples.map { $0.filter { $0.object != nil } }, maskHead)
        }
        return (losses, { [backbonePullback, gradients] in _ = backbonePullback(gradients) })
    }

    /// The regions of each picture, from the proposal network, which learns, or from outside.
    private mutating func regions(_ key: RandomKey) -> [[Box]] {
        switch settings.proposals {
        case .outside(let search):
            return pictures.regions { [searched] in searched.boxes(in: $0, search) }
        case .network(let proposals):
            guard let proposer = networks.proposer else { return truth.map { _ in [] } }
            let passes = features.map { proposer.forward(inputs: [$0], pass) }
            let outputs = passes.map { AnchorOutputs($0.outputs) }
            let anchors = proposals.anchors(of: outputs, pictures)
            let learnt = proposals.losses(outputs, anchors: anchors, truth, key)
            losses += [("objectness_loss", learnt.objectness), ("proposal_loss", learnt.offsets)]
            if pass.needsPullback {
                for level in features.indices {
                    gradients[level] += passes[level].pullback(learnt.gradients[level])[0]
                }
            }
            return proposals.regions(outputs, anchors: anchors, sizes: pictures.sizes, isTraining: true)
        }
    }

    /// The class of each region, and the box of those with an object.
    private mutating func learnBoxes(_ samples: [[RegionSample]]) {
        let rows = samples.flatMap { $0 }
        guard !rows.isEmpty else { return losses += [("class_loss", 0), ("box_loss", 0)] }
        let (crops, cropsPullback) = settings.boxCrops.crops(
            of: features, samples.map { $0.map(\.box) }, height: pictures.height)
        let (outputs, pullback) = networks.boxHead.forward(inputs: [crops], pass)
        let (logits, offsets) = (outputs[0], outputs[1])
        let (classes, count) = (rows.map(label), logits.shape[1])
        let objects = rows.indices.filter { rows[$0].object != nil }
        let coder = settings.decisions.coder

        let named = RegionLosses.classes(logits, classes)
        let placed = RegionLosses.offsets(
            offsets.reshaped([rows.count * count, 4]), rows: objects.map { $0 * count + classes[$0] },
            wanted: objects.compactMap { row in
                box(of: rows[row]).map { coder.encode($0, from: rows[row].box) }
            }, count: rows.count)
        losses += [("class_loss", named.loss), ("box_loss", placed.loss)]
        guard pass.needsPullback else { return }
        add(cropsPullback(pullback([named.gradient, placed.gradient.reshaped(offsets.shape)])[0]))
    }

    /// The masks of regions with an object.
    private mutating func learnMasks(_ samples: [[RegionSample]], _ maskHead: Model) {
        let rows = samples.flatMap { $0 }
        guard !rows.isEmpty else { return losses.append(("mask_loss", 0)) }
        let (crops, cropsPullback) = settings.maskCrops.crops(
            of: features, samples.map { $0.map(\.box) }, height: pictures.height)
        let (logits, pullback) = maskHead.forward(crops, pass)
        let masked = RegionLosses.masks(logits, rows.map(label), wantedMasks(rows, size: logits.shape[1]))
        losses.append(("mask_loss", masked.loss))
        if pass.needsPullback { add(cropsPullback(pullback(masked.gradient))) }
    }

    /// The true masks of regions' objects, cut out as the features are (R, size, size, 1).
    private func wantedMasks(_ rows: [RegionSample], size: Int) -> Tensor {
        .concatenated(
            rows.map { row in
                guard let object = row.object, let mask = truth[row.picture].mask(of: object) else {
                    return .zeros([1, size, size, 1])
                }
                return mask.expandingDimensions(at: 0).regionsAligned(
                    Tensor(regions: [(0, row.box)]), size: size, spatialScale: 1, samplingRatio: 0)
            }, axis: 0)
    }

    /// 0 for background, else one more than the number of the object's class.
    private func label(_ row: RegionSample) -> Int {
        row.object.map { truth[row.picture].labels[$0] + 1 } ?? 0
    }

    private func box(of row: RegionSample) -> Box? { row.object.map { truth[row.picture].boxes[$0] } }

    /// Adds gradients of the levels that regions were cut from.
    private mutating func add(_ levels: [Tensor]) {
        for (level, gradient) in levels.enumerated() { gradients[level] += gradient }
    }
}
