/// What a forward pass in training changes in networks beside gradients: statistics, how far random numbers
/// have been drawn, and layers' states. Noted before a step and put back where it fails.
struct GatheredState {
    private let statistics: [(parameter: Parameter, value: Tensor)]
    private let streams: [(stream: RandomStream, state: RandomStream.State)]
    private let states: [(state: LayerState, value: Tensor?)]
    private let parameters: [Parameter]

    init(of networks: Named<Model>) {
        let parts = networks.map { $0.value.parts }
        parameters = parts.flatMap(\.parameters)
        statistics = parameters.filter(\.isStatistic).map { ($0, $0.value) }
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
