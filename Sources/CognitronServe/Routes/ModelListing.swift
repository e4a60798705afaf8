import Cognitron
import NIOCore

/// What clients may know of the models.
struct ModelListing {
    private let shelf: ModelShelf

    init(_ shelf: ModelShelf) { self.shelf = shelf }

    /// `{"models": [{…}, …]}`
    var all: ByteBuffer {
        JSONWriter.object { json in
            json.member("models", shelf.names.compactMap { shelf[$0] }) { json, model in write(model, &json) }
        }
    }

    func json(_ model: ServedModel) -> ByteBuffer {
        var json = JSONWriter()
        write(model, &json)
        return json.buffer
    }

    private func write(_ model: ServedModel, _ json: inout JSONWriter) {
        json.object { json in
            json.member("name", model.name)
            json.member("version", model.version)
            json.member("task", model.file.answers.name)
            json.member("expects", model.expectation)
            json.member("takes_pictures", model.takesPicturesOfAnyKind)
            if let shape = model.sampleShape { json.member("input", shape) { $0.integer($1) } }
            json.member("classes", model.file.answers.classNames) { $0.text($1) }
        }
    }
}

extension ServedModel {
    /// Whether a picture's file can be asked about.
    var takesPicturesOfAnyKind: Bool {
        switch kind {
        case .objects, .masks: true
        case .tensors: takesPictures
        case .texts, .language: false
        }
    }
}
