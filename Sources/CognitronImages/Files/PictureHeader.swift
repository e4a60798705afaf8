import Cognitron
import CognitronData

/// What a picture file says about itself before its pixels.
public struct PictureHeader: Hashable, Sendable {
    public let format: PictureFormat

    /// Rows of the picture as it is shown.
    public let height: Int

    /// Columns of the picture as it is shown.
    public let width: Int

    /// The channels of the pixels as they are read: 1, 3 or 4.
    public let channels: Int

    /// How the stored rows are to be turned.
    let orientation: PictureOrientation

    /// - Parameters:
    ///   - rows: as stored.
    ///   - columns: as stored.
    init(
        _ format: PictureFormat, rows: Int, columns: Int, channels: Int,
        orientation: PictureOrientation = .upright
    ) {
        self.format = format
        (height, width) = orientation.exchangesAxes ? (columns, rows) : (rows, columns)
        (self.channels, self.orientation) = (channels, orientation)
    }

    /// Throws where the declared size needs more memory than a file of so many bytes is granted.
    func check(fileSize: Int, limit: Int, _ name: String) throws {
        let granted = min(
            limit, max(PictureFile.freePixels, fileSize.multipliedReportingOverflow(by: 8192).0))
        guard height > 0, width > 0, height <= granted / width else {
            throw CognitronError(
                .file, name, "declares \(height) × \(width) pixels",
                expected: "at most \(granted) for a file of \(fileSize) bytes",
                advice: height > 0 && width > 0 && granted == limit
                    ? "make it smaller, or raise the limit" : "the file is damaged: get it again")
        }
    }
}
