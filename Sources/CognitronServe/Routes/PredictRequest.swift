import Cognitron
import CognitronData
import CognitronImages
import CognitronPrediction

/// A request for a prediction, read for the model that it is asked of.
struct PredictRequest {
    /// What is asked, in the order of the answers.
    let questions: [Question]
    /// The size of the picture that was sent; nil of other requests.
    var pictureShape: Shape?

    /// - Throws: `ServeError` or `CognitronError` where the content is none for the model.
    init(_ content: RequestContent, for model: ServedModel, pixelLimit: Int) throws {
        switch content {
        case .picture(let bytes): try self.init(picture: bytes, model, pixelLimit)
        case .array(let bytes): try self.init(array: NumPyArray(npy: bytes, path: "body"), model)
        case .json(let bytes): try self.init(json: JSONReader.read(bytes), model)
        case .table(let bytes): try self.init(table: bytes, model)
        case .text(let text): try self.init(texts: [text], model)
        }
    }

    private init(_ question: Question) { questions = [question] }

    private static func wrong(_ model: ServedModel, _ what: String) -> ServeError {
        ServeError(.badRequest, "\(model.name) takes no \(what); expected \(model.expectation)")
    }

    // MARK: - Pictures

    private init(picture bytes: [UInt8], _ model: ServedModel, _ pixelLimit: Int) throws {
        switch model.kind {
        case .objects(let detector):
            let picture = try PictureFile.read(bytes, pixelLimit: pixelLimit)
            self.init(.objects(Tensor.stacked([try detector.fitted(picture)])))
            pictureShape = picture.shape
        case .masks(let masks):
            let picture = try PictureFile.read(bytes, channels: masks.channels, pixelLimit: pixelLimit)
            self.init(.mask(picture))
            pictureShape = picture.shape
        case .tensors where model.takesPictures:
            guard let shape = model.sampleShape else { throw Self.wrong(model, "pictures") }
            let picture = try PictureFile.read(
                bytes, name: "picture", into: shape, framing: model.file.framing, pixelLimit: pixelLimit)
            self.init(.tensors([Tensor.stacked([picture.tensor])]))
        default: throw Self.wrong(model, "pictures")
        }
    }

    // MARK: - Numbers

    private init(array: NumPyArray, _ model: ServedModel) throws {
        let shape = array.shape
        guard let bytes = array.bytes, let sample = model.sampleShape, model.takesPictures else {
            try self.init(numbers: array.tensor, model)
            return
        }
        // Bytes are pixels, of one picture or of several in the model's size.
        if shape.rank == 2 || shape.rank == 3 && PictureChannels(count: shape[2]) != nil,
            shape != Shape(sample.dropLast()), shape != sample
        {
            guard shape.allSatisfy({ $0 > 0 }) else { throw Self.wrong(model, "empty pictures") }
            let channels = shape.rank == 3 ? shape[2] : 1
            let picture = Picture(height: shape[0], width: shape[1], channels: channels, pixels: bytes)
                .converted(to: PictureChannels(count: sample[2]) ?? .asStored)
            let frame = model.file.framing.frame(height: shape[0], width: shape[1], into: sample)
            try self.init(numbers: frame.applied(to: picture).tensor, model)
        } else {
            try self.init(numbers: array.tensor / 255, model)
        }
    }

    /// Numbers of one sample or of several.
    private init(numbers: Tensor, _ model: ServedModel) throws {
        switch model.kind {
        case .texts, .language: throw Self.wrong(model, "numbers")
        case .tensors, .objects, .masks: break
        }
        guard model.file.answering.inputCount == 1 else {
            throw ServeError(
                .badRequest, "\(model.name) has several inputs; use /v2/models/\(model.name)/infer")
        }
        let batch = try Self.batch(of: numbers, model.sampleShape, model.name)
        guard batch.withUnsafeScalars({ $0.allSatisfy(\.isFinite) }) else {
            throw ServeError(.badRequest, "the numbers have NaN or infinity among them")
        }
        if case .objects = model.kind { self.init(.objects(batch)) } else { self.init(.tensors([batch])) }
    }

    /// The samples (N, …) that numbers are: axes of one channel may be left out.
    static func batch(of numbers: Tensor, _ sample: Shape?, _ name: String) throws -> Tensor {
        let shape = numbers.shape
        guard let sample else {
            guard shape.rank > 0, shape[0] > 0 else {
                throw ServeError(.badRequest, "\(name): expected samples (N, …), got \(shape)")
            }
            return numbers
        }
        let squeezed = sample.last == 1 ? Shape(sample.dropLast()) : sample
        if shape == sample || shape == squeezed { return numbers.reshaped(sample.batched(1)) }
        let rest = Shape(shape.dropFirst())
        if shape.rank > 0, shape[0] > 0, rest == sample || rest == squeezed {
            return numbers.reshaped(sample.batched(shape[0]))
        }
        throw ServeError(
            .badRequest,
            "\(name): the numbers have another shape than its samples; expected \(sample), or several in one "
                + "list, got \(shape)")
    }

    // MARK: - JSON

