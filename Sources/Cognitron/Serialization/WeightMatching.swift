/// Which tensors of a file `Model.load(_:matching:)` takes.
///
///     try model.load("cifar10.safetensors", matching: .nameAndShape)
///     try model.load("cifar10.safetensors", matching: .nameAndShape.leavingOut(["^fc/"]))
///     try model.load("cifar10.safetensors", matching: .nameAndShape.keepingClasses(of: old, in: new))
public struct WeightMatching: Sendable {
    /// Tensors with the path and the shape of a parameter.
    public static let nameAndShape = WeightMatching()

    private(set) var leftOut = PathPatterns([])
    private(set) var classes: (file: [String], model: [String])?

    /// The same without parameters whose paths match, which keep their values.
    ///
    /// - Parameter patterns: regular expressions, of which one matches a part of the path,
    ///   `encoder/dense/bias`.
    public func leavingOut(_ patterns: [String]) -> WeightMatching {
        var matching = self
        matching.leftOut = PathPatterns(leftOut.patterns + patterns)
        return matching
    }

    /// The same, but the model's classifier (`Model.headLayers`) takes the weights of each class that both
    /// have by its name, so that classes may be added, left out and in another order. A class that the file
    /// does not know keeps its first weights.
    ///
    /// - Parameters:
    ///   - file: the names of the classes of the file's model, in order.
    ///   - model: those of this model.
    public func keepingClasses(of file: [String], in model: [String]) -> WeightMatching {
        var matching = self
        matching.classes = (file, model)
        return matching
    }

    /// The weights of a classifier with those of the known classes from another one.
    ///
    /// - Parameters:
    ///   - own: `(…, model's classes)`.
    ///   - other: `(…, file's classes)`.
    /// - Returns: nil where the shapes are not those.
    func merged(_ own: Tensor, _ other: Tensor) -> Tensor? {
        guard let classes, own.rank > 0, own.rank == other.rank,
            own.shape.dropLast().elementsEqual(other.shape.dropLast()),
            own.shape.last == classes.model.count, other.shape.last == classes.file.count
        else { return nil }
        let axis = own.rank - 1
        let columns = classes.model.enumerated().map { index, name in
            classes.file.firstIndex(of: name).map { other.slice(axis: axis, $0..<$0 + 1) }
                ?? own.slice(axis: axis, index..<index + 1)
        }
        return Tensor.concatenated(columns, axis: axis)
    }

    /// The classes that file and model have in common.
    var commonClasses: [String] { classes.map { pair in pair.model.filter(pair.file.contains) } ?? [] }
}
