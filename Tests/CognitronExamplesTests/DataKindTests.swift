import CognitronExamples
import Testing

@Suite struct DataKindTests {
    @Test("Convolutions and an LSTM classify what a linear model of the same numbers cannot")
    func networksBeatLinearModels() throws {
        let findings = try Experiment.dataKinds.run(.init(scale: .small))
        let table = findings.tables[0]
        #expect(table.rows.count == 7)
        for row in table.rows where row.name != "2-D grey, digits" {
            let (linear, network) = (try #require(row.values[1]), try #require(row.values[3]))
            #expect(network > 0.85 && linear < network - 0.15, "\(row.name): \(linear), \(network)")
        }
        #expect(try #require(table["2-D grey, digits", "network"]) > 0.88)
        // The direction of a turn is in neither channel alone.
        #expect(try #require(table["1-D, drawn movement (2 channels)", "first channel"]) < 0.65)
    }
}
