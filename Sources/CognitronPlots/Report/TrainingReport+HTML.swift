import Cognitron

// The page. Its elements are written as those of drawings are.

private typealias HTML = SVG

extension TrainingReport {
    /// The page as HTML, with all drawings in it.
    public var html: String {
        let head = HTML(
            "head", [:],
            [
                HTML("meta", ["charset": "utf-8"]),
                HTML("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
                HTML("title", text: title), HTML("style", text: Self.style),
            ])
        let body = HTML(
            "body", [:],
            [HTML("main", [:], [HTML("h1", text: title), factTable] + sections + [epochTable] + missingList)])
        return "<!DOCTYPE html>\n" + HTML("html", ["lang": "en"], [head, body]).markup
    }

    /// No characters that XML escapes.
    private static let style = """
        :root { color-scheme: light dark; --ink: #1f2328; --faint: #57606a; --page: #f6f8fa; --rule: #d0d7de }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6edf3; --faint: #9aa4af; --page: #0d1117; --rule: #30363d }
        }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
        main { max-width: 1080px; margin: 0 auto; padding: 24px 16px 64px }
        h1 { font-size: 26px } h2 { font-size: 19px; margin-top: 36px }
        .plot h2 { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden }
        figure { margin: 24px 0; overflow-x: auto } svg { display: block }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums }
        th, td { padding: 4px 14px 4px 0; text-align: left; border-bottom: 1px solid var(--rule) }
        td.number, th.number { text-align: right } .scroll { overflow-x: auto }
        .faint { color: var(--faint) }
        """

    private var factTable: HTML {
        HTML(
            "table", ["id": "facts"],
            facts.map { fact in
                HTML("tr", [:], [HTML("th", text: fact.name), HTML("td", text: fact.value)])
            })
    }

    /// Drawings show their titles themselves; the headings are for readers that go from heading to heading.
    private var sections: [HTML] {
        plots.map { plot in
            HTML(
                "section", ["class": "plot"],
                [HTML("h2", text: plot.title), HTML("figure", [:], [plot.element()])])
        }
    }

    /// Every epoch's scores. A score that an epoch did not measure is left out.
    private var epochTable: HTML {
        let names = history.scores.keys.sorted()
        let head = HTML(
            "tr", [:],
            (["epoch"] + names).map { HTML("th", ["class": "number"], text: $0.replacing("_", with: " ")) })
        let rows = history.epochs.enumerated().map { row, epoch in
            let cells = names.map { name in
                let values = history[name]
                let text =
                    values.count == history.epochs.count
                    ? Double(values[row]).text(isShare: Plot.isShare(name), digits: 5) : ""
                return HTML("td", ["class": "number"], text: text)
            }
            return HTML("tr", [:], [HTML("td", ["class": "number"], text: "\(epoch)")] + cells)
        }
        return HTML(
            "section", [:],
            [
                HTML("h2", text: "Every epoch"),
                HTML("div", ["class": "scroll"], [HTML("table", ["id": "epochs"], [head] + rows)]),
            ])
    }

    private var missingList: [HTML] {
        guard !missing.isEmpty else { return [] }
        return [
            HTML(
                "section", ["class": "faint"],
                [
                    HTML("h2", text: "Not drawn"),
                    HTML(
                        "ul", ["id": "missing"],
                        missing.map { HTML("li", text: "\($0.kind): \($0.reason)") }),
                ])
        ]
    }
}
