import Cognitron
import CognitronExamples
import Testing

@Suite struct RegressionExperimentTests {
    @Test func moreUnitsApproximateBetter() throws {
        let findings = try Experiment.universalApproximation.run(.init(scale: .small))
        let wave = findings.tables[0]
        let one = try #require(wave["hidden layer", "1 units"])
        let fifty = try #require(wave["hidden layer", "50 units"])
        #expect(fifty < 0.02 && fifty < one / 8)
        // Both frequencies of the wave are among ten sines and cosines.
        #expect(try #require(wave["Fourier series", "10 units"]) < 1e-10)
        #expect(try #require(wave["polynomials", "10 units"]) < 1e-4)
        #expect(findings.plots.count == 2)
    }

    @Test func unitsWithDirectionsNeedFewerCoefficients() throws {
        let findings = try Experiment.surfaceApproximation.run(.init(scale: .small))
        let cliff = findings.tables[1]
        let units = try #require(cliff["hidden layer", "10 units"])
        #expect(units < 0.02)
        for basis in ["polynomials", "Fourier series"] {
            #expect(try #require(cliff[basis, "10 units"]) > 1.5 * units)
        }
    }

    @Test func perceptronExplainsMoreThanALinearModel() throws {
        let findings = try Experiment.tableRegression.run(.init(scale: .small))
        let linear = try #require(findings["linear", "R²"])
        let perceptron = try #require(findings["perceptron", "R²"])
        #expect(abs(try #require(findings["mean", "R²"])) < 0.05)
        #expect(linear > 0.65 && linear < 0.75)
        #expect(perceptron > linear + 0.05)
    }

    @Test func unknownNameListsTheExperiments() {
        let error = #expect(throws: CognitronError.self) { try Experiment(named: "universal") }
        #expect(error?.description.contains("universal-approximation") == true)
    }
}
