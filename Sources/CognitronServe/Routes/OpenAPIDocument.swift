import Cognitron
import Foundation
import NIOCore

/// The description of a server in OpenAPI 3.1, with a path for each of its models and the shapes they take.
struct OpenAPIDocument {
    private let models: [ServedModel]
    private let hasKey: Bool

    private typealias JSON = [String: Any]

    init(_ shelf: ModelShelf, hasKey: Bool) {
        models = shelf.names.compactMap { shelf[$0] }
        self.hasKey = hasKey
    }

    func json() throws -> ByteBuffer {
        var document: JSON = [
            "openapi": "3.1.0",
            "info": ["title": "Cognitron", "version": ServerState.version] as JSON,
            "paths": paths,
        ]
        var components: JSON = ["schemas": ["Error": Self.object(["error": Self.text])] as JSON]
        if hasKey {
            components["securitySchemes"] = ["key": ["type": "http", "scheme": "bearer"] as JSON] as JSON
            document["security"] = [["key": [String]()] as JSON]
        }
        document["components"] = components
        return ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys]))
    }

    private var paths: JSON {
        var paths: JSON = [
            "/health/live": get("Whether the server runs", open: true, Self.object(["live": Self.bool])),
            "/health/ready": get(
                "Whether the server takes requests", open: true, Self.object(["ready": Self.bool])),
            "/metrics": ["get": operation("Metrics for Prometheus", ["text/plain": Self.text])] as JSON,
            "/v1/models": get("The models", Self.object(["models": Self.list(Self.model)])),
            "/v1/latency": get(
                "Times of the last hour", Self.object(["now": Self.integer, "minutes": Self.list()])),
            "/v2": get("The server", Self.object(["name": Self.text, "version": Self.text])),
        ]
        for model in models {
            let path = "/models/\(model.name)"
            paths["/v1\(path)"] = get("The model \(model.name)", Self.model)
            paths["/v1\(path)/predict"] = ["post": predict(model)] as JSON
            paths["/v2\(path)"] = get(
                "The tensors of \(model.name)",
                Self.object(["name": Self.text, "inputs": Self.list(), "outputs": Self.list()]))
            paths["/v2\(path)/ready"] = get(
                "Whether \(model.name) answers", Self.object(["name": Self.text, "ready": Self.bool]))
            paths["/v2\(path)/infer"] = ["post": infer(model)] as JSON
        }
        return paths
    }

    // MARK: - Operations

    private func get(_ summary: String, open: Bool = false, _ schema: JSON) -> JSON {
        var operation = operation(summary, ["application/json": schema])
        if open { operation["security"] = [JSON]() }
        return ["get": operation]
    }

    private func operation(_ summary: String, _ answers: JSON) -> JSON {
        let error: JSON = [
            "description": "What was wrong",
            "content": Self.content(["application/json": ["$ref": "#/components/schemas/Error"] as JSON]),
        ]
        var responses: JSON = [
            "200": ["description": "The answer", "content": Self.content(answers)] as JSON,
            "default": error,
        ]
        if hasKey { responses["401"] = error }
        return ["summary": summary, "responses": responses]
    }

    private func predict(_ model: ServedModel) -> JSON {
        let prediction = Self.object([
            "model": Self.text, "version": Self.integer, "predictions": Self.list(),
        ])
        var answers: JSON = ["application/json": prediction]
        if model.takesPicturesOfAnyKind { answers["image/png"] = Self.bytes }
        var operation = operation("Asks \(model.name) about samples", answers)
        operation["parameters"] =
            [
                Self.parameter(
                    "top", ["type": "integer", "minimum": 1, "maximum": PredictReply.mostClasses]),
                Self.parameter("threshold", ["type": "number", "minimum": 0, "maximum": 1]),
            ] as [JSON]
        var bodies: JSON = [:]
        if let schema = Self.body(of: model) { bodies["application/json"] = schema }
        if model.takesPicturesOfAnyKind {
            bodies["image/png"] = Self.bytes
            bodies["image/jpeg"] = Self.bytes
            bodies["multipart/form-data"] = Self.object(["file": Self.bytes])
        }
        operation["requestBody"] = ["required": true, "content": Self.content(bodies)] as JSON
        return operation
    }

    private func infer(_ model: ServedModel) -> JSON {
        var operation = operation(
            "Runs \(model.name) on tensors",
            [
                "application/json": Self.object([
                    "model_name": Self.text, "model_version": Self.text, "outputs": Self.list(),
                ]),
                "application/octet-stream": Self.bytes,
            ])
        let shape: JSON = [
            "type": "array", "items": ["type": "integer", "minimum": 0] as JSON, "minItems": 1,
        ]
        let tensor = Self.object([
            "name": ["enum": model.inputNames] as JSON,
            "datatype": ["enum": TensorType.allCases.map(\.rawValue)] as JSON,
            "shape": shape, "data": Self.list(Self.number),
        ])
        var inputs = Self.list(tensor)
        inputs["minItems"] = 1
        let schema: JSON = [
            "type": "object", "required": ["inputs"],
            "properties": ["id": ["type": ["string", "null"]] as JSON, "inputs": inputs] as JSON,
        ]
        operation["requestBody"] =
            ["required": true, "content": Self.content(["application/json": schema])] as JSON
        return operation
    }

    // MARK: - Schemas

    private static var text: JSON { ["type": "string"] }
    private static var bool: JSON { ["type": "boolean"] }
    private static var integer: JSON { ["type": "integer"] }
    private static var bytes: JSON { ["type": "string", "format": "binary"] }
    private static var number: JSON { ["type": "number", "minimum": -3.4e38, "maximum": 3.4e38] }

    private static func list(_ items: JSON = [:]) -> JSON { ["type": "array", "items": items] }

    private static var model: JSON {
        object([
            "name": text, "version": integer, "task": text, "expects": text, "takes_pictures": bool,
            "classes": list(text),
        ])
    }

    /// Schemas by their types.
    private static func content(_ schemas: JSON) -> JSON { schemas.mapValues { ["schema": $0] as JSON } }

    /// An object with these members, all of which are there.
    private static func object(_ properties: JSON) -> JSON {
        ["type": "object", "properties": properties, "required": properties.keys.sorted()]
    }

    private static func parameter(_ name: String, _ schema: JSON) -> JSON {
        ["name": name, "in": "query", "required": false, "schema": schema]
    }

    /// The JSON that a model is asked with; nil where it takes none.
    private static func body(of model: ServedModel) -> JSON? {
        switch model.kind {
        case .texts: return object(["text": text])
        case .language: return object(["prompt": text])
        case .objects, .masks, .tensors:
            if let table = model.file.table {
                var columns: JSON = [:]
                for column in table.encoding.columns {
                    columns[column.name] = column.categories.map { ["enum": $0] as JSON } ?? number
                }
                var rows = list(object(columns))
                rows["minItems"] = 1
                return object(["rows": rows])
            }
            if model.file.text?.inputs != nil { return object(["text": text]) }
            guard let sample = model.sampleShape.map({ nested($0[...]) }) else { return nil }
            var samples = list(sample)
            samples["minItems"] = 1
            return object(["inputs": ["anyOf": [sample, samples]] as JSON])
        }
    }

    /// Lists of numbers in the form of a shape.
    private static func nested(_ shape: Slice<Shape>) -> JSON {
        guard let count = shape.first else { return number }
        return ["type": "array", "minItems": count, "maxItems": count, "items": nested(shape.dropFirst())]
    }
}
