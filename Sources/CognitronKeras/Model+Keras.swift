import Cognitron
import CognitronData
import Foundation

extension Model {
    /// Writes the model as a `.keras` file, which Keras 3 loads: layers, wiring and weights; once it is
    /// compiled, the optimizer with its state too, without losses and metrics.
    ///
    ///     try model.save(keras: "model.keras")         // Python: keras.saving.load_model("model.keras")
    ///
    /// - Returns: a line for each thing that is left out without changing predictions.
    /// - Throws: `CognitronError` where the model is not built, the file cannot be written, or a layer or an
    ///   argument is not Keras's: the message lists all of them.
    /// - Source: Keras `Model.save`.
    @discardableResult
    public func save(keras path: String) throws -> [String] { try KerasArchive.write(self, to: path) }

    /// Makes a model from a `.keras` file, or from a whole model that Keras 2 saved in a `.h5` file. It can
    /// predict at once; to train it, compile it.
    ///
    /// Nothing in the file is run: classes and functions of its author's, and lambdas, are refused by name.
    ///
    /// - Throws: `CognitronError` where the file cannot be read or is damaged, or holds layers or arguments
    ///   that are not here: the message lists all of them.
    /// - Source: Keras `load_model`.
    public static func load(keras path: String) throws -> Model { try KerasArchive.read(path).model }

    /// The optimizer in a `.keras` file of this model, with its state, to train on where the file's training
    /// ended:
    ///
    ///     let model = try Model.load(keras: "model.keras")
    ///     try model.compile(optimizer: try model.loadOptimizer(keras: "model.keras"), loss: .huber)
    ///
    /// A schedule of the learning rate is left out: the rate is the schedule's first.
    ///
    /// - Throws: `CognitronError` where the file has no optimizer, or one that is not here, or its state does
    ///   not fit the model.
    public func loadOptimizer(keras path: String) throws -> any Optimizer {
        try requireKerasParameters()
        return try KerasArchive.optimizer(path, for: self)
    }

    /// Writes the weights as a `.weights.h5` file, which Keras's `Model.load_weights` reads.
    ///
    /// - Throws: `CognitronError` where the model is not built or the file cannot be written.
    /// - Source: Keras `Model.save_weights`.
    public func saveWeights(keras path: String) throws {
        try requireKerasParameters()
        try HDF5Writer.write(try KerasArchive.weights(of: self), to: path)
    }

    /// Loads the weights from a `.weights.h5` or `.keras` file of a model with the same layers, or from a
    /// `.h5` file of Keras 2, whose layers have the model's names.
    ///
    /// - Throws: `CognitronError` where the model is not built, the file cannot be read, or its arrays are
    ///   not the model's: the message lists every difference, and the model is unchanged.
    /// - Source: Keras `Model.load_weights`.
    public func loadWeights(keras path: String) throws {
        try requireKerasParameters()
        let file = try KerasArchive.weightsFile(path)
        if let legacy = KerasLegacyWeights(file) { return try legacy.adopt(self) }
        try KerasWeights(self).adopt(file)
    }

    /// Builds the model where its inputs are declared, and throws where it is not built then.
    func requireKerasParameters() throws {
        guard wiring != nil else {
            throw CognitronError(
                .model, name ?? "model", "has no weights yet",
                advice: "give it an Input and compile it, or let it see data first")
        }
    }
}
