/// The scores of every epoch of a `fit`.
///
///     history["loss"]             // [2.30, 1.71, …]
///     history["val_accuracy"]
public struct History: Sendable, Codable, Equatable {
    /// The numbers of the epochs, from 1.
    public private(set) var epochs: [Int] = []
    /// The scores by name, one number for each epoch that measured them; those of the validation data have
    /// `val_` before their names and are missing from an epoch that was interrupted.
    public private(set) var scores: [String: [Float]] = [:]

    public init() {}

    /// One number for each epoch that measured it; empty for a name that was not measured.
    public subscript(name: String) -> [Float] { scores[name] ?? [] }

    public var loss: [Float] { self["loss"] }

    init(epochs: [Int], scores: [String: [Float]]) { (self.epochs, self.scores) = (epochs, scores) }

    mutating func append(epoch: Int, _ new: Scores) {
        epochs.append(epoch)
        for name in new.names { scores[name, default: []].append(new[name] ?? .nan) }
    }
}
