import CognitronExamples
import Testing

@Suite struct AutoencoderExperimentTests {
    @Test func eachKindDoesWhatItIsFor() throws {
        let findings = try Experiment.autoencoders.run(.init(scale: .small))
        func number(_ row: String, _ column: String) throws -> Double {
            try #require(findings[row, column])
        }
        let mean = try number("the mean picture", "pictures")
        for row in findings.tables[0].rows.dropFirst() {
            #expect(try number(row.name, "pictures") < 0.7 * mean, "\(row.name)")
        }
        #expect(
            try number("denoising-autoencoder", "noisy pictures")
                < 0.8 * number("conv-autoencoder", "noisy pictures"))
        // Noise on the code is overcome by larger codes.
        let column = "deviation of codes"
        #expect(try number("conv-autoencoder:32,1", column) > 2 * number("conv-autoencoder", column))
        #expect(
            try number("sparse-autoencoder", "units in use") < 0.5 * number("autoencoder", "units in use"))
        // Without the divergence, codes of a plane spread over many deviations.
        #expect(try (0.7..<1.6).contains(number("vae", column)))
        for name in ["dense-reconstructions", "variational-plane-map", "variational-plane-codes"] {
            #expect(findings.plots[name] != nil, "\(name)")
        }
    }

    @Test func unknownClassesHaveLargeErrors() throws {
        let findings = try Experiment.anomalies.run(.init(scale: .small))
        let column = "area under the curve"
        let area = try #require(findings["autoencoder", column])
        #expect(area > 0.9)
        #expect(area > (findings["distance from the mean picture", column] ?? 1) + 0.05)
        // The share of false alarms is that of the quantile, but for chance.
        let rows = findings.tables[1].rows.filter { $0.name.hasSuffix("trained") }
        #expect(rows.count == 3 && rows.allSatisfy { ($0.values[1] ?? 1) < 0.25 })
        #expect(findings.plots["roc"] != nil && findings.plots["scores"] != nil)
    }
}
