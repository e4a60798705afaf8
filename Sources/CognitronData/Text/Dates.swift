import Cognitron

/// Dates as people write them, to be turned into ISO's form: `7 August 1956` → `1956-08-07`.
///
///     let dates = Dates(seed: 1)
///     dates.pair(at: 0)                               // ("march 3, 2011", "2011-03-03")
///
/// Days from 1900 to 2099, in English, in any letter case; days of the test part do not occur in the training
/// part. Ambiguous forms, such as `03/04/05`, are not written.
public struct Dates: Sendable {
    public let split: DatasetSplit
    private let key: RandomKey

    public init(seed: UInt64 = 1, split: DatasetSplit = .train) {
        self.split = split
        key = RandomKey(seed: seed).folding("dates").folding(split.rawValue)
    }

    static let years = 1900...2099
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    /// A date as written by people, and in ISO's form.
    public func pair(at index: Int) -> (source: String, target: String) {
        var draws = key.folding(index).generator()
        let day = day(&draws)
        let text = Self.texts(day).randomElement(using: &draws) ?? day.iso
        let cased: String
        switch Int.random(in: 0..<4, using: &draws) {
        case 0: cased = text.lowercased()
        case 1: cased = text.uppercased()
        default: cased = text
        }
        return (cased, day.iso)
    }

    /// The first `count` pairs.
    public func pairs(count: Int) -> [(source: String, target: String)] { (0..<count).map(pair) }

    private func day(_ draws: inout RandomGenerator) -> Day {
        while true {
            let year = Int.random(in: Self.years, using: &draws)
            let month = Int.random(in: 1...12, using: &draws)
            let day = Day(
                year: year, month: month,
                day: Int.random(in: 1...Day.count(month: month, year: year), using: &draws))
            if day.isForTesting == (split == .test) { return day }
        }
    }

    /// The forms in which a day is written.
    private static func texts(_ day: Day) -> [String] {
        let (name, d, y) = (months[day.month - 1], "\(day.day)", "\(day.year)")
        let (short, ordinal) = (String(name.prefix(3)), d + suffix(day.day))
        let two = day.day < 10 ? "0\(d)" : d
        let weekday = weekdays[day.weekday]
        return [
            "\(d) \(name) \(y)", "\(name) \(d), \(y)", "\(name) \(d) \(y)", "\(d) \(short) \(y)",
            "\(short) \(d), \(y)", "\(short) \(d) \(y)", "\(ordinal) \(name) \(y)",
            "\(name) \(ordinal), \(y)",
            "the \(ordinal) of \(name) \(y)", "\(ordinal) of \(name), \(y)", "\(two) \(name) \(y)",
            "\(two) \(short) \(y)", "\(two)-\(short)-\(y)", "\(d)-\(name)-\(y)", "\(short). \(d), \(y)",
            "\(weekday), \(d) \(name) \(y)", "\(weekday), \(name) \(d), \(y)",
            "\(weekday.prefix(3)), \(d) \(short) \(y)", "\(weekday) \(ordinal) \(name) \(y)",
            "\(y) \(name) \(d)", "\(y), \(d) \(name)", "\(d). \(name) \(y)", "\(d) \(name), \(y)",
            day.iso, "\(y)/\(day.iso.dropFirst(5).prefix(2))/\(two)",
        ]
    }

    private static func suffix(_ day: Int) -> String {
        if (11...13).contains(day) { return "th" }
        return [1: "st", 2: "nd", 3: "rd"][day % 10] ?? "th"
    }
}

/// A day of the Gregorian calendar.
private struct Day {
    let year: Int
    let month: Int
    let day: Int

    var iso: String {
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(digits(month))-\(digits(day))"
    }

    /// About every tenth.
    var isForTesting: Bool {
        var draws = RandomKey(seed: 0).folding(iso).generator()
        return Int.random(in: 0..<10, using: &draws) == 0
    }

    /// From 0 for Monday.
    ///
    /// - Source: Sakamoto's method.
    var weekday: Int {
        let offsets = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
        let y = month < 3 ? year - 1 : year
        return (y + y / 4 - y / 100 + y / 400 + offsets[month - 1] + day + 6) % 7
    }

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    static func count(month: Int, year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
