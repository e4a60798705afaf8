import Cognitron
import Foundation

/// The arguments of a layer or function as model files hold them, for those that have no public property.
struct LayerArguments {
    private let values: [String: Any]

    init(_ value: any Encodable) throws {
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
        values = json as? [String: Any] ?? [:]
    }

    private init(_ values: [String: Any]) { self.values = values }

    subscript(_ name: String) -> LayerArguments { LayerArguments(values[name] as? [String: Any] ?? [:]) }

    func text(_ name: String) -> String? { values[name] as? String }
    func bool(_ name: String) -> Bool { (values[name] as? NSNumber)?.boolValue ?? false }
    func int(_ name: String) -> Int? { (values[name] as? NSNumber)?.intValue }
    func float(_ name: String) -> Float? { (values[name] as? NSNumber)?.floatValue }
    func ints(_ name: String) -> [Int]? { (values[name] as? [NSNumber])?.map(\.intValue) }
    func floats(_ name: String) -> [Float]? { (values[name] as? [NSNumber])?.map(\.floatValue) }
}
