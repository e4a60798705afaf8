/// How often a callback saves.
public enum SaveFrequency: Sendable, Hashable {
    case epoch
    /// After each multiple of this number of steps.
    case steps(Int)
}
