import Cognitron

/// Finds objects in two stages: regions that may hold one, then their class, box and mask.
///
///     let detector = try RegionDetector(model, RegionSettings(proposals: .network(proposals)))
///     let objects = try detector.detections(in: [photograph, drawing])       // of any sizes
///
/// - Source: Girshick, "Fast R-CNN" (2015); Ren et al., "Faster R-CNN" (2015); He et al., "Mask R-CNN"
///   (2017).
public struct RegionDetector: Detector {
    public let model: Model
    public let networks: RegionNetworks
    public let settings: RegionSettings

    /// - Throws: `CognitronError.model` where the model does not hold the networks that the settings need.
    public init(_ model: Model, _ settings: RegionSettings) throws {
        networks = try RegionNetworks(of: model)
        if case .network = settings.proposals, networks.proposer == nil {
            throw CognitronError(
                .model, model.name ?? "the model", "proposes no regions", expected: "a layer called rpn")
        }
        (self.model, self.settings) = (model, settings)
    }

    public func detections(in pictures: Tensor) throws -> [[Detection]] {
        guard pictures.rank == 4 else {
            throw CognitronError(
                .shape, model.name ?? "the model", "takes pictures only", expected: "(N, H, W, C)",
                got: "\(pictures.shape)")
        }
        return try detections(in: pictures.unstacked())
    }

    /// The objects of pictures of any sizes, each (H, W, C), which run as one batch.
    public func detections(in pictures: [Tensor]) throws -> [[Detection]] {
        guard !pictures.isEmpty else { return [] }
        let batch = settings.transform.batch(pictures)
        let features = try networks.backbone.predict([batch.pictures], batchSize: pictures.count)
        let regions = try regions(features, batch)
        var objects = try self.objects(features, regions, batch)
        if let maskHead = networks.maskHead { try addMasks(&objects, maskHead, features, batch) }
        return objects.enumerated().map { number, objects in
            objects.map { restored($0, number, batch) }
        }
    }

    /// The regions of each picture, the best first.
    func regions(_ features: [Tensor], _ batch: PictureBatch) throws -> [[Box]] {
        switch settings.proposals {
        case .network(let proposals):
            guard let proposer = networks.proposer else { return [] }
            let outputs = try features.map {
                AnchorOutputs(try proposer.predict([$0], batchSize: batch.sizes.count))
            }
            return proposals.regions(
                outputs, anchors: proposals.anchors(of: outputs, batch), sizes: batch.sizes, isTraining: false
            )
        case .outside(let search): return batch.regions(search)
        }
    }

    /// What the regions hold.
    func objects(
        _ features: [Tensor], _ regions: [[Box]], _ batch: PictureBatch
    ) throws -> [[Detection]] {
        guard regions.contains(where: { !$0.isEmpty }) else { return regions.map { _ in [] } }
        let crops = settings.boxCrops.crops(of: features, regions, height: batch.height).output
        let answers = try networks.boxHead.predict([crops], batchSize: crops.shape[0])
        return settings.decisions.objects(
            logits: answers[0], offsets: answers[1], regions: regions, sizes: batch.sizes)
    }

    /// Gives each object its small mask (m, m), with the probability of each pixel.
    func addMasks(
        _ objects: inout [[Detection]], _ maskHead: Model, _ features: [Tensor], _ batch: PictureBatch
    ) throws {
        guard objects.contains(where: { !$0.isEmpty }) else { return }
        let boxes = objects.map { $0.map(\.box) }
        let crops = settings.maskCrops.crops(of: features, boxes, height: batch.height).output
        let logits = try maskHead.predict(crops, batchSize: crops.shape[0])
        var row = 0
        for picture in objects.indices {
            for number in objects[picture].indices {
                let own = logits.slice(axis: 0, row).slice(axis: 2, objects[picture][number].label + 1)
                objects[picture][number].mask = ActivationFunction.sigmoid(own)
                row += 1
            }
        }
    }

    /// An object of the batch in its picture's own pixels, with the mask in the picture.
    private func restored(_ object: Detection, _ picture: Int, _ batch: PictureBatch) -> Detection {
        var object = object
        object.box = batch.restored(object.box, picture)
        object.mask = object.mask.map {
            MaskPasting.pasted($0, into: object.box, batch.originals[picture]) .> 0.5
        }
        return object
    }
}

extension RegionProposals {
    /// The anchors of all levels of a batch.
    func anchors(of outputs: [AnchorOutputs], _ batch: PictureBatch) -> [Box] {
        anchors.anchors(
            levels: outputs.map { ($0.objectness.shape[1], $0.objectness.shape[2]) },
            pictureHeight: batch.height, pictureWidth: batch.width)
    }
}

extension PictureBatch {
    /// The regions that a search from outside finds in each picture, clipped to it; those without an area are
    /// dropped.
    func regions(_ search: (_ picture: Tensor) -> [Box]) -> [[Box]] {
        sizes.indices.map { number in
            let size = sizes[number]
            let picture = pictures.slice(axis: 0, number)
                .slice(axis: 0, 0..<size.height).slice(axis: 1, 0..<size.width)
            return search(picture)
                .map { $0.clipped(width: Float(size.width), height: Float(size.height)) }
                .filter(\.isValid)
        }
    }
}
