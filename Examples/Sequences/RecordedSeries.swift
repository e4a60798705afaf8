import Cognitron
import CognitronData

/// Series of measurements out of the package sktime.
enum RecordedSeries {
    /// The sun's energy by half-hours, and how many lynx were trapped in Canada by year.
    static func all(from folder: String?) throws -> [ForecastSeries] {
        let package = DataPackage.pypi("sktime", "1.2.0")
        let folders = DatasetFolders(explicit: folder)
        return try [("solar energy", "solar/solar.csv", 48), ("lynx", "Lynx/Lynx.csv", 12)].map { row in
            let (name, path, window) = row
            let files = try package.files(in: folders) { $0.hasSuffix("/data/\(path)") }
            let table = try Table(csv: files[0].bytes, path: files[0].path)
            guard let values = table.columns.last?.numbers, values.count > 4 * window else {
                throw CognitronError(.file, files[0].path, "the file holds no such series")
            }
            return ForecastSeries(name: name, values: values, window: window)
        }
    }
}
