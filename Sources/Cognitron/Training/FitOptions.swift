/// The arguments that all forms of `fit` share.
struct FitOptions {
    var batchSize = 32
    var epochs = 1
    /// The number of epochs already trained, as in Keras.
    var initialEpoch = 0
    /// Batches per epoch; nil for all of the data.
    var stepsPerEpoch: Int?
    /// Batches of the validation data; nil for all.
    var validationSteps: Int?
    /// Epochs between two measurements of the validation data.
    var validationFrequency = 1
    var shuffle = true
    /// Threads that prepare batches during the step.
    var makers = 1
    var callbacks: [any Callback] = []
    var verbose = Verbosity.automatic
    /// The folder of the checkpoints to resume from.
    var resumeFrom: String?

    func validate() throws {
        try Self.require("batchSize", batchSize)
        try Self.require("epochs", epochs)
        try Self.require("initialEpoch", initialEpoch, atLeast: 0)
        if let stepsPerEpoch { try Self.require("stepsPerEpoch", stepsPerEpoch) }
        if let validationSteps { try Self.require("validationSteps", validationSteps) }
        try Self.require("validationFrequency", validationFrequency)
        try Self.require("makers", makers)
    }

    static func require(_ argument: String, _ value: Int, atLeast minimum: Int = 1) throws {
        guard value < minimum else { return }
        throw CognitronError(
            .argument, argument, "invalid \(argument)", expected: "a whole number of at least \(minimum)",
            got: "\(value)")
    }
}
