/// A copy of the state that a forward pass in training changes beside gradients: statistics, random streams
/// and layers' states. Taken before a step and restored if it fails.
struct StateBeforeStep {
    /// Statistics, and weights that layers write.
    private let statistics: [(parameter: Parameter, value: Tensor)]
    private let streams: [(stream: RandomStream, state: RandomStream.State)]
    private let states: [(state: LayerState, value: Tensor?)]
    private let parameters: [Parameter]

    init(of networks: Named<Model>) {
        let parts = networks.map { $0.value.parts }
        parameters = parts.flatMap(\.parameters)
        statistics = parameters.filter { $0.isStatistic || $0.isWrittenByLayer }.map { ($0, $0.value) }
        streams = parts.flatMap(\.streams).map { ($0, $0.current) }
        states = parts.flatMap(\.states).map { ($0, $0.value) }
    }

    func restore() {
        for (parameter, value) in statistics { parameter.value = value }
        for (stream, state) in streams { stream.current = state }
        for (state, value) in states { state.value = value }
        for parameter in parameters { parameter.clearGradient() }
    }
}
