import Cognitron
import Foundation
import Testing

@testable import CognitronKeras

@Suite("Keras's optimizers")
struct OptimizerTests {
    static let names = [
        "sgd", "rmsprop", "adam", "adamw", "adagrad", "adadelta", "adamax", "lamb", "lion", "adafactor",
        "nadam",
    ]

    /// Trains a further step as Keras has done, and compares.
    private func expectContinuation(_ path: String, _ name: String) throws {
        let all = try Fixtures.predictions.get()
        let (x, y) = (try #require(all["optimizers/input_0"]), try #require(all["optimizers/target"]))
        let model = try Model.load(keras: path)
        try model.compile(optimizer: try model.loadOptimizer(keras: path), loss: .meanSquaredError)
        let before = try #require(all["\(name)/before"])
        #expect((try model.predict(x) - before).absolute.max() < 1e-5)
        _ = try model.trainOnBatch(x, y)
        let after = try #require(all["\(name)/after"])
        #expect((try model.predict(x) - after).absolute.max() < 1e-5, "\(name)")
        #expect((before - after).absolute.max() > 1e-4)
    }

    @Test("Training goes on where it ended in Keras", arguments: names)
    func continuation(name: String) throws {
        try expectContinuation(Fixtures.path("optimizer-\(name).keras"), name)
    }

    @Test("The optimizer's state is written too", arguments: names)
    func roundTrip(name: String) throws {
        let path = Fixtures.path("optimizer-\(name).keras")
        let model = try Model.load(keras: path)
        try model.compile(optimizer: try model.loadOptimizer(keras: path), loss: .meanSquaredError)
        try withTemporaryPath("a.keras") { copy in
            #expect(try model.save(keras: copy) == [])
            try expectContinuation(copy, name)
        }
    }
}
