import Cognitron
import CognitronData

/// A source whose pictures have the size and the channels that a network takes; masks and boxes follow.
///
/// Colours become grey as their mean, grey becomes colours by repetition, opacity is left out.
struct FittedPictures: BatchSource {
    private let base: any BatchSource
    private let shape: Shape
    private let targets: [TargetKind]

    fileprivate init(_ base: any BatchSource, to shape: Shape, _ targets: [TargetKind]) {
        (self.base, self.shape, self.targets) = (base, shape, targets)
    }

    var sampleCount: Int? { base.sampleCount }
    var unit: String { base.unit }
    func validate() throws { try base.validate() }

    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        guard var batch = try base.batch(samples, draw), let pictures = batch.inputs.first else { return nil }
        batch.inputs[0] = pictures.fitted(to: shape)
        for (index, kind) in targets.enumerated() where index < batch.targets.count {
            batch.targets[index] = fit(batch.targets[index], kind, of: pictures.shape)
        }
        return batch
    }

    private func fit(_ target: Tensor, _ kind: TargetKind, of pictures: Shape) -> Tensor {
        switch kind {
        case .other: return target
        case .mask:
            let masks = target.reshaped([pictures[0], pictures[1], pictures[2], 1])
            return masks.resized(shape[0], shape[1], .nearest)
                .reshaped(Shape([pictures[0], shape[0], shape[1]] + target.shape.dropFirst(3)))
        case .boxes:
            let (y, x) = (Float(shape[0]) / Float(pictures[1]), Float(shape[1]) / Float(pictures[2]))
            return target * Tensor([x, y, x, y, 1])
        case .picture: return target.resized(shape[0], shape[1], .bilinear)
        }
    }

    // MARK: - What fits

    /// Throws where samples of one shape cannot become those of another.
    static func require(_ shape: Shape, fits wanted: Shape, _ name: String) throws {
        let isPicture = shape.rank == 3 && wanted.rank == 3
        let hasChannels =
            isPicture
            && (shape[2] == wanted[2] || wanted[2] == 1 || shape[2] == 1 || (shape[2], wanted[2]) == (4, 3))
        guard shape != wanted, !hasChannels else { return }
        throw CognitronError(
            .shape, name, "its samples do not fit this model", expected: "\(wanted)", got: "\(shape)",
            advice: "name another data set with --dataset")
    }

    /// What happens to pictures, as one line; nil where nothing does.
    static func note(from shape: Shape, to wanted: Shape) -> String? {
        guard shape.rank == 3, wanted.rank == 3, shape != wanted else { return nil }
        var changes: [String] = []
        if !shape.prefix(2).elementsEqual(wanted.prefix(2)) {
            changes.append("resized from \(shape[0]) × \(shape[1]) to \(wanted[0]) × \(wanted[1])")
        }
        if shape[2] != wanted[2] {
            changes.append(
                wanted[2] == 1
                    ? "averaged over \(shape[2]) channels"
                    : shape[2] == 1 ? "repeated in \(wanted[2]) channels" : "left without opacity")
        }
        return "Pictures are \(changes.joined(separator: " and "))"
    }
}

extension DatasetPart {
    /// The part with pictures of another size and other channels.
    ///
    /// - Throws: `CognitronError.shape` where the samples are no pictures, and of another shape.
    func fitted(to shape: Shape) throws -> DatasetPart {
        if inputShape == shape { return self }
        try FittedPictures.require(inputShape, fits: shape, name)
        return try DatasetPart(
            name: name, task: task, inputShape: shape,
            source: FittedPictures(source, to: shape, task.targetKinds))
    }
}

extension Tensor {
    /// Pictures (N, H, W, C) of another size and with other channels.
    func fitted(to sample: Shape) -> Tensor {
        resized(sample[0], sample[1], .bilinear).withChannels(sample[2])
    }

    fileprivate func resized(_ height: Int, _ width: Int, _ interpolation: Interpolation) -> Tensor {
        if shape[1] == height, shape[2] == width { return self }
        return Resizing(height, width, interpolation: interpolation, antialias: interpolation != .nearest)
            .forward(self, .inference).output
    }

    private func withChannels(_ count: Int) -> Tensor {
        let own = shape[3]
        if own == count { return self }
        if count == 1 { return colours(Swift.min(own, 3)).mean(axes: [3], keepingDimensions: true) }
        return own == 1 ? Tensor.concatenated(Array(repeating: self, count: count), axis: 3) : colours(count)
    }

    /// The first channels.
    private func colours(_ count: Int) -> Tensor {
        shape[3] == count ? self : slice(axis: 3, 0..<count)
    }
}
