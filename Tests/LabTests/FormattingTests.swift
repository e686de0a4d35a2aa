import Lab
import Testing

@Suite struct FormattingTests {
  @Test func numbersReadAsInPrint() {
    #expect(decimals(-0.125, 2) == "−0.12" || decimals(-0.125, 2) == "−0.13")
    #expect(decimals(-0.001, 2) == "0.00")
    #expect(decimals(Double.infinity, 1) == "∞")
    #expect(decimals(Double.nan, 1) == "not a number")
    #expect(percent(0.9964) == "99.6\u{202F}%")
    #expect(percent(Float(0.5), decimals: 0) == "50\u{202F}%")
  }

  @Test func aSmallPIsNeverZero() {
    #expect(pValueText(0.0321) == "0.032")
    #expect(pValueText(0.00099) == "0.0010")
    #expect(pValueText(0.00001) == "< 0.0001")
  }

  @Test func aNarrowCellKeepsIntervalAndNull() {
    let effect = Effect(
      estimate: 0.9, interval: Interval(low: 0.8, high: 0.95), null: [0.1, 0.2, 0.3], ofDraws: "random sets",
      sentences: 20)
    #expect(effect.cell == "0.90 (0.80 – 0.95; null 0.20)")
    #expect(Effect.notDetermined(.noNullDraws).cell == "n. d.")
  }

  @Test func tablesShowWholeNumbersInGroupsAndOthersToFourDigits() {
    #expect(1_234_567.tableText == "1,234,567")
    #expect((-1234).tableText == "−1,234")
    #expect(0.123456.tableText == "0.1235")
    #expect(12.3456.tableText == "12.35")
    #expect(0.5.tableText == "0.5")
    #expect(100.04.tableText == "100")
    #expect(Float(3).tableText == "3")
    #expect(1.2e-7.tableText == "1.200e−07")
    #expect(0.0.tableText == "0")
    #expect("99.6\u{202F}%".isNumeric)
    #expect(!"not run".isNumeric)
    #expect("0\u{202F}% – 7\u{202F}%".isNumeric)
    #expect(!"0 2 5 10".isNumeric)
    #expect(!"".isNumeric)
  }
}
