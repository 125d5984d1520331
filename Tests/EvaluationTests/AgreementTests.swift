import Foundation
import OrchardEvaluation
import OrchardJSON
import TestSupport
import Testing

@Suite("Agreement of raters")
struct AgreementTests {
  private func golden() throws -> JSONValue {
    try JSONValue(parsing: Array(try Data(contentsOf: Goldens.url("agreement.json"))))
  }

  @Test("Krippendorff's alpha equals the reference's, with what is missing")
  func alpha() throws {
    for one in try #require(try golden()["alpha"]?.array) {
      let units = (one["units"]?.array ?? []).map { ($0.array ?? []).compactMap(\.double) }
      for (scale, name) in [
        (KrippendorffAlpha.Scale.nominal, "nominal"), (.ordinal, "ordinal"), (.interval, "interval"),
      ] {
        let alpha = try #require(KrippendorffAlpha.alpha(units, scale: scale))
        #expect(abs(alpha - (one[name]?.double ?? 9)) < 1e-9)
      }
    }
    #expect(KrippendorffAlpha.alpha([[1], [2]], scale: .nominal) == nil)
    #expect(KrippendorffAlpha.alpha([[1, 1], [1, 1]], scale: .nominal) == nil)
  }

  @Test("Kendall's tau equals the reference's, with ties")
  func tau() throws {
    for one in try #require(try golden()["tau"]?.array) {
      let orders = ["one", "other"].map { one[$0]?.array?.compactMap(\.double) ?? [] }
      let expected = one["tau"]?.double
      let tau = KendallTau.tau(orders[0], orders[1])
      #expect(abs((tau ?? 9) - (expected ?? 9)) < 1e-12)
    }
    #expect(KendallTau.tau([1, 1], [1, 2]) == nil)
  }
}
