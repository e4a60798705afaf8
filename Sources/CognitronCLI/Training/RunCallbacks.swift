import Cognitron

/// The callbacks that the options of a run ask for.
struct RunCallbacks {
    /// Nil without --control.
    let control: ControlFollower?
    /// Nil without --early-stopping.
    let earlyStopping: EarlyStopping?
    /// Nil without --tensorboard.
    let tensorBoard: TensorBoard?
    /// All, in the order for `fit`, after a scheduler, whose rate the control file may replace.
    let all: [any Callback]

    init(_ settings: RunSettings?, output: String) {
        control = settings?.control.map { ControlFollower($0, output: output) }
        earlyStopping = settings?.earlyStopping.map {
            EarlyStopping(patience: $0, verbose: true, restoreBestWeights: true)
        }
        tensorBoard = settings?.tensorboard.map { TensorBoard($0) }
        let logs: [LoggingCallback?] = [
            settings?.log.map { LoggingCallback(JSONLogger($0), name: "--log") },
            tensorBoard.map { LoggingCallback($0, name: "--tensorboard") },
        ]
        let own: [(any Callback)?] = [StatusSignal(), control, earlyStopping]
        all = own.compactMap { $0 } + logs.compactMap { $0 }
    }
}
