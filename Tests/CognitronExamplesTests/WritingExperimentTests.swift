import CognitronExamples
import Testing

@Suite("Experiments with texts that are written")
struct WritingExperimentTests {
    private func findings(_ experiment: Experiment) throws -> Findings {
        try experiment.run(.init(scale: .small))
    }

    @Test("Decoders look at the year while they write it")
    func alignment() throws {
        let findings = try findings(.alignment)
        for name in ["seq2seq-luong", "seq2seq-bahdanau"] {
            let even = try #require(findings[name, "the same of even weights"])
            #expect(try #require(findings[name, "weight on the year"]) > 2 * even, "\(name)")
        }
        #expect(findings.plots.count == 2)
    }

    @Test("Dates are learnt with all tokens told and with some, and a beam writes them no worse")
    func sequenceToSequence() throws {
        let findings = try findings(.sequenceToSequence)
        for name in ["teacher forcing", "scheduled sampling"] {
            let greedy = try #require(findings[name, "greedy"])
            #expect(greedy > 0.6, "\(name)")
            #expect(try #require(findings[name, "beam of 4"]) >= greedy - 0.05, "\(name)")
        }
    }

    @Test("Phrases are translated better than by the nearest known one")
    func verses() throws {
        let findings = try findings(.verses)
        let nearest = try #require(findings["the nearest known verse", "BLEU"])
        for search in ["greedy", "beam of 4, by length"] {
            #expect(try #require(findings["transformer, \(search)", "BLEU"]) > 2 * nearest)
        }
    }

    @Test("A small talk is known by heart, and unseen questions get answers too")
    func dialogue() throws {
        let findings = try findings(.dialogue)
        #expect(try #require(findings["known questions", "as in the set"]) > 0.95)
        #expect(findings.notes.count == 8)
    }

    @Test("Who went where is found, not the place named last")
    func questionAnswering() throws {
        let findings = try findings(.questionAnswering)
        let last = try #require(findings["the place named last", "test"])
        #expect(try #require(findings["seq2seq-bahdanau", "test"]) > last + 0.25)
    }

    @Test("Headlines say what happened where")
    func summary() throws {
        let findings = try findings(.summary)
        #expect(try #require(findings["seq2seq-luong", "exact"]) > 0.8)
        #expect(try #require(findings["the report's first words", "BLEU"]) < 20)
    }
}
