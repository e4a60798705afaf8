import Foundation
import Testing

@testable import Cognitron
@testable import CognitronModels

@Suite("The models are Keras's, layer by layer")
struct GoldenTableTests {
    struct Table: Decodable {
        struct Layer: Decodable, Hashable {
            var type: String
            var output: [Int]
            var parameters: Int
        }
        var trainable: Int
        var nonTrainable: Int
        var layers: [Layer]
    }

    /// Beside the other golden values, which belong to another target and so are not in this one's bundle.
    private func table(_ name: String) throws -> Table {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appendingPathComponent("CognitronTests/Fixtures/models.json")
        let tables = try JSONDecoder().decode([String: Table].self, from: Data(contentsOf: file))
        return try #require(tables[name])
    }

    @Test("Types, output shapes and parameters of every layer", arguments: ["lenet", "vgg-lite", "resnet18"])
    func layers(_ name: String) throws {
        let table = try table(name)
        let model =
            switch name {
            case "lenet": leNet()
            case "vgg-lite": vggLite()
            default: try resNet18()
            }
        if !model.isBuilt { try model.build(try #require(model.graph.nodes.first?.layer as? Input).shape) }
        let shapes = try #require(model.valueShapes)
        let layers = model.graph.nodes.filter { !($0.layer is Input) }.map { node in
            Table.Layer(
                type: type(of: node.layer).typeName, output: Array(shapes[node.outputs.lowerBound]),
                parameters: node.layer.parameters.reduce(0) { $0 + $1.shape.elementCount })
        }
        // Keras lists the layers of a graph in another order.
        if model is Sequential { #expect(layers == table.layers) }
        #expect(layers.map { "\($0)" }.sorted() == table.layers.map { "\($0)" }.sorted())

        func count(_ trainable: Bool) -> Int {
            model.parameters.filter { $0.isTrainable == trainable }.reduce(0) { $0 + $1.shape.elementCount }
        }
        #expect(count(true) == table.trainable)
        #expect(count(false) == table.nonTrainable)
    }
}
