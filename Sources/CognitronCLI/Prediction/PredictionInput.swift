import Cognitron
import CognitronData

/// The samples that `predict` is asked about, by the names it gives them.
struct PredictionInput {
    let names: [String]
    let source: any BatchSource
    /// The numbers of the samples in the source.
    let samples: [Int]
    /// Whether the source has targets to compare with.
    let hasTruth: Bool
    /// The names of the classes that its targets are; nil where they are none.
    var classNames: [String]?
}

extension PredictionInput {
    /// Samples of a data set.
    ///
    /// - Parameters:
    ///   - name: what messages call the data set.
    ///   - indices: of the samples; all where there are none.
    /// - Throws: `CognitronError` where the part has no such sample.
    init(_ part: DatasetPart, _ name: String, _ indices: [Int]) throws {
        let unit = String(part.unit.dropLast())
        if let wrong = indices.first(where: { !(0..<part.count).contains($0) }) {
            throw CognitronError(
                .argument, name, "has no \(unit) \(wrong)", expected: "0 to \(part.count - 1)",
                got: "\(wrong)")
        }
        samples = indices.isEmpty ? Array(0..<part.count) : indices
        (names, source) = (samples.map { "\(unit) \($0)" }, part.source)
        hasTruth = part.task.kind == .classification || part.task.kind == .regression
        classNames = part.task.kind == .classification ? part.task.classNames : nil
    }
}
