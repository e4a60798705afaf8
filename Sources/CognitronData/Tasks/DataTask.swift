import Cognitron

/// What the targets of a data set are, and so which networks, losses and metrics fit it.
///
/// Each case says the form of a batch's targets, for N samples.
public enum DataTask: Hashable, Sendable, Codable {
    /// One target `(N)`: the class of each sample.
    case classification(classNames: [String])
    /// One target `(N, targetNames.count)`: numbers.
    case regression(targetNames: [String])
    /// One target `(N, H, W)`: the class of each pixel.
    case segmentation(classNames: [String])
    /// One target `(N, M, 5)`: the boxes of each picture, in rows of `BoxRow`'s form.
    case detection(classNames: [String])
    /// Two targets: the boxes `(N, M, 5)` as for detection, and `(N, H, W)`: for each pixel 0, or one more
    /// than the row of its object's box.
    case instances(classNames: [String])
    /// One target `(N, H, W, C)`: another picture of the same size, such as the colours of a drawing; of
    /// videos `(N, T, H, W, C)`: the frame after each frame of the input.
    case pictures
    /// One target `(N, T)`: a class for each step. Steps past a sample's end have weight 0.
    case tagging(classNames: [String])
    /// A text for each sample, such as a translation or a caption. Two inputs: what it is about, a text
    /// `(N, S)` or a picture, and the text behind a start mark `(N, T)`; one target `(N, T)`: the text before
    /// an end mark.
    case text
    /// One target `(N, T)`: the token after each of the input's `(N, T)`.
    case language
    /// No targets.
    case unlabelled

    /// The kinds of task, whatever their classes are called: what a network is made for.
    public enum Kind: String, CaseIterable, Sendable, Codable {
        case classification, regression, segmentation, detection, instances, pictures, tagging, text
        case language, unlabelled
    }

    public var kind: Kind {
        switch self {
        case .classification: .classification
        case .regression: .regression
        case .segmentation: .segmentation
        case .detection: .detection
        case .instances: .instances
        case .pictures: .pictures
        case .tagging: .tagging
        case .text: .text
        case .language: .language
        case .unlabelled: .unlabelled
        }
    }

    /// The task in one word, as in `cognitron datasets`.
    public var name: String { kind.rawValue }

    /// The names of classes 0, 1, 2 …; none of a task without classes.
    public var classNames: [String] {
        switch self {
        case .classification(let names), .segmentation(let names), .detection(let names),
            .instances(let names), .tagging(let names):
            names
        case .regression, .pictures, .text, .language, .unlabelled: []
        }
    }

    /// How each target changes with its picture: what augmentations need to know.
    public var targetKinds: [TargetKind] {
        switch self {
        case .segmentation: [.mask]
        case .detection: [.boxes]
        case .instances: [.boxes, .mask]
        case .pictures: [.picture]
        case .classification, .regression, .tagging, .text, .language, .unlabelled: [.other]
        }
    }
}

/// How a target changes when its picture is moved, stretched or cropped.
public enum TargetKind: Hashable, Sendable {
    /// Not at all: classes, numbers, text.
    case other
    /// A number for each pixel `(N, H, W)` or `(N, H, W, 1)`: moves with the picture, unmixed.
    case mask
    /// Boxes `(N, M, 5)`: their corners move with the picture.
    case boxes
    /// Another picture `(N, H, W, C)`: moves with the picture; its colours stay.
    case picture
}
