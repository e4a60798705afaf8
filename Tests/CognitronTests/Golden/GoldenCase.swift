import Foundation
import Testing

@testable import Cognitron

/// One case of a golden file: what Keras or PyTorch made of given numbers. Scripts/make-fixtures.py writes
/// the files and says how they were computed.
struct GoldenCase: CustomTestStringConvertible, Sendable {
    let name: String
    /// The case's tensors by what they are: `x`, `kernel`, `output`, `gradient_x` …
    let tensors: [String: Tensor]
    private let json: String

    var testDescription: String { name }

    /// All cases of Fixtures/`family`.safetensors.
    static func all(_ family: String) throws -> [GoldenCase] {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/\(family)", withExtension: "safetensors"))
        let file = try Safetensors(contentsOf: url.path)
        var things: [String: [String: Tensor]] = [:]
        for (name, tensor) in file.tensors {
            let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
            things[parts[0], default: [:]][parts[1]] = tensor
        }
        return file.metadata.keys.sorted().map {
            GoldenCase(name: $0, tensors: things[$0] ?? [:], json: file.metadata[$0] ?? "")
        }
    }

    subscript(thing: String) -> Tensor {
        get throws { try #require(tensors[thing], "\(name) has no \(thing)") }
    }

    /// The arguments that Keras was given. Keras's `pool_size` is `poolSize` here.
    func configuration<C: Decodable>(_ type: C.Type = C.self) throws -> C {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(json.utf8))
    }
}

/// Expects `value` to be `golden` but for rounding.
///
/// Each element may differ by `relative` times itself and by `absolute`, which is 10⁻⁵ of the largest
/// magnitude in `golden` unless given. That is the measure for sums: where large terms cancel, the rounding
/// error is that of the terms. 10⁻⁵ is some hundred roundings of a 32-bit number, and far below what a wrong
/// formula does.
func expectClose(
    _ value: Tensor, _ golden: Tensor, _ what: String, relative: Float = 0, absolute: Float? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard value.shape == golden.shape else {
        Issue.record(
            "\(what): shape \(value.shape), expected \(golden.shape)", sourceLocation: sourceLocation)
        return
    }
    let (values, expected) = (value.scalars, golden.scalars)
    let absolute = absolute ?? 1e-5 * golden.largest
    // The largest error in units of what is allowed; what is not a number is infinitely wrong.
    var (worst, place) = (Float(0), 0)
    for i in values.indices where values[i] != expected[i] {
        let error = abs(values[i] - expected[i]) / (relative * abs(expected[i]) + absolute)
        if !(error <= worst) { (worst, place) = (error.isNaN ? .infinity : error, i) }
    }
    guard worst > 1 else { return }
    Issue.record(
        """
        \(what): element \(place) is \(values[place]), expected \(expected[place]) (\(worst) times the error that is \
        allowed, \(relative) of it and \(absolute))
        """, sourceLocation: sourceLocation)
}

extension Tensor {
    /// The largest magnitude.
    var largest: Float { scalars.reduce(0) { Swift.max($0, abs($1)) } }
}
