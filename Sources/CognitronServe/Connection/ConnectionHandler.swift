import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// The manners of a connection: says `100 Continue`, closes after answers that say so without losing them,
/// gives up on clients that do not read, and at the end of the server waits for requests under way.
///
/// Stands between the HTTP codec and Hummingbird's handlers. One for each connection, used on its event loop.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    struct Limits: Sendable {
        var bodyLimit: Int
        /// How long a client may take to read before the connection is closed.
        var stall: TimeAmount
        /// How long idle connections are kept at the server's end.
        var drain: TimeAmount
        /// Whether the connection can be closed for writing alone; not with TLS.
        var closesHalf: Bool
    }

    /// How long an answer that ends a connection may take to reach a client that is still sending.
    private static let linger = TimeAmount.seconds(2)

    private let limits: Limits
    /// Requests without a complete answer.
    private var openRequests = 0
    private var isDraining = false
    /// Whether the answer that is being written is the last one.
    private var isLastAnswer = false
    /// After the last answer: what still comes in is dropped.
    private var isClosing = false
    /// Forwards the server's end to an idle connection.
    private var end: Scheduled<Void>?
    /// Closes a connection whose client does not read.
    private var stall: Scheduled<Void>?

    init(_ limits: Limits) { self.limits = limits }

    // MARK: - Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        guard case .head(let head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        openRequests += 1
        if expectsContinue(head) {
            let go = HTTPResponse(status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(go)), promise: nil)
        }
        context.fireChannelRead(data)
        guard let end else { return }
        end.cancel()
        self.end = nil
        context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    private func expectsContinue(_ head: HTTPRequest) -> Bool {
        guard head.headerFields[.expect]?.lowercased() == "100-continue" else { return false }
        let length = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
        return length <= limits.bodyLimit
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        isDraining = true
        guard openRequests == 0 else { return context.fireUserInboundEventTriggered(event) }
        // A request may be under way that the client sent before it could know.
        end = context.eventLoop.assumeIsolated().scheduleTask(in: limits.drain) { [self] in
            end = nil
            context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    // MARK: - Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.kind != .informational:
            if isDraining { head.headerFields[.connection] = "close" }
            isLastAnswer = head.headerFields[.connection] == "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            openRequests -= 1
            context.write(data, promise: promise)
            if isLastAnswer { closeLater(context) }
        default: context.write(data, promise: promise)
        }
    }

    /// Closes when the client has had time to read the last answer. Closing at once while the client is
    /// sending would reset the connection, and the client would lose the answer.
    private func closeLater(_ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        context.flush()
        if limits.closesHalf { context.close(mode: .output, promise: nil) }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.linger) {
            context.close(promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        if !context.channel.isWritable {
            stall = context.eventLoop.assumeIsolated().scheduleTask(in: limits.stall) {
                context.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stall?.cancel()
        end?.cancel()
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}
