import CognitronTesting
import Testing

/// Gives damaged files to a reader, which must read them or throw `CognitronError`, within five seconds each.
func expectSurvival(
    of files: [[UInt8]], seed: UInt64 = 1, sourceLocation: SourceLocation = #_sourceLocation,
    _ read: ([UInt8]) throws -> Void
) {
    let failures = FileMutator.failures(of: files, seed: seed, read)
    #expect(failures.isEmpty, sourceLocation: sourceLocation)
}
