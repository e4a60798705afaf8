import Foundation
import Logging
import ServiceLifecycle

/// Looks at the models' files and exchanges models whose file was replaced.
struct ModelWatcher: Service {
    let shelf: ModelShelf
    let queue: PredictionQueue
    let metrics: ServerMetrics
    /// In seconds.
    let interval: Double
    let logger: Logger

    /// How long the trial of a new model may wait, in seconds.
    private static let trialTime = 60.0

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(interval))
                if !Task.isCancelled { await look() }
            }
        }
    }

    /// Exchanges what has changed.
    func look() async {
        for place in shelf.changedPlaces() {
            do {
                let version = try await shelf.exchange(place) { model in
                    // Also allocates what the first prediction needs, before the first request waits for it.
                    guard let trial = model.trial else { return }
                    _ = try await queue.ask(
                        trial, of: model, deadline: Date(timeIntervalSinceNow: Self.trialTime))
                }
                metrics.countExchange(place.name, succeeded: true)
                logger.notice("\(place.name): version \(version) of \(place.path) answers from now on")
            } catch {
                metrics.countExchange(place.name, succeeded: false)
                logger.error("\(place.name): the new file is not used, the model before stays: \(error)")
            }
        }
    }
}
