import Cognitron

/// Pictures, the class of each, and what the classes are called: one part (training or test) of a data set.
///
///     let train = try CIFAR10.load(.train)
///     let (images, labels) = (train.images, train.labels)
///     let history = try model.fit(images, labels, batchSize: 128, epochs: 5)
public struct LabelledImages: Sendable, Equatable {
    public let images: Images

    /// The class of each picture as a whole number: `[N]`.
    public let labels: Tensor

    /// What class 0, 1, 2 … is called.
    public let classNames: [String]

    /// What the data set is called: "CIFAR-10".
    public let name: String

    /// - Throws: `CognitronError.data` where there are not as many labels as images, or a label is not the
    ///   number of a class.
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

    /// The number of pictures.
    public var count: Int { images.count }

    /// One picture as (H, W, C) in 0…1, the number of its class and what the class is called.
    public func sample(at index: Int) -> (image: Tensor, label: Int, className: String) {
        let label = Int(labels[index].scalar)
        return (images[index], label, classNames[label])
    }

    /// The pictures and labels at `range`.
    public subscript(range: Range<Int>) -> LabelledImages {
        LabelledImages(unchecked: images[range], labels[range], classNames, name)
    }

    /// The first `count` pictures and labels, or all where there are fewer.
    public func prefix(_ count: Int) -> LabelledImages { self[0..<Swift.min(count, self.count)] }

    /// How many pictures each class has.
    public var classCounts: [Int] {
        labels.withUnsafeScalars { scalars in
            scalars.reduce(into: [Int](repeating: 0, count: classNames.count)) { $0[Int($1)] += 1 }
        }
    }
}
