import Cognitron
import CognitronData
import CognitronDetection
import CognitronImages
import CognitronPlots
import CognitronPrediction
import Foundation

/// What `detect` writes: a picture with boxes for each picture, and a file with all objects.
struct DetectionResults {
    private let folder: String
    private let classNames: [String]
    private var results: [COCOResult] = []
    private var pictureCount = 0
    private var tracks: [Int: Track] = [:]

    /// An identity of a video.
    private struct Track {
        let label: Int
        let first: Int
        var last: Int
        var score: Float
    }

    init(_ folder: String, _ classNames: [String]) { (self.folder, self.classNames) = (folder, classNames) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Draws the objects of the next picture and writes it.
    ///
    /// - Parameters:
    ///   - name: of the picture in the file of all objects.
    ///   - fileName: of the drawing, without ending.
    ///   - identities: of the objects in a video.
    /// - Returns: the drawing.
    @discardableResult
    mutating func add(
        _ found: [Detection], _ picture: Picture, name: String, fileName: String, _ identities: [Int]? = nil
    ) throws -> Picture {
        pictureCount += 1
        let drawn = picture.showing(found, classNames: classNames, identities: identities)
        try PictureFile.write(drawn, to: path("\(fileName).png"))
        for (place, detection) in found.enumerated() {
            results.append(
                COCOResult(
                    detection, imageID: pictureCount, fileName: name, classNames: classNames,
                    trackID: identities?[place]))
            guard let identity = identities?[place] else { continue }
            var track =
                tracks[identity]
                ?? Track(label: detection.label, first: pictureCount, last: pictureCount, score: 0)
            (track.last, track.score) = (pictureCount, max(track.score, detection.score))
            tracks[identity] = track
        }
        return drawn
    }

    /// Writes the file of all objects.
    func finish() throws {
        let text = try JSONText.text(of: results, pretty: true)
        try AtomicFile.write(Data((text + "\n").utf8), to: path("detections.json"))
        Output.note(
            "Wrote \(count(pictureCount, "picture", "pictures")) and detections.json into \(folder)")
    }

    /// A line for each object of a picture.
    func table(_ found: [Detection]) -> String {
        TextTable.text(
            [["class", "score", "left", "top", "right", "bottom"]]
                + found.map { detection in
                    let box = detection.box
                    let edges = [box.left, box.top, box.right, box.bottom].map {
                        Double($0).text(1)
                    }
                    return [name(detection.label), Double(detection.score).text(2)] + edges
                })
    }

    /// A line for each identity of a video.
    func identityTable() -> String {
        TextTable.text(
            [["object", "class", "best score", "first frame", "last frame"]]
                + tracks.sorted { $0.key < $1.key }.map { identity, track in
                    [
                        "\(identity)", name(track.label), Double(track.score).text(2), "\(track.first)",
                        "\(track.last)",
                    ]
                })
    }

    private func name(_ label: Int) -> String {
        classNames.indices.contains(label) ? classNames[label] : "class \(label)"
    }
}
