import Cognitron
import CognitronData
import CognitronModels
import CognitronText

extension Experiment {
    /// How a decoder of dates is trained and how it is asked: told all tokens or also on its own, and with
    /// greedy and beam search, after few epochs, when it still errs.
    ///
    /// - Source: Bengio et al., "Scheduled Sampling" (2015); Sutskever et al. (2014), table 1, for the beam.
    public static let sequenceToSequence = Experiment(
        "sequence-to-sequence", "dates with teacher forcing and scheduled sampling, greedy and beam search"
    ) { settings in
        let dates = try DrawnDates(
            training: settings.pick(full: 20_000, small: 3_000),
            test: settings.pick(full: 2_000, small: 200))
        let searches: [(String, TokenSearch)] = [
            ("greedy", .greedy), ("beam of 4", .beam(width: 4, lengthPenalty: 0)),
            ("beam of 4, by length", .beam(width: 4, lengthPenalty: 0.6)),
        ]
        var table = FindingsTable("Dates, exact", columns: searches.map(\.0), format: .percent)
        for (name, share) in [("teacher forcing", 1), ("scheduled sampling", 0.25)] as [(String, Float)] {
            settings.report(name)
            let model = try ModelName.seq2seqLuong.trained(
                on: dates.train, as: dates.network(.luong, settings),
                epochs: settings.pick(full: 1, small: 6),
                learningRate: settings.pick(full: 0.002, small: 0.01), teacherForcing: share, settings)
            table.add(name, try searches.map { try dates.test.exact(model, $0.1) })
        }
        return Findings([table])
    }
}
