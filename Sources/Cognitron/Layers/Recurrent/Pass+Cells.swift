extension Pass {
    /// The steps of a cell inside the present layer, under the name that `children` gives it; a profile then
    /// measures them separately, as `child` says.
    func child(_ name: String, _ cell: any RecurrentCell) -> CellStep {
        guard let observed else { return cell.begin(self) }
        let step = cell.begin(self.observed(at: observed.entering(name)))
        return { input, states in
            observed.ownForwardEnded()
            let (output, next, pullback) = step(input, states)
            observed.forwardEnded(name, cell, [output] + next)
            return (
                output, next,
                { output, states in
                    observed.ownBackwardEnded()
                    let gradients = pullback(output, states)
                    observed.backwardEnded(name, cell, [gradients.input] + gradients.states)
                    return gradients
                }
            )
        }
    }
}
