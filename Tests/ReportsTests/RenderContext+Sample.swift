import Reports

extension RenderContext {
  static func sample(disclosePaths: Bool = false, width: Int = 100, color: Bool = false) -> RenderContext {
    RenderContext(
      toolVersion: "1.0.0", informationUri: "https://example.org/custody", disclosePaths: disclosePaths, width: width,
      color: color)
  }
}
