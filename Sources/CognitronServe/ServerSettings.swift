import Cognitron
import Foundation

/// What a server serves, where it listens and what it bears.
package struct ServerSettings: Sendable {
    /// Models by the names of their routes.
    package var models: [ModelPlace] = []
    package var host = "127.0.0.1"
    /// 0 for any that is free.
    package var port = 8080

    /// The most samples that are predicted together.
    package var batchSize = 32
    /// How long a request waits at most for others to be predicted with it, in seconds.
    package var batchDelay = 0.002
    /// The most requests that wait for their prediction; more are refused with status 429.
    package var queueLimit = 256

    /// The most bytes of a request's body.
    package var bodyLimit = 16 << 20
    /// The most bytes of all bodies that are read or answered at a time; more are refused with status 503.
    package var memoryLimit = 256 << 20
    /// The most pixels that a picture may declare.
    package var pixelLimit = 1 << 24
    /// How long a request may take from its first byte to the answer, in seconds.
    package var timeLimit = 30.0
    /// How long a connection may be silent, in seconds.
    package var idleLimit = 60.0
    /// The most connections; more wait until others are closed.
    package var connectionLimit = 4096
    /// How long idle connections are kept open at the end for requests that are under way, in seconds.
    package var drainTime = 0.5

    /// How often the models' files are looked at, in seconds.
    package var exchangeInterval = 1.0

    /// What requests must know; nil for everybody's.
    package var apiKey: String?
    /// PEM files for HTTPS; nil for HTTP.
    package var tls: (certificate: String, key: String)?

    package init() {}
}

/// A model's file under the name of its routes.
package struct ModelPlace: Sendable, Hashable {
    package let name: String
    package let path: String

    /// - Parameter word: of the command line: `FILE`, whose name counts without folder and ending, or
    ///   `NAME=FILE`.
    /// - Throws: `CognitronError.argument` for names that a route cannot have.
    package init(_ word: String) throws {
        if let equals = word.firstIndex(of: "="), !word[..<equals].contains("/") {
            name = String(word[..<equals])
            path = String(word[word.index(after: equals)...])
        } else {
            name = URL(fileURLWithPath: word).deletingPathExtension().lastPathComponent
            path = word
        }
        guard !name.isEmpty, name.count <= 128, name.utf8.allSatisfy(Self.isPlain), name != ".", name != ".."
        else {
            throw CognitronError(
                .argument, "--model", "the model has a name that a route cannot have",
                expected: "letters, digits, dots, - and _", got: name,
                advice: "name it: --model NAME=\(path)")
        }
        guard !path.isEmpty else {
            throw CognitronError(
                .argument, "--model", "no file is named", expected: "FILE or NAME=FILE", got: word)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
