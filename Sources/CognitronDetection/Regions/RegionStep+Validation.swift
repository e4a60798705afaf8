import Cognitron
import CognitronData

// Whether a batch fits the networks of a region step.

extension RegionStep {
    public func validate(_ batch: Batch, samples: [Int], _ trainer: Trainer) throws {
        let networks = try RegionNetworks(of: trainer)
        try requireProposer(networks)
        guard batch.inputs.count == 1, batch.inputs[0].rank == 4 else {
            throw CognitronError(
                .shape, "RegionStep", "takes pictures only", expected: "one input (N, H, W, C)",
                got: batch.inputs.map { "\($0.shape)" }.joined(separator: ", "))
        }
        try batch.requireFiniteInputs(samples)
        try requireTargets(batch, withMasks: networks.maskHead != nil)
        let transformed = settings.transform.size(
            PictureSize(height: batch.inputs[0].shape[1], width: batch.inputs[0].shape[2]))
        let padded = settings.transform.padded(transformed)
        try networks.backbone.prepare(for: [[padded.height, padded.width, batch.inputs[0].shape[3]]])
        _ = try batch.targets[0].learnableBoxes(
            classCount: networks.classCount, height: batch.inputs[0].shape[1],
            width: batch.inputs[0].shape[2])
    }

    private func requireProposer(_ networks: RegionNetworks) throws {
        guard case .network = settings.proposals, networks.proposer == nil else { return }
        throw CognitronError(
            .argument, "RegionStep", "the trainer has no network that proposes regions", expected: "rpn",
            got: networks.named.map(\.name).joined(separator: ", "))
    }

    private func requireTargets(_ batch: Batch, withMasks: Bool) throws {
        let (count, shape) = (batch.inputs[0].shape[0], batch.inputs[0].shape)
        guard batch.targets.count >= (withMasks ? 2 : 1), batch.targets[0].rank == 3,
            batch.targets[0].shape[0] == count, batch.targets[0].shape[2] == BoxRow.width
        else {
            throw CognitronError(
                .data, "RegionStep", "the targets are no boxes",
                expected: "(\(count), M, 5)" + (withMasks ? " and the objects of pixels" : ""),
                got: batch.targets.map { "\($0.shape)" }.joined(separator: ", "))
        }
        guard withMasks, batch.targets[1].shape != [count, shape[1], shape[2]] else { return }
        throw CognitronError(
            .data, "RegionStep", "the objects of pixels have another size than the pictures",
            expected: "\([count, shape[1], shape[2]] as Shape)", got: "\(batch.targets[1].shape)")
    }
}
