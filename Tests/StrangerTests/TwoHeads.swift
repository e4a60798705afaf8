import Cognitron

/// A projection by any other layer, and the same times a factor for each column.
///
///     outputs = [h, h · factor],  h = projection(input)
///
/// - Input shape: `(N, inputs)`; output shapes: `(N, units)` twice.
final class TwoHeads: AnyLayer, Codable {
    let name: String?
    let projection: SavedLayer
    let factor = Parameter()

    var parameters: [Parameter] { [factor] }
    var children: [(name: String, layer: any AnyLayer)] { [("projection", projection.layer)] }
    var outputCount: Int { 2 }

    private enum CodingKeys: CodingKey { case name, projection }

    init(_ projection: any AnyLayer, name: String? = nil) {
        self.projection = SavedLayer(projection)
        self.name = name
    }

    func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        guard inputs.count == 1, inputs[0].count == 1 else {
            throw context.error(.shape, "takes one vector", expected: "(inputs)", got: "\(inputs)")
        }
        let hidden: Shape = try context.child("projection", projection.layer, inputs[0])
        try context.declare(
            factor, "factor", hidden, .alternating(0.5), regularizer: .quartic(1e-3), constraint: .box(0.75))
        return [hidden, hidden]
    }

    func forward(inputs: consuming [Tensor], _ pass: Pass) -> (outputs: [Tensor], pullback: MultiPullback) {
        let (hidden, projectionPullback) = pass.child("projection", projection.layer, inputs)
        let (h, f) = (hidden[0], factor.value)
        return (
            [h, h * f],
            { [factor] gradients in
                let (first, second) = (gradients[0], gradients[1])
                factor.accumulate((second * h).sum(axis: 0))
                return projectionPullback([first + second * f])
            }
        )
    }
}
