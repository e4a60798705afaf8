/// Pictures with the files of the same names in another folder.
struct PicturePairs {
    private(set) var pairs: [(picture: String, partner: String)] = []
    /// Pictures without a partner.
    private(set) var alone: [String] = []

    /// - Parameters:
    ///   - partners: in sub-folders of the same names as the pictures.
    ///   - suffix: what the partners' names may have behind those of the pictures.
    init(_ pictures: PictureFolder, with partners: PictureFolder, suffix: String = "") throws {
        let byStem = Dictionary(
            try partners.allPictures().map { (Self.key($0, in: partners), $0) },
            uniquingKeysWith: { a, _ in a })
        for picture in try pictures.allPictures() {
            let key = Self.key(picture, in: pictures)
            add(picture, byStem[key] ?? byStem[key + suffix])
        }
    }

    /// Pictures with partners in the same folder.
    ///
    /// - Parameter suffix: what the partners' names have behind those of the pictures, in any case.
    init(within folder: PictureFolder, suffix: String) {
        let isPartner = { (name: String) in stem(name).lowercased().hasSuffix(suffix) }
        let partners = Dictionary(
            folder.pictures.filter(isPartner).map { (stem($0).dropLast(suffix.count), $0) },
            uniquingKeysWith: { a, _ in a })
        guard !partners.isEmpty else { return }
        for picture in folder.pictures where !isPartner(picture) {
            add(folder.path(of: picture), partners[stem(picture)[...]].map(folder.path(of:)))
        }
    }

    private mutating func add(_ picture: String, _ partner: String?) {
        if let partner { pairs.append((picture, partner)) } else { alone.append(picture) }
    }

    /// The path below the folder, without the ending.
    private static func key(_ path: String, in folder: PictureFolder) -> String {
        stem(String(path.dropFirst(folder.path.count)))
    }
}
