import Cognitron

/// A model as boxes and arrows: what diagrams in any form show.
struct ModelDiagram {
    struct Box {
        let title: String
        let name: String
        /// The shape and the number of parameters.
        let detail: String
        let color: String
        let isOutput: Bool
    }

    let boxes: [Box]
    let edges: [(from: Int, to: Int)]

    init(_ wiring: Wiring) {
        var boxes: [Box] = []
        var edges: [(from: Int, to: Int)] = []
        /// The box that gives each value.
        var givers: [Int: Int] = [:]
        let hasInputLayers = wiring.layers.contains { $0.layer is Input }
        if !hasInputLayers {
            for (value, shape) in wiring.inputs {
                givers[value] = boxes.count
                boxes.append(Box(title: "Input", name: "", detail: shape, color: "#f6f8fa", isOutput: false))
            }
        }
        for use in wiring.layers {
            for value in use.inputs {
                if let giver = givers[value] { edges.append((giver, boxes.count)) }
            }
            for value in use.outputs { givers[value] = boxes.count }
            let parameters = use.parameterCount > 0 ? " · \(use.parameterCount.grouped) parameters" : ""
            boxes.append(
                Box(
                    title: use.typeName, name: use.name,
                    detail: use.shapeTexts.joined(separator: ", ") + parameters,
                    color: Self.color(of: use.typeName),
                    isOutput: use.outputs.contains { wiring.outputs.contains($0) }))
        }
        (self.boxes, self.edges) = (boxes, edges)
    }

    /// Pale colours by kind of layer.
    private static func color(of type: String) -> String {
        let kinds = [
            ("Conv", "#d6e8f5"), ("Pool", "#d5efe6"), ("Norm", "#f4e3ed"), ("Dense", "#fce3c5"),
            ("Attention", "#fbeeb5"), ("LSTM", "#fbeeb5"), ("GRU", "#fbeeb5"), ("RNN", "#fbeeb5"),
            ("Embedding", "#fce3c5"),
        ]
        return kinds.first { type.contains($0.0) }?.1 ?? "#f6f8fa"
    }
}

// The diagram as text.
extension ModelDiagram {
    /// The diagram in Graphviz's language.
    var dot: String {
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: " ")
                + "\""
        }
        let nodes = boxes.enumerated().map { number, box in
            let label = [box.title, box.name, box.detail].filter { !$0.isEmpty }
                .map { String(quoted($0).dropFirst().dropLast()) }.joined(separator: "\\n")
            return "  n\(number) [label=\"\(label)\", fillcolor=\"\(box.color)\"];"
        }
        let arrows = edges.map { "  n\($0.from) -> n\($0.to);" }
        return """
            digraph model {
              node [shape=box, style="rounded,filled", fontname="DejaVu Sans"];
            \((nodes + arrows).joined(separator: "\n"))
            }

            """
    }

    /// The diagram in Mermaid's language.
    var mermaid: String {
        func escaped(_ text: String) -> String {
            text.unicodeScalars.map { scalar in
                "\"<>&#;\n".unicodeScalars.contains(scalar) ? "#\(scalar.value);" : String(scalar)
            }.joined()
        }
        let nodes = boxes.enumerated().map { number, box in
            let label = [box.title, box.name, box.detail].filter { !$0.isEmpty }.map(escaped)
            return "  n\(number)[\"\(label.joined(separator: "<br>"))\"]"
        }
        let arrows = edges.map { "  n\($0.from) --> n\($0.to)" }
        return (["flowchart TD"] + nodes + arrows).joined(separator: "\n") + "\n"
    }
}
