import Cognitron
import CognitronData
import CognitronModels

/// Fewer dates than the data set `dates` has.
struct DrawnDates {
    let train: DatasetPart
    let test: DatasetPart
    let testPairs: [(source: String, target: String)]

    init(training: Int, test count: Int) throws {
        let form = TextVectorization(standardize: .lower, split: .character)
        let known = Dates().pairs(count: training)
        testPairs = Dates(split: .test).pairs(count: count)
        let pairs = TextPairs(known, inputs: form, targets: form)
        (train, test) = (try pairs.part(known, "dates"), try pairs.part(testPairs, "dates"))
    }

    /// The network of that attention, smaller in the small form.
    func network(_ attention: DecoderAttention, _ settings: ExperimentSettings) throws -> Model? {
        guard settings.scale == .small else { return nil }
        return try train.seq2Seq(attention, embedding: 24, units: 64)
    }
}
