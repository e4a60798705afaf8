import CognitronPrediction

/// What of a network is frozen, and how fast its layers learn.
struct TransferRecipe: Codable, Equatable {
    /// The factor of the learning rate for layers.
    struct Factor: Codable, Equatable {
        /// `body`, or a pattern of parameters' paths.
        var layers: String
        var factor: Float
    }

    /// All layers but the last with weights.
    static let body = "body"

    /// `body`, or patterns of parameters' paths.
    var frozen: [String]
    var learningRates: [Factor]
    /// The number of epochs after each of which one more block is unfrozen; nil for none.
    var thaw: Int?
}

extension TrainingPlan {
    /// The model that the training starts from.
    var base: ModelFile? { get throws { try from.map { try ModelFile($0) } } }
}
