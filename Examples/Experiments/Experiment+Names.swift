import Cognitron

extension Experiment {
    /// All experiments by name. A new one is a file with a static member, and its name here.
    public static let table = NameTable<Experiment>(
        "experiment",
        [
            .universalApproximation, .surfaceApproximation, .tableRegression, .dataKinds,
            .networkDepth, .alexNetClaims, .ilsvrcWinners, .neocognitron, .filterHistory,
            .transfer, .multiTask, .oneShot, .zeroShot, .selfSupervised,
            .ganToy, .ganDigits,
            .pix2pix, .generatedScores,
            .autoencoders, .anomalies,
            .segmentation, .brainSegmentation,
            .detection,
            .vanishingGradients, .tagging, .sentiment, .characterModels, .forecasts, .movingShapes,
            .attentionHeads, .alignment, .sequenceToSequence, .verses,
            .dialogue, .questionAnswering, .summary,
        ])
}
