import Cognitron
import Foundation
import Testing

@Suite("Where two model files differ")
struct ModelDifferenceTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    private func save(_ name: String, units: Int = 3, _ change: (Model) -> Void = { _ in }) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let model = Sequential([Input(2), Dense(units, name: "first"), Dense(1, name: "last")])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        change(model)
        try model.save("\(folder)/\(name)")
        return "\(folder)/\(name)"
    }

    @Test("The same model says nothing")
    func same() throws {
        #expect(try ModelDifference(save("a"), save("b")).isEmpty)
    }

    @Test("Numbers, arguments, metadata and tensors are compared")
    func differences() throws {
        let first = try save("a")
        let number = try ModelDifference(first, save("b") { $0.parameters[0].value += Tensor([0.5, 0, 0]) })
            .lines
        #expect(number == ["first/kernel 2 × 3: 2 of 6 numbers, by up to 0.5"])
        let note = try ModelDifference(first, save("c") { $0.metadata["note"] = "x" }).lines
        #expect(note == ["cognitron.metadata.note: only in the second"])
        let units = try ModelDifference(first, save("d", units: 4)).lines
        #expect(units.contains { $0.hasSuffix("configuration.units: 3 and 4") }, "\(units)")
        #expect(units.contains("first/kernel: 2 × 3 and 2 × 4"))
        try FileManager.default.removeItem(atPath: folder)
    }
}
