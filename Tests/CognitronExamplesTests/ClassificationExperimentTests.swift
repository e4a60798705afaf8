import CognitronExamples
import Testing

@Suite struct ClassificationExperimentTests {
    @Test("38 layers train with shortcuts, and less well or not at all without")
    func shortcutsCarryGradients() throws {
        let findings = try Experiment.networkDepth.run(.init(scale: .small))
        func number(_ row: String, _ column: String) throws -> Double {
            try #require(findings[row, column])
        }
        #expect(try number("residual 38", "test accuracy") > 0.85)
        #expect(try number("residual 38", "training loss") < 0.6 * number("plain 38", "training loss"))
        #expect(try number("plain 38, not normalised", "gradient, first layer") < 1e-7)
        #expect(try number("residual 38, not normalised", "gradient, first layer") > 1e-3)
    }

    @Test("AlexNet's claims: ReLU learns sooner than tanh, dropout costs epochs")
    func alexNetClaims() throws {
        let findings = try Experiment.alexNetClaims.run(.init(scale: .small))
        func epochs(_ row: String) throws -> Double {
            try #require(findings[row, "epochs to the level"])
        }
        #expect(try epochs("dropout") > epochs("ReLU, overlapping pools"))
        #expect(try #require(findings["ReLU, overlapping pools", "test accuracy"]) > 0.93)
    }

    @Test("The winners' errors fall each year, and below people's in 2015")
    func winners() throws {
        let findings = try Experiment.ilsvrcWinners.run()
        let column = "top-5 error in per cent"
        let errors = findings.tables[0].rows.dropLast().compactMap { $0.values[0] }
        #expect(errors.count == 7 && zip(errors, errors.dropFirst()).allSatisfy { $0 > $1 })
        let people = try #require(findings["people", column])
        #expect(try #require(findings["2015 ResNet", column]) < people)
        #expect(try #require(findings["2014 GoogLeNet", column]) > people)
    }
}
