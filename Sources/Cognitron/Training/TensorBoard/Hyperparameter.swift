/// A value that distinguishes one training from another, for TensorBoard's table of them.
public enum Hyperparameter: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByBooleanLiteral
{
    case number(Double)
    case text(String)
    case flag(Bool)

    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .flag(value) }

    /// As a `google.protobuf.Value`.
    fileprivate var message: ProtobufMessage {
        var message = ProtobufMessage()
        switch self {
        case .number(let number): message.add(2, number)
        case .text(let text): message.add(3, text: text)
        case .flag(let flag): message.add(4, flag: flag)
        }
        return message
    }
}

// The records of TensorBoard's plugin for hyper-parameters.
//
// Source: tensorboard/plugins/hparams/plugin_data.proto.
extension EventRecord {
    private static let plugin = "hparams"
    /// `STATUS_SUCCESS`
    private static let success = 1

    /// - Parameter group: the name of the training, for which TensorBoard averages sessions.
    static func sessionStart(
        _ values: [(name: String, value: Hyperparameter)], group: String, at time: Double
    ) -> [UInt8] {
        var start = ProtobufMessage()
        for (name, value) in values {
            var entry = ProtobufMessage()
            entry.add(1, text: name)
            entry.add(2, value.message)
            start.add(1, entry)
        }
        start.add(4, text: group)
        start.add(5, time)
        var content = ProtobufMessage()
        content.add(3, start)
        return plugin(plugin, "_hparams_/session_start_info", content, at: time)
    }

    static func sessionEnd(at time: Double) -> [UInt8] {
        var end = ProtobufMessage()
        end.add(1, integer: success)
        end.add(2, time)
        var content = ProtobufMessage()
        content.add(4, end)
        return plugin(plugin, "_hparams_/session_end_info", content, at: time)
    }
}
