import Cognitron

/// The networks of a two-stage detector, which are layers of one model (`Model.regions`).
///
/// | name | input | outputs |
/// |---|---|---|
/// | `backbone` | pictures (N, H, W, C) | features of one or several levels, the finest first |
/// | `rpn` | features of a level | for A anchors a pixel objectness (N, h, w, A), offsets (N, h, w, 4·A) |
/// | `box_head` | features of regions (R, s, s, F) | logits (R, 1 + classes), offsets (R, 4·(1 + classes)) |
/// | `mask_head` | features of regions (R, t, t, F) | logits (R, m, m, 1 + classes) |
///
/// Class 0 of the heads is the background. Networks without proposals of their own have no `rpn`, and those
/// that find boxes only no `mask_head`.
public struct RegionNetworks: Sendable {
    public let backbone: Model
    public let proposer: Model?
    public let boxHead: Model
    public let maskHead: Model?

    /// The networks of a model.
    ///
    /// - Throws: `CognitronError.model` where the model has no backbone or no box head.
    public init(of model: Model) throws {
        try self.init(model.name ?? "the model") { model.layer(named: $0) as? Model }
    }

    init(_ place: String, _ network: (_ name: String) -> Model?) throws {
        guard let backbone = network("backbone"), let boxHead = network("box_head") else {
            throw CognitronError(
                .model, place, "is no two-stage detector",
                expected: "networks called backbone and box_head", advice: "make one, such as faster-rcnn")
        }
        (self.backbone, self.boxHead) = (backbone, boxHead)
        (proposer, maskHead) = (network("rpn"), network("mask_head"))
    }

    /// The number of classes of objects.
    public var classCount: Int { (boxHead.outputShapes?.first?.first ?? 1) - 1 }

    /// The networks by name, those that are there.
    public var named: [(name: String, network: Model)] {
        [("backbone", backbone), ("rpn", proposer), ("box_head", boxHead), ("mask_head", maskHead)]
            .compactMap { name, network in network.map { (name, $0) } }
    }
}

extension Model {
    /// A model that holds the networks of a two-stage detector as its layers, each called as
    /// `RegionNetworks` says.
    ///
    /// Its inputs are pictures and the features of regions, for boxes and for masks; its outputs are those of
    /// all networks, which are trained and used one by one (`RegionStep`, `RegionDetector`).
    ///
    /// - Parameter inputShape: of the pictures; the backbone may take others too.
    /// - Throws: `CognitronError` where a network has another name or does not take its input.
    public static func regions(
        backbone: Model, proposer: Model? = nil, boxHead: Model, maskHead: Model? = nil, inputShape: Shape,
        name: String
    ) throws -> Model {
        let parts = [
            (backbone, "backbone"), (proposer, "rpn"), (boxHead, "box_head"), (maskHead, "mask_head"),
        ]
        for (network, part) in parts {
            guard let network, network.name != part else { continue }
            throw CognitronError(
                .argument, name, "one of its networks has another name", expected: part,
                got: network.name ?? "none", advice: "give the model that name")
        }
        let picture = Input(shape: inputShape)
        let levels = backbone.outputs(of: picture)
        var (inputs, outputs): ([any Symbolic], [any Symbolic]) = ([picture], [])
        for level in levels { outputs += proposer?.outputs(of: level) ?? [level] }
        for head in [boxHead, maskHead].compactMap({ $0 }) {
            guard let shape = head.inputShape else {
                throw CognitronError(
                    .model, name, "\(head.name ?? "a head") does not say how large its regions are",
                    expected: "an Input without free axes")
            }
            let crops = Input(shape: shape)
            inputs.append(crops)
            outputs += head.outputs(of: crops)
        }
        return try Model(inputs: inputs, outputs: outputs, name: name)
    }
}
