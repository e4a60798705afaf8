import Cognitron

/// Images, their classes and the classes' names: one part (training or test) of a data set.
///
///     let train = try CIFAR10.load(.train)
///     let (images, labels) = (train.images, train.labels)
///     let history = try model.fit(images, labels, batchSize: 128, epochs: 5)
public struct LabelledImages: Sendable, Equatable {
    public let images: Images

    /// The class index of each image: `[N]`.
    public let labels: Tensor

    /// The names of classes 0, 1, 2 …
    public let classNames: [String]

    /// The data set's name, such as "CIFAR-10".
    public let name: String

    /// - Throws: `CognitronError.data` where the numbers of labels and images differ, or a label is not the
    ///   index of a class.
    public init(_ images: Images, labels: [Int], classNames: [String], name: String) throws {
        guard labels.count == images.count else {
            throw CognitronError(
                .data, name, "images and labels differ in number", expected: "\(images.count) labels",
                got: "\(labels.count)")
        }
        if let row = labels.firstIndex(where: { !classNames.indices.contains($0) }) {
            throw CognitronError(
                .data, name, "label \(row) is not the number of a class",
                expected: "0 to \(classNames.count - 1)", got: "\(labels[row])")
        }
        self.init(unchecked: images, Tensor(labels), classNames, name)
    }

    init(unchecked images: Images, _ labels: Tensor, _ classNames: [String], _ name: String) {
        (self.images, self.labels, self.classNames, self.name) = (images, labels, classNames, name)
    }

    /// The number of images.
    public var count: Int { images.count }

    /// One image as (H, W, C) in 0…1, with the index and the name of its class.
    public func sample(at index: Int) -> (image: Tensor, label: Int, className: String) {
        let label = Int(labels[index].scalar)
        return (images[index], label, classNames[label])
    }

    /// The images and labels at `range`.
    public subscript(range: Range<Int>) -> LabelledImages {
        LabelledImages(unchecked: images[range], labels[range], classNames, name)
    }

    /// The first `count` images and labels, or all if there are fewer.
    public func prefix(_ count: Int) -> LabelledImages { self[0..<Swift.min(count, self.count)] }

    /// The number of images per class.
    public var classCounts: [Int] {
        labels.withUnsafeScalars { scalars in
            scalars.reduce(into: [Int](repeating: 0, count: classNames.count)) { $0[Int($1)] += 1 }
        }
    }
}
