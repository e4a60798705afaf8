import Cognitron

/// The largest answer among the cells of each class; 0 for a class that no cell has learnt.
///
///     output[n, class] = max over cells k with labels[k] = class of input[n, k]
///
/// Cells that organised themselves have no names: a teacher says afterwards what each of them answers to.
///
/// - Input shape: `(N, cells)`; output shape: `(N, classCount)`.
/// - Throws: from `build`, a `CognitronError` where there is not one label for each cell, or a label is no
///   class.
public final class LabelledCells: Layer, Codable {
    /// The class of each cell; −1 for a cell that answers to nothing.
    public let labels: [Int]
    public let classCount: Int
    public let name: String?

    /// - Parameters:
    ///   - labels: the class of each cell; −1 for a cell that answers to nothing.
    ///   - classCount: the number of outputs.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(labels: [Int], classCount: Int, name: String? = nil) {
        (self.labels, self.classCount, self.name) = (labels, classCount, name)
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard input == [labels.count], labels.allSatisfy({ (-1..<classCount).contains($0) }) else {
            throw context.error(
                .shape, "its labels do not fit its cells",
                expected: "a row of \(labels.count) cells, with labels up to \(classCount - 1)",
                got: "\(input)")
        }
        try context.require("classCount", classCount)
        return [classCount]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let x = input.expandingDimensions(at: 2)  // (N, cells, 1)
        // (cells, classes): 1 where the cell is of the class.
        let isOwn = Tensor(
            labels.flatMap { label in (0..<classCount).map { $0 == label ? 1 : 0 } },
            shape: [labels.count, classCount])
        let y = (x * isOwn).max(axis: 1, keepingDimensions: true)  // (N, 1, classes)
        return (
            y.squeezing(1),
            { dy in ((x .== y) * isOwn * dy.expandingDimensions(at: 1)).sum(axis: 2) }
        )
    }
}
