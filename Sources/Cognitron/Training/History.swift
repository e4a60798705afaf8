/// The scores of every epoch of a `fit`.
///
///     history["loss"]             // [2.30, 1.71, …]
///     history["val_accuracy"]
public struct History: Sendable, Codable, Equatable {
    /// The numbers of the epochs, from 1.
    public private(set) var epochs: [Int] = []
    /// The scores by name, one number for each epoch that measured them. Those of the validation data have
    /// the prefix `val_`; an interrupted epoch has none.
    public private(set) var scores: [String: [Float]] = [:]

    public init() {}

    /// One number for each epoch that measured the score; empty for a name that was not measured.
    public subscript(name: String) -> [Float] { scores[name, default: []] }

    public var loss: [Float] { self["loss"] }

    package init(epochs: [Int], scores: [String: [Float]]) { (self.epochs, self.scores) = (epochs, scores) }

    /// Adds numbers that no metric measures, such as the learning rates: one for each epoch.
    public mutating func set(_ name: String, _ values: [Float]) { scores[name] = values }

    mutating func append(epoch: Int, _ new: Scores) {
        epochs.append(epoch)
        for (name, value) in new.pairs { scores[name, default: []].append(value) }
    }
}
