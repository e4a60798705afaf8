import Foundation
import HTTPTypes

/// What a path leads to.
enum Route: Equatable {
    case page
    case pageFile(String)
    case live
    case ready
    case metrics
    case openAPI
    case latency
    case models
    case model(String)
    case predict(String)
    case inferServer
    case inferModel(String)
    case inferReady(String)
    case infer(String)

    /// - Parameter path: without the query.
    /// - Returns: nil where the path leads nowhere.
    init?(_ path: String) {
        let words = path.split(separator: "/", omittingEmptySubsequences: true).map(Self.decoded)
        switch words.count {
        case 0: self = .page
        case 1: self.init(one: words[0])
        case 2: self.init(words[0], words[1])
        default:
            guard words[1] == "models" else {
                guard words == ["v2", "health", "live"] || words == ["v2", "health", "ready"] else {
                    return nil
                }
                self = words[2] == "live" ? .live : .ready
                return
            }
            switch words[0] {
            case "v1": self.init(model: words[2], words[3...])
            case "v2": self.init(inferModel: words[2], words[3...])
            default: return nil
            }
        }
    }

    private init?(one word: String) {
        switch word {
        case "page.js", "page.css": self = .pageFile(word)
        case "metrics": self = .metrics
        case "openapi.json": self = .openAPI
        case "v2": self = .inferServer
        default: return nil
        }
    }

    private init?(_ first: String, _ second: String) {
        switch (first, second) {
        case ("health", "live"): self = .live
        case ("health", "ready"): self = .ready
        case ("v1", "models"): self = .models
        case ("v1", "latency"): self = .latency
        default: return nil
        }
    }

    private init?(model name: String, _ rest: ArraySlice<String>) {
        switch rest {
        case []: self = .model(name)
        case ["predict"]: self = .predict(name)
        default: return nil
        }
    }

    /// A path may name a version; all that can be asked is the latest.
    private init?(inferModel name: String, _ rest: ArraySlice<String>) {
        var rest = rest
        if rest.first == "versions", rest.count >= 2 { rest = rest.dropFirst(2) }
        switch rest {
        case []: self = .inferModel(name)
        case ["ready"]: self = .inferReady(name)
        case ["infer"]: self = .infer(name)
        default: return nil
        }
    }

    private static func decoded(_ word: Substring) -> String {
        word.contains("%") ? String(word).removingPercentEncoding ?? String(word) : String(word)
    }

    /// The methods that the path answers.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .predict, .infer: [.post]
        default: [.get, .head]
        }
    }

    /// Whether who asks must know the API key, where there is one. The page itself holds nothing secret; what
    /// it shows is asked for with the key.
    var needsKey: Bool {
        switch self {
        case .page, .pageFile, .live, .ready: false
        default: true
        }
    }
}
