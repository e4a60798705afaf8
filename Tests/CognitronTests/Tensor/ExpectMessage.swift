import Testing

/// Expects that an exit test's process stopped with `message` on standard error, as `require` and `fail` do.
func expectMessage(
    _ result: ExitTest.Result?, _ message: String, _ place: SourceLocation = #_sourceLocation
) {
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("Fatal error: "), sourceLocation: place)
    #expect(text.contains(message), sourceLocation: place)
}
