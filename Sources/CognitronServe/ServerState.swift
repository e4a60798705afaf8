import Synchronization

/// What all parts of a server know of it.
final class ServerState: Sendable {
    static let version = "0.1.0"

    private let ending = Atomic(false)

    /// Whether the server answers the last requests.
    var isEnding: Bool { ending.load(ordering: .relaxed) }

    func end() { ending.store(true, ordering: .relaxed) }
}
