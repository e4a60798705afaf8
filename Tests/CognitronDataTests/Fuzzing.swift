import Cognitron
import Foundation
import Testing

@testable import CognitronData

/// The number of mutated files for each reader: 300, or what the environment asks for.
let mutationCount = ProcessInfo.processInfo.environment["COGNITRON_FUZZ"].flatMap(Int.init) ?? 300

/// Gives mutated files to a reader, which must read them or throw `CognitronError`, within ten seconds each.
func expectSurvival(
    of files: [[UInt8]], seed: UInt64 = 1, sourceLocation: SourceLocation = #_sourceLocation,
    _ read: ([UInt8]) throws -> Void
) {
    var mutator = Mutator(seed: seed)
    for number in 0..<mutationCount {
        let bytes = mutator.mutate(files[number % files.count])
        let began = ContinuousClock.now
        do {
            try read(bytes)
        } catch is CognitronError {
        } catch {
            Issue.record("file \(number): \(error)", sourceLocation: sourceLocation)
        }
        #expect(ContinuousClock.now - began < .seconds(10), sourceLocation: sourceLocation)
    }
}
