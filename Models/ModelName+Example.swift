import CognitronData

extension ModelName {
    /// A task of the network's first kind, with the classes that it was designed for, for its size and its
    /// cost.
    public var exampleTask: DataTask { task(classCount: classCount) }

    /// A task of the network's first kind with so many classes without names.
    func task(classCount: Int) -> DataTask {
        let names = (0..<max(0, classCount)).map(String.init)
        return switch tasks.first ?? .unlabelled {
        case .classification: .classification(classNames: names)
        case .regression: .regression(targetNames: ["target"])
        case .segmentation: .segmentation(classNames: names)
        case .detection: .detection(classNames: names)
        case .instances: .instances(classNames: names)
        case .pictures: .pictures
        case .tagging: .tagging(classNames: names)
        case .text: .text
        case .language: .language
        case .unlabelled: .unlabelled
        }
    }
}