    private init(json: RequestJSON, _ model: ServedModel) throws {
        if let text = json["text"] {
            guard let text = text.text else { throw ServeError(.badRequest, "text: expected a text") }
            try self.init(texts: [text], model)
        } else if let texts = json["texts"] {
            let all = (texts.elements ?? []).compactMap(\.text)
            guard !all.isEmpty, all.count == texts.elements?.count else {
                throw ServeError(.badRequest, "texts: expected a list of texts")
            }
            try self.init(texts: all, model)
        } else if json["prompt"] != nil {
            try self.init(prompt: json, model)
        } else if let rows = json["rows"] {
            try self.init(rows: rows, model)
        } else if let inputs = json["inputs"] {
            guard case .numbers(let numbers, let shape) = inputs else {
                throw ServeError(
                    .badRequest,
                    "inputs: expected lists of numbers for \(model.expectation), got \(inputs.kind)")
            }
            try self.init(numbers: Tensor(numbers, shape: Shape(shape)), model)
        } else {
            throw ServeError(
                .badRequest,
                "expected an object with one of the members inputs, text, texts, prompt, rows, for "
                    + model.expectation)
        }
    }

    // MARK: - Texts

    private static let mostTexts = 64

    private init(texts: [String], _ model: ServedModel) throws {
        guard texts.count <= Self.mostTexts else {
            throw ServeError(.badRequest, "texts: expected at most \(Self.mostTexts), got \(texts.count)")
        }
        switch model.kind {
        case .texts: questions = texts.map { .text($0) }
        case .language: questions = texts.map { .continuation(Question.Continuation(prompt: $0)) }
        case .tensors:
            guard let coding = model.file.text, coding.inputs != nil, model.file.answering.inputCount == 1
            else { throw Self.wrong(model, "texts") }
            let length = model.sampleShape.flatMap { $0.rank == 1 ? $0[0] : nil }
            questions = try texts.map { text in
                var tokens = try coding.tokens(of: text).map { Float($0) }
                if let length {
                    tokens = Array(tokens.prefix(length))
                    tokens += Array(repeating: 0, count: length - tokens.count)
                }
                return .tensors([Tensor(tokens, shape: [1, tokens.count])])
            }
        case .objects, .masks: throw Self.wrong(model, "texts")
        }
    }

    private static let mostTokens = 4096

    private init(prompt json: RequestJSON, _ model: ServedModel) throws {
        guard case .language = model.kind else { throw Self.wrong(model, "prompts") }
        guard let prompt = json["prompt"]?.text else {
            throw ServeError(.badRequest, "prompt: expected a text")
        }
        var wanted = Question.Continuation(prompt: prompt)
        func number<Value>(_ name: String, _ expected: String, _ read: (RequestJSON) -> Value?) throws
            -> Value?
        {
            guard let value = json[name], value != .null else { return nil }
            guard let read = read(value) else {
                throw ServeError(.badRequest, "\(name): expected \(expected), got \(value.kind)")
            }
            return read
        }
        wanted.length =
            try number("length", "1 to \(Self.mostTokens) tokens") { value in
                value.integer.flatMap { (1...Self.mostTokens).contains($0) ? $0 : nil }
            } ?? wanted.length
        wanted.temperature =
            try number("temperature", "a number") { $0.number.map { Float($0) } } ?? wanted.temperature
        wanted.topK = try number("top_k", "a whole number") { $0.integer }
        wanted.topP = try number("top_p", "a number") { $0.number.map { Float($0) } }
        wanted.seed =
            try number("seed", "a whole number from 0") { $0.integer.flatMap { UInt64(exactly: $0) } } ?? 1
        self.init(.continuation(wanted))
    }

    // MARK: - Tables

    private init(table bytes: [UInt8], _ model: ServedModel) throws {
        guard let coding = model.file.table else { throw Self.wrong(model, "tables") }
        let options = model.file.origin?.samples ?? DatasetOptions()
        let table = try Table(csv: bytes, path: "body", options.table)
        self.init(.tensors([try coding.encoding.inputs(table)]))
    }

    /// - Parameter rows: objects with a member for each column.
    private init(rows: RequestJSON, _ model: ServedModel) throws {
        guard let coding = model.file.table else { throw Self.wrong(model, "rows of tables") }
        guard case .list(let rows) = rows, !rows.isEmpty else {
            throw ServeError(.badRequest, "rows: expected a list of objects, one for each row")
        }
        let columns = try coding.encoding.columns.map { column in
            let values = rows.map { $0[column.name] ?? .null }
            guard column.categories == nil else {
                return TableColumn(column.name, values.map(\.text))
            }
            return TableColumn(
                column.name,
                try values.enumerated().map { row, value in
                    guard value != .null else { return .nan }
                    guard let number = value.number else {
                        throw ServeError(
                            .badRequest,
                            "rows: \(column.name) of row \(row + 1) is \(value.kind); expected a number")
                    }
                    return number
                })
        }
        self.init(.tensors([try coding.encoding.inputs(Table("body", columns))]))
    }
}

extension ServedModel {
    /// What requests send, for messages.
    var expectation: String {
        switch kind {
        case .objects, .masks: return "a picture"
        case .texts: return "{\"text\": \"…\"}"
        case .language: return "{\"prompt\": \"…\"}"
        case .tensors:
            if file.table != nil { return "rows with the columns of its table" }
            if file.text?.inputs != nil { return "{\"text\": \"…\"}" }
            let shape = sampleShape.map { "samples of shape \($0)" } ?? "samples"
            return takesPictures ? "a picture, or \(shape)" : shape
        }
    }
}
